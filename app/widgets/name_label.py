"""A label for a name that a user or a device brought: elided where it is too long, and then whole in its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.widgets import theme

LEAST = 6  # letters that are always seen


class NameLabel(QLabel):
    """`text` is always the whole name; `role`, `scale` and `bold` are as for `theme.label`."""

    def __init__(self, text: str = "", role: str = "", scale: float = 1.0, bold: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setIndent(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        theme.set_font(self, scale, bold)

    @property
    def is_whole(self) -> bool:
        """Whether all of the name is seen."""
        return self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_whole()

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        least = self.fontMetrics().horizontalAdvance("m" * LEAST + "…")
        return QSize(min(hint.width(), least), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, area = QPainter(self), self.contentsRect()
        self.drawFrame(painter)
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        self.style().drawItemText(painter, area, self.alignment(), self.palette(), self.isEnabled(), words, self.foregroundRole())

    def _tell_whole(self) -> None:
        self.setToolTip("" if self.is_whole else self.text())
