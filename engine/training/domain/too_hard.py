"""Arithmetic that Wren cannot do: it says so instead of guessing."""

from __future__ import annotations

import random
from collections.abc import Iterator

from engine.models.wren.numbers import in_words

from .intent import Fact, Intent
from .parts_of_numbers import PERCENTS
from .patterns import expand

ANSWER = "I cannot work that out."
_RNG_SEED, _EACH = "too hard", 120


def _problems() -> Iterator[str]:
    """Each with its sign in words, none of which another intent answers."""
    rng = random.Random(_RNG_SEED)

    def large(digits: int) -> str:  # neither round nor in the tables: those are taught
        n = rng.randrange(max(13, 10 ** (digits - 1)), 10**digits)
        return in_words(n + (n % 10 == 0))

    for _ in range(_EACH):
        a, b = rng.choice(((2, 2), (3, 1), (3, 2), (3, 3), (2, 3)))
        yield f"{large(a)} times {large(b) if b > 1 else in_words(rng.randint(3, 9))}"
        yield f"{in_words(rng.randrange(13, 99, 2))} times {in_words(rng.randint(3, 9))}"
    for _ in range(_EACH):
        a = rng.randrange(21, 99, 2)
        yield f"{in_words(a)} plus {in_words(rng.randint(101 - a, 99))}"
        yield f"minus {in_words(rng.randint(13, 99))} {rng.choice(('plus', 'minus'))} {in_words(rng.randint(13, 99))}"
        yield f"{in_words(rng.randint(21, 60))} minus {in_words(rng.randint(61, 99))}"
    for _ in range(_EACH):
        a, b = rng.choice(((3, 2), (3, 3), (4, 3), (4, 4), (5, 4), (6, 5), (2, 3)))
        yield f"{large(a)} {rng.choice(('plus', 'minus'))} {large(b)}"
    for _ in range(_EACH):
        a, b = rng.randint(145, 9999), rng.randint(13, 97)
        yield f"{in_words(a)} divided by {in_words(b)}"
    for _ in range(_EACH):
        divisor = rng.randint(3, 12)
        yield f"{in_words(divisor * rng.randint(1, 12) + rng.randint(1, divisor - 1))} divided by {in_words(divisor)}"
    for _ in range(_EACH):
        yield f"{in_words(rng.choice((3, 7, 11, 13, 17, 23, 37, 42, 65, 83)))} percent of {large(rng.choice((2, 3)))}"
    for _ in range(_EACH // 2):
        yield f"the square root of {in_words(rng.choice([n for n in range(2, 999) if n**0.5 % 1]))}"
    for _ in range(_EACH // 2):
        yield f"{in_words(rng.randint(3, 30))} to the power of {in_words(rng.randint(4, 12))}"
    for _ in range(_EACH):
        one, two, three = (in_words(rng.randint(2, 40)) for _ in range(3))
        first, second = rng.choice(("plus times", "times minus", "times times", "minus times", "plus minus")).split()
        yield f"{one} {first} {two} {second} {three}"
        yield f"{in_words(rng.choice(PERCENTS[:-1]))} percent of {large(rng.choice((2, 3)))}"
    for _ in range(_EACH):
        yield f"double {in_words(rng.randrange(51, 999, 2))}"
        yield f"half of {in_words(rng.randrange(101, 999, 2))}"
        first = f"{in_words(rng.randint(6, 60))} point {in_words(rng.randint(1, 9))}"
        yield f"{first} {rng.choice(('plus', 'minus'))} {in_words(rng.randint(1, 20))} point {in_words(rng.randint(1, 9))}"
        two = " ".join(in_words(rng.randint(1, 9)) for _ in range(2))
        yield f"{in_words(rng.randint(0, 20))} point {two} {rng.choice(('plus', 'minus'))} {in_words(rng.randint(1, 20))}"
    for _ in range(_EACH):
        one, two = (f"{in_words(rng.randint(2, 40))} point {in_words(rng.randint(1, 9))}" for _ in range(2))
        yield f"{one} {rng.choice(('times', 'divided by'))} {two}"
    for _ in range(_EACH // 2):
        yield f"the factorial of {in_words(rng.randint(4, 20))}"
    for _ in range(_EACH // 2):
        yield f"the cube root of {large(rng.choice((2, 3, 4)))}"
    for _ in range(_EACH // 4):
        yield f"the {rng.choice(('sine', 'cosine', 'tangent', 'logarithm'))} of {in_words(rng.randint(2, 180))}"


INTENTS: tuple[Intent, ...] = (
    Intent(
        "too_hard",
        expand("""
            [what is|what's|how much is|tell me|calculate|work out|compute|solve|do you know|] {x}
            {x} [equals what|is what|is how much]
            [can you work out|could you calculate|what do you get for|give me the result of|i need to know] {x}
            """),
        tuple(Fact({"x": x}, ANSWER, tuple("cannot work out".split())) for x in dict.fromkeys(_problems())),
        ("and {x}", "what about {x}", "how about {x}", "now {x}"),
    ),
)
