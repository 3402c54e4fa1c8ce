"""What single numbers are: even or odd, prime, squares and roots, Roman numerals, zeros, words like dozen."""

from __future__ import annotations

from engine.models.wren.numbers import in_words

from .intent import Fact, Intent
from .patterns import expand
from .phrases import rows, sentence

PRIMES = tuple(n for n in range(2, 50) if all(n % d for d in range(2, n)))
ROMAN = {1: "i", 2: "i i", 3: "i i i", 4: "i v", 5: "v", 6: "v i", 7: "v i i", 8: "v i i i", 9: "i x", 10: "x", 11: "x i",
         12: "x i i", 20: "x x", 30: "x x x", 40: "x l", 50: "l", 60: "l x", 90: "x c", 100: "c", 500: "d", 1000: "m"}
ZEROS = {"ten": 1, "one hundred": 2, "one thousand": 3, "ten thousand": 4, "one hundred thousand": 5, "one million": 6,
         "one billion": 9, "one trillion": 12}


def _parity(n: int) -> Fact:
    word = "odd" if n % 2 else "even"
    return Fact({"n": in_words(n)}, f"It is {word}.", (word,))


def _prime(n: int) -> Fact:
    yes = n in PRIMES
    text = "Yes, it is a prime number." if yes else "No, it is not a prime number."
    return Fact({"n": in_words(n)}, text, ("yes", "prime") if yes else ("no", "not", "prime"))


def _power(n: int, power: int, name: str) -> Fact:
    words = in_words(n**power)
    return Fact({"n": in_words(n)}, sentence(f"{in_words(n)} {name} is {words}"), tuple(words.split()))


_AND_N = ("and {n}", "what about {n}", "how about {n}", "and is {n}")

INTENTS: tuple[Intent, ...] = (
    Intent(
        "even_or_odd",
        expand("""
            is {n} [even or odd|odd or even|an even number|an odd number|even|odd]
            [is the number {n} even or odd|tell me if {n} is even or odd|do you know if {n} is even or odd]
            [{n} is it even or odd|{n} even or odd|is {n} an even or an odd number|would you call {n} even or odd]
            """),
        tuple(map(_parity, range(101))), _AND_N,
    ),
    Intent(
        "prime",
        expand("""
            is {n} [a prime number|a prime|prime|prime or not]
            [is the number {n} a prime|tell me if {n} is a prime number|do you know if {n} is prime|{n} is it a prime number]
            [does {n} count as a prime number|would {n} be a prime number]
            """),
        tuple(map(_prime, range(2, 50))), _AND_N,
    ),
    Intent(
        "squared",
        expand("""
            [what is|what's|how much is|tell me|calculate|work out|] {n} squared
            [what is|what's|tell me|] the square of {n}
            [square {n}|what do you get when you square {n}|what is {n} to the power of two|{n} to the power of two]
            """),
        tuple(_power(n, 2, "squared") for n in (*range(1, 13), 20, 30, 50, 100)), ("and {n} squared", "what about {n} squared"),
    ),
    Intent(
        "cubed",
        expand("""
            [what is|what's|how much is|tell me|calculate|work out|] {n} cubed
            [what is|tell me|] the cube of {n}
            [what is {n} to the power of three|{n} to the power of three]
            """),
        tuple(_power(n, 3, "cubed") for n in (1, 2, 3, 4, 5, 10)), ("and {n} cubed", "what about {n} cubed"),
    ),
    Intent(
        "square_root",
        expand("""
            [what is|what's|how much is|tell me|calculate|work out|do you know|] the square root of {n}
            [square root of {n}|what number squared is {n}|which number times itself is {n}|what is the root of {n}]
            """),
        tuple(Fact({"n": in_words(n * n)}, sentence(f"the square root of {in_words(n * n)} is {in_words(n)}"), (in_words(n),))
              for n in (*range(1, 13), 20)),
        ("and the square root of {n}", "what about the root of {n}", "and the root of {n}"),
    ),
    Intent(
        "roman",
        expand("""
            [what is|what's|how do you write|how do i write|tell me] {n} [in roman numerals|as a roman numeral]
            [what is the roman numeral for {n}|the roman numeral for {n}|which roman numeral is {n}|{n} in roman numerals]
            """),
        tuple(Fact({"n": in_words(n)}, f"In Roman numerals it is {letters}.", tuple(letters.split()))
              for n, letters in ROMAN.items()),
        ("and {n}", "what about {n}", "how about {n}"),
    ),
    Intent(
        "zeros",
        expand("""
            how many zeros [does {n} have|are in {n}|has {n}|are there in {n}|do i write for {n}|follow the one in {n}]
            [tell me how many zeros {n} has|do you know how many zeros {n} has|the number of zeros in {n}]
            """),
        tuple(Fact({"n": n}, sentence(f"{n} has {in_words(zeros)} zero{'s' * (zeros > 1)}"), (in_words(zeros),))
              for n, zeros in ZEROS.items()),
        ("and {n}", "what about {n}", "how about {n}"),
    ),
    Intent(
        "number_word",
        expand("""
            [how many is|how much is|what number is|what is|how many are in|what does it mean to have] {x}
            [tell me how many {x} is|do you know how many {x} is|{x} is how many|how many things are {x}]
            """),
        tuple(Fact({"x": x}, sentence(f"{x} is {count}"), tuple(count.split())) for x, count in rows("""
            a dozen | twelve
            half a dozen | six
            a score | twenty
            a couple | two
            a trio | three
            a quartet | four
            a quintet | five
            a gross | twelve dozen
            a baker's dozen | thirteen
            a million | one thousand thousands
            a billion | one thousand millions
            """)),
        ("and {x}", "what about {x}", "how about {x}"),
    ),
)  # fmt: skip
