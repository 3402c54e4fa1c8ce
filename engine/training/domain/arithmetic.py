"""Sums of numbers up to twenty, times tables up to twelve, doubles, halves and comparing two numbers.

What goes beyond is in `sums`, `parts_of_numbers` and `number_facts`.
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from engine.models.wren.numbers import in_words

from .intent import Fact, Intent
from .phrases import sentence


def _result(a: int, b: int, sign: str, result: int) -> Fact:
    words = in_words(result)
    return Fact({"a": in_words(a), "b": in_words(b)}, sentence(f"{in_words(a)} {sign} {in_words(b)} is {words}"),
                tuple(words.split()))


def _difference(a: int, b: int) -> Fact:
    words = in_words(a - b)
    return Fact({"a": in_words(a), "b": in_words(b)}, f"The result is {words}.", tuple(words.split()))


def _of(name: str, n: int, result: int) -> Fact:
    words = in_words(result)
    return Fact({"n": in_words(n)}, sentence(f"{name} {in_words(n)} is {words}"), tuple(words.split()))


def _comparison(word: str, pick: Callable[[int, int], int]) -> tuple[Fact, ...]:
    """All pairs up to twenty, and of those up to a hundred as many again as a checksum draws."""
    small = [(a, b) for a in range(21) for b in range(21) if a != b]
    large = [(a, b) for a in range(101) for b in range(101) if a != b and max(a, b) > 20 and crc32(b"%d %d" % (a, b)) % 24 == 0]
    return tuple(Fact({"a": in_words(a), "b": in_words(b)}, sentence(f"{in_words(pick(a, b))} is the {word} number"),
                      tuple(in_words(pick(a, b)).split())) for a, b in small + large)


INTENTS: tuple[Intent, ...] = (
    Intent(
        "addition",
        ("what is {a} plus {b}", "what's {a} plus {b}", "{a} plus {b}", "how much is {a} plus {b}", "add {a} and {b}",
         "what is {a} and {b} together", "what do you get when you add {a} and {b}", "what does {a} plus {b} make",
         "what does {a} plus {b} equal", "{a} plus {b} equals", "{a} plus {b} equals what", "{a} plus {b} makes what",
         "{a} plus {b} is what",
         "what is the sum of {a} and {b}", "the sum of {a} and {b}", "tell me what {a} plus {b} is", "calculate {a} plus {b}",
         "work out {a} plus {b}", "do you know what {a} plus {b} is", "if i add {a} and {b} what do i get",
         "how much do {a} and {b} make", "what do {a} and {b} add up to", "what is {a} added to {b}", "add {a} to {b}",
         "add up {a} and {b}", "how much is {a} and {b} together", "i have {a} and get {b} more how many do i have",
         "solve {a} plus {b}", "take {a} and add {b}", "what number is {a} plus {b}", "what will {a} plus {b} give",
         "give me the sum of {a} and {b}"),
        tuple(_result(a, b, "plus", a + b) for a in range(21) for b in range(21)),
        ("and {a} plus {b}", "what about {a} plus {b}", "how about {a} plus {b}", "and {a} and {b}", "now {a} plus {b}",
         "now add {a} and {b}", "and the sum of {a} and {b}", "and what is {a} plus {b}"),
    ),
    Intent(
        "subtraction",
        ("what is {a} minus {b}", "what's {a} minus {b}", "{a} minus {b}", "how much is {a} minus {b}",
         "subtract {b} from {a}", "take {b} away from {a}", "what is {a} take away {b}", "{a} take away {b}",
         "what do you get when you subtract {b} from {a}", "what do you get from {a} minus {b}",
         "what does {a} minus {b} make", "what does {a} minus {b} equal", "{a} minus {b} equals",
         "{a} minus {b} equals what", "{a} minus {b} is what", "tell me what {a} minus {b} is",
         "calculate {a} minus {b}", "work out {a} minus {b}",
         "do you know what {a} minus {b} is", "if i take {b} from {a} what do i get", "if i take {b} from {a} what is left",
         "what is left of {a} when you take {b} away", "how much is {a} less {b}",
         "i have {a} and give away {b} how many are left", "solve {a} minus {b}", "take {b} from {a}",
         "what number is {a} minus {b}", "what will {a} minus {b} give", "how much is {a} take away {b}",
         "start with {a} and take away {b}", "what remains of {a} minus {b}"),
        tuple(_difference(a, b) for a in range(21) for b in range(a + 1)),
        ("and {a} minus {b}", "what about {a} minus {b}", "how about {a} minus {b}", "now {a} minus {b}",
         "and {a} take away {b}", "now take {b} from {a}", "and what is {a} minus {b}", "how about {a} take away {b}"),
    ),
    Intent(
        "multiplication",
        ("what is {a} times {b}", "what's {a} times {b}", "{a} times {b}", "how much is {a} times {b}", "multiply {a} by {b}",
         "multiply {a} and {b}", "what do you get when you multiply {a} by {b}", "what does {a} times {b} make",
         "what does {a} times {b} equal", "{a} times {b} equals what", "{a} times {b} is what",
         "tell me what {a} times {b} is", "calculate {a} times {b}", "work out {a} times {b}",
         "do you know what {a} times {b} is", "what is {a} multiplied by {b}", "{a} multiplied by {b}",
         "how much is {a} multiplied by {b}", "what is the product of {a} and {b}", "the product of {a} and {b}",
         "if i multiply {a} by {b} what do i get", "solve {a} times {b}", "what number is {a} times {b}",
         "what will {a} times {b} give", "give me the product of {a} and {b}", "take {a} and multiply it by {b}"),
        tuple(_result(a, b, "times", a * b) for a in range(1, 13) for b in range(1, 13)),
        ("and {a} times {b}", "what about {a} times {b}", "how about {a} times {b}", "now {a} times {b}",
         "and {a} multiplied by {b}", "now multiply {a} by {b}", "and what is {a} times {b}"),
    ),
    Intent(
        "double",
        ("what is double {n}", "double {n}", "what is twice {n}", "twice {n}", "how much is double {n}",
         "how much is twice {n}", "what's double {n}", "what's twice {n}", "what is the double of {n}", "tell me double {n}",
         "tell me what twice {n} is", "what do you get when you double {n}", "if i double {n} what do i get",
         "do you know what double {n} is", "what number is double {n}", "what number is twice {n}",
         "give me the double of {n}", "what does {n} doubled make", "what is {n} doubled", "work out double {n}",
         "which number is twice as big as {n}", "calculate the double of {n}"),
        tuple(_of("double", n, 2 * n) for n in (*range(1, 51), 60, 70, 80, 90, *range(100, 501, 100))),
        ("and double {n}", "what about double {n}", "how about double {n}", "and twice {n}", "now double {n}",
         "and {n} doubled"),
    ),
    Intent(
        "half",
        ("what is half of {n}", "half of {n}", "what's half of {n}", "how much is half of {n}", "what is the half of {n}",
         "halve {n}", "what is {n} divided by two", "{n} divided by two", "divide {n} by two",
         "how much is {n} divided by two", "tell me half of {n}", "tell me what half of {n} is",
         "do you know what half of {n} is", "what number is half of {n}", "what do you get when you halve {n}",
         "if i halve {n} what do i get", "which number is half of {n}", "work out half of {n}", "calculate half of {n}",
         "give me half of {n}", "what is {n} cut in half", "split {n} into two equal parts"),
        tuple(_of("half of", n, n // 2) for n in (*range(2, 101, 2), *range(200, 1001, 100))),
        ("and half of {n}", "what about half of {n}", "how about half of {n}", "now half of {n}", "now halve {n}",
         "and the half of {n}"),
    ),
    Intent(
        "bigger",
        ("which is bigger {a} or {b}", "what is bigger {a} or {b}", "what's bigger {a} or {b}", "is {a} or {b} bigger",
         "which number is bigger {a} or {b}", "which one is bigger {a} or {b}", "which is larger {a} or {b}",
         "what is larger {a} or {b}", "which number is larger {a} or {b}", "is {a} or {b} the bigger number",
         "which is greater {a} or {b}", "what is more {a} or {b}", "which is more {a} or {b}", "is {a} or {b} more",
         "tell me which is bigger {a} or {b}", "which of {a} and {b} is bigger", "which of {a} and {b} is larger",
         "the bigger number of {a} and {b}", "do you know which is bigger {a} or {b}", "bigger {a} or {b}",
         "which number is higher {a} or {b}", "compare {a} and {b} and name the bigger one"),
        _comparison("bigger", max),
        ("and {a} or {b}", "what about {a} or {b}", "how about {a} or {b}", "and what about {a} and {b}",
         "and which of {a} and {b}", "how about {a} and {b}"),
    ),
    Intent(
        "smaller",
        ("which is smaller {a} or {b}", "what is smaller {a} or {b}", "what's smaller {a} or {b}", "is {a} or {b} smaller",
         "which number is smaller {a} or {b}", "which one is smaller {a} or {b}", "which is less {a} or {b}",
         "what is less {a} or {b}", "is {a} or {b} less", "is {a} or {b} the smaller number", "smaller {a} or {b}",
         "tell me which is smaller {a} or {b}", "which of {a} and {b} is smaller", "which of {a} and {b} is less",
         "the smaller number of {a} and {b}", "do you know which is smaller {a} or {b}", "which number is lower {a} or {b}",
         "what is lower {a} or {b}", "the lower number of {a} and {b}", "compare {a} and {b} and name the smaller one"),
        _comparison("smaller", min),
        ("and {a} or {b}", "what about {a} or {b}", "how about {a} or {b}", "and what about {a} and {b}",
         "and which of {a} and {b}", "how about {a} and {b}"),
    ),
)
