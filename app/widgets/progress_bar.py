"""A quiet bar without figures: how far one is, not how long it takes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy

from app.widgets import theme

STEPS = 1000


class ProgressBar(QProgressBar):
    """`height` in pixels; the value goes from 0 to `STEPS`."""

    def __init__(self, name: str, height: int = 8) -> None:
        super().__init__(minimum=0, maximum=STEPS, textVisible=False)
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float) -> None:
        """From 0 to 1."""
        self.setValue(round(STEPS * min(max(share, 0.0), 1.0)))

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def minimumSizeHint(self) -> QSize:
        """It has no figures that would need more."""
        return QSize(80, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        body, round_end = QRectF(self.rect()), self.height() / 2
        for colour, width in ((colours.border, body.width()), (colours.accent, body.width() * self.value() / STEPS)):
            if width:
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(QRectF(0, 0, max(width, body.height()), body.height()), round_end, round_end)
