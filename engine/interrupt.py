"""Ctrl-C: while nothing is at stake it ends the program at once with status 130, else it is a `KeyboardInterrupt`. No torch."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

STATUS = 130
"""Of a program that was interrupted, as shells have it."""
_SHOW_CURSOR = b"\x1b[?25h"  # a progress line may have hidden it


def end_at_once() -> None:
    """From now on. An exception could come up in the middle of an import, where it leaves a traceback or is swallowed."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _end)


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


def _end(number, frame) -> None:
    words = b"refrain: Interrupted.\n"
    try:
        os.write(2, (_SHOW_CURSOR + b"\r" if os.isatty(2) else b"") + words)
    except OSError:
        pass  # nobody reads it
    os._exit(STATUS)
