"""The microphone's level as bars: what comes in now, or what was recorded."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.pages.talk.level_meter import CLIPPED, FLOOR_DB
from app.widgets import theme

BARS = 90
PITCH, WIDTH = 6, 3  # pixels from bar to bar, and of one


class TakeView(QWidget):
    """Live bars come in from the right; a recording fills the width from the left and stays until the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Microphone level")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._live: deque[float] = deque([0.0] * BARS, BARS)
        self._take: np.ndarray | None = None
        self._played = 0.0

    def sizeHint(self) -> QSize:
        return QSize(BARS * PITCH, 72)

    def add(self, peak: float) -> None:
        """The microphone's loudest sample, 0..1, since the last call."""
        self._live.append(peak)
        if self._take is None:
            self.update()

    def show_take(self, samples: np.ndarray | None, whole: int = 0) -> None:
        """A recording as far as it has come, of `whole` samples in the end; None: live again."""
        self._take = None
        self._played = 0.0
        if samples is not None:
            edges = np.linspace(0, max(1, whole), BARS + 1).astype(int)
            full = int(np.searchsorted(edges, len(samples), side="right")) - 1
            self._take = np.array([np.abs(samples[a:b]).max(initial=0) for a, b in zip(edges[:full], edges[1:])])
        self.update()

    def show_played(self, share: float) -> None:
        """How much of the recording, 0..1, has been played back."""
        if share != self._played:
            self._played = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(self.rect()), 12, 12)
        peaks = list(self._live) if self._take is None else list(self._take)
        pitch = (self.width() - 24) / BARS
        for index in range(BARS):
            peak = peaks[index] if index < len(peaks) else 0.0
            if self._take is None:
                colour = colours.danger if peak >= CLIPPED else colours.muted
            elif index >= len(peaks):
                colour = colours.border
            else:
                colour = colours.danger if peak >= CLIPPED else colours.accent
            ink = QColor(colour)
            if self._played and index >= self._played * BARS:
                ink.setAlphaF(0.4)
            painter.setBrush(ink)
            height = max(2.0, _fraction(peak) * (self.height() - 20))
            painter.drawRoundedRect(
                QRectF(12 + (index + 0.5) * pitch - WIDTH / 2, (self.height() - height) / 2, WIDTH, height), 1.5, 1.5
            )


def _fraction(peak: float) -> float:
    return max(0.0, 1 - 20 * math.log10(max(peak, 1e-6)) / FLOOR_DB)
