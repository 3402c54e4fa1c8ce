"""The microphone's level over the last moments."""

from __future__ import annotations

import math
from collections import deque

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme

BARS = 28
FLOOR_DB = -60.0
CLIPPED = 0.99


class LevelMeter(QWidget):
    """One thin bar per update, the newest on the right; a clipped one is drawn in the danger colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Microphone level")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._peaks: deque[float] = deque([0.0] * BARS, BARS)
        self._active = False

    def sizeHint(self) -> QSize:
        return QSize(BARS * 4, 24)

    def add(self, peak: float, active: bool) -> None:
        """`peak` 0..1 since the last call; `active` while a question is recorded."""
        self._peaks.append(peak)
        self._active = active
        self.update()

    def paintEvent(self, event) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        normal = QColor(colours.accent if self._active else colours.muted)
        normal.setAlphaF(1.0 if self._active else 0.45)
        for index, peak in enumerate(self._peaks):
            height = max(2.0, self._fraction(peak) * self.height())
            painter.setBrush(QColor(colours.danger) if peak >= CLIPPED else normal)
            painter.drawRoundedRect(QRectF(index * 4, (self.height() - height) / 2, 2, height), 1, 1)

    @staticmethod
    def _fraction(peak: float) -> float:
        return max(0.0, 1 - 20 * math.log10(max(peak, 1e-6)) / FLOOR_DB)
