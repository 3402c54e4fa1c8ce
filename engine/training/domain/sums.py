"""Sums and differences up to a hundred, of round numbers, of numbers below zero, of decimals with one digit; division.

Their answers say the result alone: there are too many questions for an answer each.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.models.wren.numbers import in_words

from .arithmetic import INTENTS as SMALL
from .intent import Fact, Intent
from .patterns import expand
from .phrases import sentence

TENS = tuple(range(10, 101, 10))
ROUND = (*range(100, 1001, 100), *range(2000, 10_001, 1000))


def signed(n: int) -> str:
    """-3 -> "minus three"."""
    return in_words(n) if n >= 0 else f"minus {in_words(-n)}"


def tenths(n: int) -> str:
    """35 tenths -> "three point five", 30 -> "three"."""
    return in_words(n // 10) + (f" point {in_words(n % 10)}" if n % 10 else "")


def _fact(name: str, a: str, b: str, result: str) -> Fact:
    return Fact({"a": a, "b": b}, f"{name} is {result}.", tuple(result.split()))


def _sums(pairs: Iterable[tuple[int, int]]) -> tuple[Fact, ...]:
    return tuple(_fact("The sum", signed(a), signed(b), signed(a + b)) for a, b in pairs)


def _differences(pairs: Iterable[tuple[int, int]]) -> tuple[Fact, ...]:
    return tuple(_fact("The result", signed(a), signed(b), signed(a - b)) for a, b in pairs)


_PLUS = expand("""
    [what is|what's|how much is|tell me|calculate|work out] {a} plus {b}
    {a} plus {b} [equals|equals what|makes what]
    [add {a} and {b}|what is the sum of {a} and {b}|what do {a} and {b} make|if i add {a} and {b} what do i get]
    {a} plus {b}
    """)
_MINUS = expand("""
    [what is|what's|how much is|tell me|calculate|work out] {a} minus {b}
    {a} minus {b} [equals|equals what|makes what]
    [subtract {b} from {a}|take {b} away from {a}|what is {a} take away {b}|{a} take away {b}]
    [if i take {b} from {a} what is left]
    {a} minus {b}
    """)
_SIGNED_PLUS = expand("""
    [what is|what's|how much is|tell me|calculate|work out|] {a} plus {b}
    {a} plus {b} equals
    [add {a} and {b}|what is the sum of {a} and {b}]
    """)
_SIGNED_MINUS = expand("""
    [what is|what's|how much is|tell me|calculate|work out|] {a} minus {b}
    {a} minus {b} equals
    """)
_TIMES = expand("""
    [what is|what's|how much is|tell me|calculate|work out|] {a} times {b}
    {a} times {b} [equals|makes what]
    [multiply {a} by {b}|what is {a} multiplied by {b}|what is the product of {a} and {b}]
    """)
_DIVIDED = expand("""
    [what is|what's|how much is|tell me|calculate|work out|do you know what|] {a} divided by {b}
    {a} divided by {b} [equals|is what|makes what]
    [divide {a} by {b}|how many times does {b} go into {a}|how often does {b} fit into {a}|split {a} by {b}]
    [what do you get when you divide {a} by {b}|if i divide {a} by {b} what do i get|how many times is {b} in {a}]
    """)
_AND_PLUS, _AND_MINUS = (next(i for i in SMALL if i.name == name).follow_ups for name in ("addition", "subtraction"))
_AND_DIVIDED = ("and {a} divided by {b}", "what about {a} divided by {b}", "now {a} divided by {b}", "now divide {a} by {b}")
_AND_TIMES = ("and {a} times {b}", "what about {a} times {b}", "how about {a} times {b}", "now {a} times {b}")

INTENTS: tuple[Intent, ...] = (
    Intent("addition_to_hundred", _PLUS,
           _sums((a, b) for a in range(101) for b in range(101 - a) if max(a, b) > 20), _AND_PLUS),
    Intent("subtraction_to_hundred", _MINUS,
           _differences((a, b) for a in range(21, 101) for b in range(a + 1)), _AND_MINUS),
    Intent("round_addition", _PLUS,
           _sums((*((a, b) for a in ROUND for b in ROUND if a + b in ROUND),
                  *((a, b) for a in TENS for b in TENS if a + b > 100))), _AND_PLUS),
    Intent("round_subtraction", _MINUS,
           _differences((a, b) for a in ROUND for b in ROUND if a - b in ROUND), _AND_MINUS),
    Intent("below_zero", _MINUS,
           _differences((a, b) for a in range(21) for b in range(a + 1, 21)), _AND_MINUS),
    Intent("negative_addition", _SIGNED_PLUS,
           _sums((a, b) for a in range(-12, 13) for b in range(-12, 13) if a < 0 or b < 0), _AND_PLUS[:4]),
    Intent("negative_subtraction", _SIGNED_MINUS,
           _differences((a, b) for a in range(-12, 13) for b in range(-12, 13) if a < 0 or b < 0), _AND_MINUS[:4]),
    Intent("decimal_addition", _SIGNED_PLUS,
           tuple(_fact("The sum", tenths(a), tenths(b), tenths(a + b)) for a in range(1, 60) for b in range(1, 60)
                 if (a % 10 or b % 10) and a % 10 + b % 10 <= 10 and (a + b) % 3 == 0), _AND_PLUS[:4]),
    Intent("decimal_subtraction", _SIGNED_MINUS,
           tuple(_fact("The result", tenths(a), tenths(b), tenths(a - b)) for a in range(1, 60) for b in range(1, a)
                 if (a % 10 or b % 10) and a % 10 >= b % 10 and (a + b) % 3 == 0), _AND_MINUS[:4]),
    Intent("round_multiplication", _TIMES,
           tuple(_fact("The product", in_words(a), in_words(b), in_words(a * b))
                 for x in range(2, 11) for n in (*range(20, 91, 10), 100)
                 for a, b in ((x, n), (n, x))), _AND_TIMES),
    Intent("negative_multiplication", _TIMES,
           tuple(_fact("The product", signed(a), signed(b), signed(a * b)) for x in range(2, 11) for n in range(2, 11)
                 for a, b in ((-x, n), (x, -n), (-x, -n))), _AND_TIMES),
    Intent("division", _DIVIDED,
           tuple(_fact("The result", in_words(a * b), in_words(b), in_words(a)) for a in range(1, 13) for b in range(1, 13)
                 if b != 2), _AND_DIVIDED),
    Intent("by_zero", _DIVIDED,
           tuple(Fact({"a": in_words(a), "b": "zero"}, sentence("nothing can be divided by zero"), ("nothing", "zero"))
                 for a in (*range(21), 50, 100)), _AND_DIVIDED),
)  # fmt: skip
