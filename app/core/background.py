"""Work that would make the screen wait, done on a thread of its own; the screen's thread hears what came of it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from engine.log import explain
from engine.worker_thread import Thread

Made = TypeVar("Made")
Reaction = Callable[[], object]


class Background(QObject):
    """One piece of work after the other. All methods belong to the screen's thread, and so do all reactions."""

    _done = Signal(object, object)  # the queue that the work stood in, and the reaction to it

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """Of a thread's `name`; where `parent` is gone, nobody waits for its work any more."""
        super().__init__(parent)
        self._name = name
        self._work: queue.SimpleQueue[Callable[[], Reaction] | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._open = 0
        self._done.connect(self._react, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        return self._open > 0

    def do(self, work: Callable[[], Made], then: Callable[[Made], object], failed: Callable[[str], object]) -> None:
        """Works, and later passes the result to `then`, or a sentence about what went wrong to `failed`."""

        def attempt() -> Reaction:
            try:
                made = work()
            except BaseException as error:
                sentence = explain(error)
                return lambda: failed(sentence)
            return lambda: then(made)

        if self._thread is None:
            self._thread = Thread(lambda: self._run(self._work), self._name)
            self._thread.start()
        self._open += 1
        self._work.put(attempt)

    def close(self, patience: float | None = 2.0) -> None:
        """Ends the thread after its work, for which so many seconds are waited, or as long as it takes; no reaction follows."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join(patience)
        self._work, self._thread, self._open = queue.SimpleQueue(), None, 0

    def _run(self, work: queue.SimpleQueue[Callable[[], Reaction] | None]) -> None:
        while (attempt := work.get()) is not None:
            with suppress(RuntimeError):  # the parent is gone
                self._done.emit(work, attempt())

    def _react(self, work: object, react: Reaction) -> None:
        if work is self._work:
            self._open -= 1
            react()
