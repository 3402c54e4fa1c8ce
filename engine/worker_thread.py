"""Threads that either run or say that they cannot. No torch."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.failures import NO_MEMORY

_PATIENCE = 30.0  # seconds, on a machine that is very busy


class NoThread(MemoryError):
    """The system has no room for one more thread; the message is a sentence for the user."""


class Thread(threading.Thread):
    """A daemon, so that it never keeps a program that ends.

    `start` raises `NoThread` instead of waiting for ever, as Python's does, for a thread that died for want of memory before
    it could give a sign of life.
    """

    def __init__(self, run: Callable[[], object], name: str) -> None:
        super().__init__(target=run, name=name, daemon=True)
        self._started = _SignOfLife()

    def start(self) -> None:
        try:
            super().start()
        except RuntimeError as error:  # "can't start new thread"
            raise NoThread(NO_MEMORY) from error


class _SignOfLife(threading.Event):
    def wait(self, timeout: float | None = None) -> bool:
        if not super().wait(_PATIENCE if timeout is None else timeout):
            raise NoThread(NO_MEMORY)
        return True
