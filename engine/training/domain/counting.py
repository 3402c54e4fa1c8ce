"""Counting up, down and by twos; the number after and before a number."""

from __future__ import annotations

from engine.models.wren.numbers import in_words

from .intent import Fact, Intent
from .phrases import sentence


def _count(first: int, last: int, step: int) -> Fact:
    numbers = [in_words(n) for n in range(first, last + (1 if step > 0 else -1), step)]
    return Fact({"a": numbers[0], "b": numbers[-1]}, sentence(", ".join(numbers)), tuple(" ".join(numbers).split()))


def _only_b(fact: Fact) -> Fact:
    """The fact for wordings that leave the start out ("count to five")."""
    return Fact({"to": fact.slots["b"]}, fact.answer, fact.key)


def _only_a(fact: Fact) -> Fact:
    """The fact for wordings that leave the end out ("count down from five")."""
    return Fact({"from": fact.slots["a"]}, fact.answer, fact.key)


def _neighbour(n: int, result: int) -> Fact:
    return Fact({"n": in_words(n)}, f"That would be {in_words(result)}.", tuple(in_words(result).split()))


UP = tuple(_count(a, b, 1) for a in range(1, 11) for b in range(a + 2, min(a + 9, 12) + 1))
DOWN = tuple(_count(a, b, -1) for a in range(3, 11) for b in range(1, a - 1))
TWOS = tuple(_count(2, b, 2) for b in range(6, 19, 2)) + tuple(_count(1, b, 2) for b in range(5, 16, 2))

