"""A number with steps, framed like the other fields and with arrows of our own."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from app import theme

_SHEET = """
QAbstractSpinBox {{ background: {0.surface}; border: 1px solid {0.border}; border-radius: 8px; padding: 0; }}
QAbstractSpinBox:focus {{ border: 1px solid {0.accent}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ background: transparent; border: none; width: 26px; }}
QAbstractSpinBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
"""


class _Dressed:
    """What both kinds share; a plain class, because Qt classes cannot be inherited twice."""

    _sheet = ""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.dress()

    def dress(self) -> None:
        """In the colours that are in use now."""
        sheet = _SHEET.format(theme.now())
        if sheet != self._sheet:
            self._sheet = sheet
            self.setStyleSheet(sheet)
            self.lineEdit().setTextMargins(8, 0, 0, 0)  # the style sheet cannot indent it

    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.now().muted), 1.6, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        x, middle = self.width() - 18.0, self.height() / 2
        for side in (-1, 1):
            y = middle + side * 5.5
            painter.drawPolyline(
                QPolygonF([QPointF(x - 4, y - side * 2), QPointF(x, y + side * 2), QPointF(x + 4, y - side * 2)])
            )


class Whole(_Dressed, QSpinBox):
    pass


class Decimal(_Dressed, QDoubleSpinBox):
    pass


Box = TypeVar("Box", Whole, Decimal)


def named(box: Box, name: str) -> Box:
    """Dresses a box and gives it a name to be read out."""
    box.setAccessibleName(name)
    box.setMinimumHeight(34)
    box.dress()
    return box
