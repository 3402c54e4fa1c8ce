"""The microphone's level over the last moments, and whether it was too loud."""

from __future__ import annotations

import math
import time
from collections import deque

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets import theme

BARS = 28
FLOOR_DB = -60.0
CLIPPED = 0.99
HOLD_SECONDS = 1.5  # the clip light stays on so long
LIGHT = 18  # pixels it takes


class LevelMeter(QWidget):
    """One thin bar per update, the newest on the right; a clipped one is drawn in the danger colour and lights a warning sign."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Microphone level")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._peaks: deque[float] = deque([0.0] * BARS, BARS)
        self._active = False
        self._clipped_at = -HOLD_SECONDS
        self._seen: tuple[list[int], bool, bool] | None = None
        self.setToolTip("How loud the microphone is; the triangle lights when it is too loud")

    @property
    def is_clipped(self) -> bool:
        """Whether it was too loud a moment ago."""
        return time.monotonic() - self._clipped_at < HOLD_SECONDS

    def sizeHint(self) -> QSize:
        return QSize(BARS * 4 + LIGHT, 24)

    def add(self, peak: float, active: bool) -> None:
        """`peak` 0..1 since the last call; `active` while a question is recorded."""
        self._peaks.append(peak)
        self._active = active
        if peak >= CLIPPED:
            self._clipped_at = time.monotonic()
        heights = [self._height(peak) for peak in self._peaks]
        seen = (heights, active, self.is_clipped)
        if seen != self._seen:  # of a quiet room there is nothing new to paint
            self._seen = seen
            self.setAccessibleDescription("Too loud" if self.is_clipped else "")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        normal = QColor(colours.accent if self._active else colours.muted)
        normal.setAlphaF(1.0 if self._active else 0.45)
        bars: tuple[list[QRect], list[QRect]] = ([], [])
        for index, peak in enumerate(self._peaks):
            height = self._height(peak)
            bars[peak >= CLIPPED].append(QRect(index * 4, (self.height() - height) // 2, 2, height))
        for colour, rects in ((normal, bars[False]), (QColor(colours.danger), bars[True])):
            if rects:
                painter.setBrush(colour)
                painter.drawRects(rects)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_light(painter, QPointF(BARS * 4 + LIGHT / 2 + 2, self.height() / 2))

    def _draw_light(self, painter: QPainter, centre: QPointF) -> None:
        colours = theme.now()
        on = self.is_clipped
        painter.setPen(QPen(QColor(colours.danger if on else colours.border), 1.5, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(QColor(colours.danger) if on else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF([centre + QPointF(*corner) for corner in ((0, -6), (6, 5), (-6, 5))]))

    def _height(self, peak: float) -> int:
        """Pixels of a bar: even, so that it stays in the middle."""
        share = max(0.0, 1 - 20 * math.log10(max(peak, 1e-6)) / FLOOR_DB)
        return max(2, round(share * self.height() / 2) * 2)