INTENTS: tuple[Intent, ...] = (
    Intent(
        "count_up",
        ("count from {a} to {b}", "count up from {a} to {b}", "say the numbers from {a} to {b}",
         "tell me the numbers from {a} to {b}", "the numbers from {a} to {b}", "what are the numbers from {a} to {b}",
         "list the numbers from {a} to {b}", "start at {a} and count to {b}", "start with {a} and count up to {b}",
         "count starting at {a} up to {b}", "name the numbers from {a} to {b}", "how do you count from {a} to {b}",
         "give me the numbers from {a} to {b}", "i want you to count from {a} to {b}",
         "do you know how to count from {a} to {b}", "let us count from {a} to {b}", "counting from {a} to {b}",
         "count for me from {a} to {b}", "all the numbers from {a} to {b}", "let me hear you count from {a} to {b}",
         "count to {to}", "count up to {to}", "count for me to {to}", "do you know how to count to {to}",
         "let us count to {to}", "how do you count to {to}", "i want you to count to {to}", "say the numbers up to {to}",
         "list the numbers up to {to}", "tell me the numbers up to {to}", "let me hear you count to {to}",
         "start counting and stop at {to}"),
        UP + tuple(_only_b(fact) for fact in UP if fact.slots["a"] == "one"),
        ("and from {a} to {b}", "and now from {a} to {b}", "now count from {a} to {b}", "what about from {a} to {b}",
         "how about from {a} to {b}", "and the numbers from {a} to {b}", "now count to {to}", "and up to {to}",
         "and now to {to}"),
    ),
    Intent(
        "count_down",
        ("count backwards from {a} to {b}", "count down from {a} to {b}", "count back from {a} to {b}",
         "say the numbers backwards from {a} to {b}", "tell me the numbers backwards from {a} to {b}",
         "count in reverse from {a} to {b}", "start at {a} and count down to {b}", "start at {a} and count backwards to {b}",
         "how do you count backwards from {a} to {b}", "the numbers backwards from {a} to {b}",
         "list the numbers down from {a} to {b}", "do you know how to count down from {a} to {b}",
         "let us count down from {a} to {b}", "let us count backwards from {a} to {b}", "a countdown from {a} to {b}",
         "i want you to count backwards from {a} to {b}", "counting down from {a} to {b}", "count backwards from {from}",
         "count down from {from}", "count back from {from}", "a countdown from {from}", "start at {from} and count backwards",
         "start at {from} and count down", "do a countdown from {from}", "let us count down from {from}",
         "say the numbers backwards from {from}", "how do you count backwards from {from}",
         "make a countdown starting at {from}", "do you know how to count down from {from}",
         "i want you to count backwards from {from}"),
        DOWN + tuple(_only_a(fact) for fact in DOWN if fact.slots["b"] == "one"),
        ("and down from {a} to {b}", "now backwards from {a} to {b}", "what about backwards from {a} to {b}",
         "how about down from {a} to {b}", "and backwards from {from}", "now down from {from}", "what about down from {from}"),
    ),
    Intent(
        "count_by_twos",
        ("count by twos from {a} to {b}", "count in twos from {a} to {b}", "count from {a} to {b} by twos",
         "count from {a} to {b} in twos", "skip count by twos from {a} to {b}", "start at {a} and count by twos to {b}",
         "count every second number from {a} to {b}", "say every second number from {a} to {b}",
         "how do you count by twos from {a} to {b}", "tell me every second number from {a} to {b}",
         "start with {a} and count in twos up to {b}", "do you know how to count by twos from {a} to {b}",
         "let us count by twos from {a} to {b}", "go from {a} to {b} in steps of two",
         "count from {a} to {b} in steps of two", "count by twos to {to}", "count in twos to {to}", "count to {to} by twos",
         "count to {to} in twos", "count by twos up to {to}", "how do you count by twos to {to}",
         "let us count by twos to {to}", "count to {to} in steps of two", "say the even numbers up to {to}",
         "tell me the even numbers up to {to}", "list the even numbers up to {to}"),
        TWOS + tuple(_only_b(fact) for fact in TWOS if fact.slots["a"] == "two"),
        ("and by twos from {a} to {b}", "now in twos from {a} to {b}", "what about from {a} to {b}", "now by twos to {to}",
         "and in twos up to {to}", "how about in twos to {to}"),
    ),
    Intent(
        "number_after",
        ("what comes after {n}", "what number comes after {n}", "which number comes after {n}",
         "what is the number after {n}", "what's the number after {n}", "the number after {n}", "which number is after {n}",
         "what number is after {n}", "tell me the number after {n}", "tell me what comes after {n}",
         "do you know what comes after {n}", "what follows {n}", "do you know the number after {n}",
         "which number follows {n}", "what number follows {n}", "what is the next number after {n}",
         "the next number after {n}", "what is one more than {n}", "which number is one more than {n}",
         "say the number after {n}", "name the number after {n}", "give me the number after {n}",
         "when i count what comes after {n}", "i am at {n} what number is next", "{n} and then what",
         "what do you say after {n} when you count", "i counted to {n} what is next"),
        tuple(_neighbour(n, n + 1) for n in range(100)),
        ("and after {n}", "what about after {n}", "how about after {n}", "and the number after {n}",
         "and what comes after {n}", "and the one after {n}"),
    ),
    Intent(
        "number_before",
        ("what comes before {n}", "what number comes before {n}", "which number comes before {n}",
         "what is the number before {n}", "what's the number before {n}", "the number before {n}",
         "which number is before {n}", "what number is before {n}", "tell me the number before {n}",
         "tell me what comes before {n}", "do you know what comes before {n}", "do you know the number before {n}",
         "what precedes {n}", "which number precedes {n}", "what is the last number before {n}", "what is one less than {n}",
         "which number is one less than {n}", "say the number before {n}", "name the number before {n}",
         "give me the number before {n}", "when i count what comes before {n}", "what do you say before {n} when you count",
         "which number is just before {n}", "what number is right before {n}"),
        tuple(_neighbour(n, n - 1) for n in range(1, 101)),
        ("and before {n}", "what about before {n}", "how about before {n}", "and the number before {n}",
         "and what comes before {n}", "and the one before {n}"),
    ),
)
