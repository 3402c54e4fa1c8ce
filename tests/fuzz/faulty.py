"""Parsers that do what none may do: the fuzzer has to notice each."""

from __future__ import annotations

import atexit
import ctypes
import os
import time

from hypothesis import strategies as st

from tests.fuzz.target import Target


class Panic(BaseException):
    """As a Rust library's."""


def _refuse(sentence: str) -> None:
    raise ValueError(sentence)


def _panic(text: str) -> None:
    if "7" in text:
        raise Panic("index out of bounds")


_inputs = st.text("0123456789", max_size=4)
SOUND = Target(_inputs, lambda text, _: _refuse("This cannot be read.") if "7" in text else None, examples=["1"])
WRONG_ERROR = Target(_inputs, lambda text, _: {}[text])
CODEC = Target(_inputs, lambda text, _: b"\xff".decode())
NO_SENTENCE = Target(_inputs, lambda text, _: _refuse("bad"))
PANIC = Target(_inputs, lambda text, _: _panic(text), examples=["1"])
MEMORY = Target(_inputs, lambda text, _: bytearray(b"x" * 30_000_000), memory=20_000_000)
BOMB = Target(_inputs, lambda text, _: bytearray(1 << 40))
SLOW = Target(_inputs, lambda text, _: sum(range(3_000_000)), seconds=0.01)
CRASH = Target(_inputs, lambda text, _: ctypes.string_at(0))
HANG = Target(_inputs, lambda text, _: time.sleep(1000))
ENDLESS = Target(_inputs, lambda text, _: sum(iter(int, 1)))
BAD_END = Target(_inputs, lambda text, _: atexit.register(os.abort))
