"""A switch: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.widgets import theme

WIDTH, HEIGHT, MARGIN = 40, 22, 3  # pixels; the margin is for the ring of the focus


class Switch(QAbstractButton):
    def __init__(self) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(MARGIN, MARGIN, WIDTH, HEIGHT)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1.5))
            painter.drawRoundedRect(body.adjusted(-2, -2, 2, 2), HEIGHT / 2 + 2, HEIGHT / 2 + 2)
        on = self.isChecked()
        painter.setPen(QPen(QColor(colours.accent if on else colours.muted), 1.2))
        painter.setBrush(QColor(colours.accent if on else colours.raised))
        painter.drawRoundedRect(body, HEIGHT / 2, HEIGHT / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.on_accent if on else colours.muted))
        painter.drawEllipse(QPointF(body.right() - HEIGHT / 2 if on else body.left() + HEIGHT / 2, body.center().y()), 7, 7)
