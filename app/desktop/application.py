"""Qt's application, as the desktop knows it.

On macOS it also hears which files the Finder wants opened: elsewhere they come on the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from app.desktop import desktop_entry


class Application(QApplication):
    """`open_with` says who opens them; what was named before waits for that."""

    def __init__(self, arguments: list[str]) -> None:
        if sys.platform == "linux" and desktop_entry.is_installed():
            QGuiApplication.setDesktopFileName(desktop_entry.APP_ID)  # a window on Wayland has its icon by that
        super().__init__(arguments)
        self._open: Callable[[list[Path]], object] | None = None
        self._waiting: list[Path] = []

    def open_with(self, open_files: Callable[[list[Path]], object]) -> None:
        self._open = open_files
        waiting, self._waiting = self._waiting, []
        if waiting:
            open_files(waiting)

    def event(self, event: QEvent) -> bool:
        """Only what is sent to the application itself comes by here."""
        if not isinstance(event, QFileOpenEvent) or not event.file():
            return super().event(event)
        if self._open is None:
            self._waiting.append(Path(event.file()))
        else:
            self._open([Path(event.file())])
        return True
