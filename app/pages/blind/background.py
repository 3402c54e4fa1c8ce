"""Work that would hold up the screen (files, sound, statistics), one job after the other on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from engine.log import explain

Made = TypeVar("Made")


class Background(QObject):
    _came_back = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="blind-test")
        self._came_back.connect(lambda deliver: deliver(), Qt.ConnectionType.QueuedConnection)

    def run(self, job: Callable[[], Made], done: Callable[[Made], None], failed: Callable[[str], None]) -> None:
        """Runs `job` off the GUI thread, then on it `done(result)`, or `failed(sentence)` for whatever went wrong."""

        def deliver(future: Future) -> None:
            try:
                result = future.result()
            except Exception as error:
                failed(explain(error))
            else:
                done(result)

        def came_back(future: Future) -> None:
            try:
                self._came_back.emit(lambda: deliver(future))
            except RuntimeError:
                pass  # the page is gone, and nobody waits for this any more

        self._thread.submit(job).add_done_callback(came_back)
