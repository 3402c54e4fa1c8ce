"""Ctrl-C: while nothing is at stake it ends the program at once with status 130, else it is a `KeyboardInterrupt`. No torch."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

STATUS = 130
"""Of a program that was interrupted, as shells have it."""
_tidy: Callable[[], None] | None = None
leaving: list[Callable[[], None]] = []
"""What is still done, quickly, before the program ends at once."""
_SHOW_CURSOR = b"\x1b[?25h"  # a progress line may have hidden it


def end_at_once(tidy: Callable[[], None] | None = None) -> None:
    """From now on. An exception could come up in the middle of an import, where it leaves a traceback or is swallowed.

    With something to `tidy` up before, SIGTERM ends the program in the same way, with status 143.
    """
    global _tidy
    if threading.current_thread() is threading.main_thread():
        _tidy = tidy
        signal.signal(signal.SIGINT, _end)
        if tidy is not None:
            signal.signal(signal.SIGTERM, _end)


@contextmanager
def raised() -> Iterator[None]:
    """While it lasts, Ctrl-C is a `KeyboardInterrupt`: for work that has something to keep or to tidy up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(number: int, frame: FrameType | None) -> None:
    words = b"refrain: Interrupted.\n" if number == signal.SIGINT else b""
    try:
        os.write(2, (_SHOW_CURSOR + b"\r" if os.isatty(2) else b"") + words)
    except OSError:
        pass  # nobody reads it
    for take_leave in (*leaving, *([_tidy] if _tidy is not None else ())):
        with suppress(Exception):
            take_leave()
    os._exit(128 + number)
