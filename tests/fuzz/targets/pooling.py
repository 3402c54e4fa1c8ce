"""The text form of a pooling."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.prefill.pooling import PoolingError, parse
from tests.fuzz.inputs import grammar
from tests.fuzz.target import Target

WORDS = (
    "none", "input:", "deep:", "dual:", "@", ",", "w=", "0.8", "0.7", "9", "-", "1e-3", ".", "9" * 5000, "nan", "inf", "1_0",
    "\u0663",
)  # fmt: skip


def read(text: str, place: Path) -> None:
    pooling = parse(text)
    assert parse(str(pooling)) == pooling


TARGET = Target(
    grammar(WORDS) | st.text(),
    read,
    refuses=(PoolingError,),
    examples=[f"deep:{'9' * 5000}@0.7", f"input:0.8,w={'9' * 5000}", "input:nan", "dual:" + "0.8," * 100_000],
)
