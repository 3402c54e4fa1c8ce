"""The text form of a schedule."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.schedules import ScheduleError, parse
from tests.fuzz.inputs import grammar
from tests.fuzz.target import Target

WORDS = (
    "full", "fixed:", "spark:", "even", "odd", "triple", "k=", "first", "last", "entropy:", "+", "review", "(", ")", "top-p=",
    "top-n=", "text", "propagate", "hole", "slice", "@", "<", ",", ".", "-", "e-", "0", "1", "9", "4" * 30, "9" * 5000,
    "\u0663", "\u00b2",
)  # fmt: skip


def read(text: str, place: Path) -> None:
    schedule = parse(text)
    assert parse(str(schedule)) == schedule


TARGET = Target(
    grammar(WORDS) | st.text(),
    read,
    refuses=(ScheduleError,),
    examples=["fixed:" + "9" * 5000, "spark:k=4,first@" + "9" * 5000, "entropy:9<1.2.3", "full" + "+text" * 100_000],
)
