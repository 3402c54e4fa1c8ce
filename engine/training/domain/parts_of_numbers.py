"""Percent of round numbers, thirds and quarters, halves of odd numbers, fractions as decimals and as percent."""

from __future__ import annotations

from engine.models.wren.numbers import in_words

from .intent import Fact, Intent
from .patterns import expand
from .phrases import rows, sentence
from .sums import tenths

PERCENTS = (1, 5, 10, 20, 25, 50, 75, 100)
WHOLES = (*range(10, 101, 10), *range(200, 1001, 100))

_OF = expand("""
    [what is|what's|how much is|tell me|calculate|work out|do you know|] {part} of {n}
    [take|give me|i need|find] {part} of {n}
    if i take {part} of {n} what do i get
    """)
_AND_OF = ("and {part} of {n}", "what about {part} of {n}", "how about {part} of {n}", "now {part} of {n}")


def _of(part: str, n: int, result: str) -> Fact:
    return Fact({"part": part, "n": in_words(n)}, sentence(f"{part} of {in_words(n)} is {result}"), tuple(result.split()))


def _percent(p: int, n: int) -> Fact:
    result = in_words(p * n // 100)
    return Fact({"part": f"{in_words(p)} percent", "n": in_words(n)}, f"That is {result}.", tuple(result.split()))


def _share(name: str, parts: int, most: int) -> Intent:
    facts = tuple(_of(name, n, in_words(n // parts)) for n in range(parts, most + 1, parts))
    return Intent(f"{name.split()[-1]}_of", _OF, facts, _AND_OF)


INTENTS: tuple[Intent, ...] = (
    Intent("percent", _OF, tuple(_percent(p, n) for p in PERCENTS for n in WHOLES if p * n % 100 == 0), _AND_OF),
    _share("a third", 3, 36),
    _share("a quarter", 4, 48),
    _share("a fifth", 5, 60),
    _share("a tenth", 10, 100),
    Intent(
        "odd_half",
        expand("""
            [what is|what's|how much is|tell me|work out|calculate|] half of {n}
            [what is {n} divided by two|{n} divided by two|divide {n} by two|halve {n}|what is the half of {n}]
            """),
        tuple(Fact({"n": in_words(n)}, sentence(f"half of {in_words(n)} is {tenths(5 * n)}"), tuple(tenths(5 * n).split()))
              for n in range(1, 40, 2)),
        ("and half of {n}", "what about half of {n}", "now halve {n}"),
    ),
    Intent(
        "triple",
        expand("""
            [what is|what's|how much is|tell me|] [triple {n}|three times as much as {n}]
            [triple {n} please|what number is triple {n}|what do you get when you triple {n}|if i triple {n} what do i get]
            """),
        tuple(Fact({"n": in_words(n)}, sentence(f"triple {in_words(n)} is {in_words(3 * n)}"), tuple(in_words(3 * n).split()))
              for n in (*range(1, 21), 25, 30, 50, 100)),
        ("and triple {n}", "what about triple {n}", "now triple {n}"),
    ),
    Intent(
        "as_decimal",
        expand("""
            [what is|what's|how do you write|how do i write|tell me|write] {x} as a decimal
            [{x} as a decimal|what is {x} in decimals|which decimal is {x}|turn {x} into a decimal]
            """),
        tuple(Fact({"x": x}, sentence(f"{x} is {decimal}"), tuple(decimal.split())) for x, decimal in rows("""
            a half | zero point five
            a quarter | zero point two five
            three quarters | zero point seven five
            a fifth | zero point two
            two fifths | zero point four
            a tenth | zero point one
            an eighth | zero point one two five
            one and a half | one point five
            two and a half | two point five
            """)),
        ("and {x}", "what about {x}", "how about {x}"),
    ),
    Intent(
        "as_percent",
        expand("""
            [what is|what's|how do you write|how do i write|tell me|write] {x} as a percentage
            [{x} in percent|{x} as a percentage|how many percent is {x}|what is {x} in percent|how much percent is {x}]
            """),
        tuple(Fact({"x": x}, sentence(f"{x} is {percent} percent"), tuple(percent.split())) for x, percent in rows("""
            a half | fifty
            one half | fifty
            a quarter | twenty five
            three quarters | seventy five
            a fifth | twenty
            two fifths | forty
            a tenth | ten
            nine tenths | ninety
            a hundredth | one
            the whole | one hundred
            a twentieth | five
            """)),
        ("and {x}", "what about {x}", "how about {x}"),
    ),
)  # fmt: skip
