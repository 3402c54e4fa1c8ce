"""Work that would make the screen wait, done on a thread of its own; the screen fetches what came of it."""

from __future__ import annotations

import queue
from collections.abc import Callable

from engine.log import explain
from engine.worker_thread import Thread


class Background:
    """One piece of work after the other. All methods belong to the screen's thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: queue.SimpleQueue = queue.SimpleQueue()
        self._done: queue.SimpleQueue = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._open = 0

    @property
    def is_busy(self) -> bool:
        return self._open > 0

    def do(self, work: Callable[[], object], then: Callable[[object], None], failed: Callable[[str], None]) -> None:
        """Works, and at a later `tick` passes the result to `then`, or a sentence about what went wrong to `failed`."""
        if self._thread is None:
            self._thread = Thread(self._run, self._name)
            self._thread.start()
        self._open += 1
        self._work.put((work, then, failed))

    def tick(self) -> None:
        """Hands out what is done."""
        while not self._done.empty():
            react, result = self._done.get()
            self._open -= 1
            react(result)

    def close(self) -> None:
        """Ends the thread after what it is at, for which a moment is waited."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join(2)
            self._thread = None

    def _run(self) -> None:
        while (task := self._work.get()) is not None:
            work, then, failed = task
            try:
                self._done.put((then, work()))
            except BaseException as error:
                self._done.put((failed, explain(error)))
