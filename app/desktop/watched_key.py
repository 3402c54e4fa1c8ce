"""What the keys of X11 and of Wayland have in common: a thread that waits for the desktop, and a way to end it."""

from __future__ import annotations

import os
import select
from abc import ABC, abstractmethod
from collections.abc import Callable

from engine.worker_thread import Thread


class WatchedKey(ABC):
    """`pressed` and `released` are called on the key's own thread, once each time; a key that is held at the end is released."""

    def __init__(self, pressed: Callable[[], None], released: Callable[[], None]) -> None:
        self._calls = {True: pressed, False: released}
        self._is_down = False
        self._wake, self._end = os.pipe()
        self._thread = Thread(self._live, "global key")

    def close(self) -> None:
        """The key belongs to others again."""
        os.close(self._end)
        self._thread.join(timeout=2)

    @abstractmethod
    def _watch(self) -> None:
        """Until `_wait` says that it is over."""

    @abstractmethod
    def _give_back(self) -> None:
        """The connection to the desktop is closed."""

    def _wait(self, connection: int) -> bool:
        """Until something comes from the connection (True), or the key is closed (False)."""
        ready, _, _ = select.select([connection, self._wake], [], [])
        return self._wake not in ready

    def _set_down(self, is_down: bool) -> None:
        if is_down != self._is_down:
            self._is_down = is_down
            self._calls[is_down]()

    def _live(self) -> None:
        try:
            self._watch()
        finally:
            self._set_down(False)
            self._give_back()
            os.close(self._wake)
