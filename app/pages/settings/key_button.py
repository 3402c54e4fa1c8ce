"""A button that shows a key, and after a click takes the next one that is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton

from app.settings.shortcuts import pressed
from app.widgets import theme

WAITING = "Press a key…"


class KeyButton(QPushButton):
    """Emits `recorded` with the key that was pressed. Only a click or Enter makes it listen, so Tab goes past it."""

    recorded = Signal(str)

    def __init__(self, empty_means: str) -> None:
        super().__init__()
        self._empty_means, self._key = empty_means, ""
        self._listening = False
        self.setProperty("role", "small")
        self.setAutoDefault(False)
        self.clicked.connect(lambda: self._listen(not self._listening))
        self.setToolTip("Click, then press the new key")

    def show_key(self, key: str) -> None:
        self._key = key
        self._listen(False)

    def event(self, event: QEvent) -> bool:
        if self._listening and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
            event.accept()  # also as the override of every shortcut of the window
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._listen(False)
        super().focusOutEvent(event)

    def _take(self, event: QKeyEvent) -> None:
        key = "" if event.isAutoRepeat() else pressed(event)  # the Enter that began it may still be down
        if key:
            self._listen(False)
            self.recorded.emit(key)

    def _listen(self, on: bool) -> None:
        self._listening = on
        shown = QKeySequence(self._key).toString(QKeySequence.SequenceFormat.NativeText)
        self.setText(WAITING if on else shown or self._empty_means)
        theme.set_role(self, "primary" if on else "small")
