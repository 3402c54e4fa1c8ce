"""Where questions are typed; files that are pasted or dropped there are questions, too."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QToolButton

from app.widgets import icons

LONGEST = 4000  # characters


class QuestionEntry(QLineEdit):
    files_pasted = Signal(list)
    """Paths."""
    file_wanted = Signal()
    """A sound file shall be chosen."""

    def __init__(self) -> None:
        super().__init__(placeholderText="Or type a question")
        self.setProperty("role", "question")
        self.setAccessibleName("Question")
        self.setMaxLength(LONGEST)
        self.choose = QAction(icons.icon("sound-file"), "Ask a sound file", self)
        self.choose.triggered.connect(self.file_wanted)
        self.addAction(self.choose, QLineEdit.ActionPosition.TrailingPosition)
        button = self.findChild(QToolButton)
        assert button is not None  # what Qt shows the action as
        button.setAccessibleName(self.choose.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if files := pasted_files(event):
            self.files_pasted.emit(files)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_of(event.mimeData()):
            event.ignore()  # the page takes them
        else:
            super().dragEnterEvent(event)


def pasted_files(event: QKeyEvent) -> list[Path]:
    """The local files on the clipboard, if the event pastes them by whatever key the system has for it."""
    if not event.matches(QKeySequence.StandardKey.Paste):
        return []
    return files_of(QGuiApplication.clipboard().mimeData())


def files_of(data: QMimeData | None) -> list[Path]:
    """The local files that were dropped or copied."""
    if data is None or not data.hasUrls():
        return []
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
