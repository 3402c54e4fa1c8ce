"""Asks whether everything shall be deleted, and does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from app.core.background import Background
from app.storage.erasing import Kept, Traces


@dataclass(frozen=True)
class Rooms:
    """What the window lets go of before its files go, and what it says afterwards; all on the screen's thread."""

    leave: Callable[[], object]
    """The session under way ends."""
    forget_window: Callable[[], object]
    reset_settings: Callable[[], object]
    say: Callable[[str, bool], object]
    """A sentence, and whether it is about something that went wrong."""


class EraseEverything:
    def __init__(self, parent: QWidget, traces: Traces, rooms: Rooms) -> None:
        self._parent, self._traces, self._rooms = parent, traces, rooms
        self._background = Background("erasing", parent)

    def begin(self) -> None:
        """Finds out how much there is, and asks."""
        if not self._background.is_busy:
            self._background.do(self._traces.measure, self._ask, self._fail)


    def close(self) -> None:
        """Waits a moment for what is being removed."""
        self._background.close()

    def _ask(self, kept: Kept) -> None:
        box, keep = question(self._parent, kept)
        box.exec()
        if box.clickedButton() is not box.defaultButton():
            keeps_settings = keep.isChecked()
            self._rooms.leave()
            self._rooms.forget_window()
            if not keeps_settings:
                self._rooms.reset_settings()
            self._background.do(self._traces.erase, self._done, self._fail)
        box.deleteLater()

    def _done(self, left: str) -> None:
        self._rooms.say(left or "Everything is deleted.", bool(left))

    def _fail(self, sentence: str) -> None:
        self._rooms.say(f"Not everything could be deleted: {sentence}", True)


def question(parent: QWidget, kept: Kept) -> tuple[QMessageBox, QCheckBox]:
    """The dialog, whose default is to keep everything, and its box for the settings."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Delete everything", "Delete everything that Refrain has kept?", parent=parent)
    box.setInformativeText(f"{kept.words}\n\nThis cannot be undone. Models that you have installed stay.")
    box.addButton("Delete everything", QMessageBox.ButtonRole.DestructiveRole)
    keep_all = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(keep_all)
    box.setEscapeButton(keep_all)
    keep = QCheckBox("Keep my settings")
    keep.setChecked(True)
    box.setCheckBox(keep)
    return box, keep
