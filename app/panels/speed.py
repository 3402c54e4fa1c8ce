"""Speed: tokens per second while they are decoded, and how much sound waits to be played."""

from __future__ import annotations

import time

import numpy as np
import pyqtgraph as pg

from app import theme
from app.conversation import Turn
from app.panels.panel import Panel

WINDOW = 12  # tokens whose decode steps make one value of tokens/s
EVERY = 0.05  # seconds between values of the buffer


class SpeedPanel(Panel):
    """Over the seconds since the question ended."""

    def __init__(self) -> None:
        super().__init__("Speed")
        self._rate_plot = self.add_plot("", "Tokens per second")
        self._buffer_plot = self.add_plot("seconds since the question", "Seconds of sound that wait to be played")
        self._rate_plot.setTitle(None)
        self._rate = self._rate_plot.plot(pen=None, skipFiniteCheck=True)
        self._buffer = self._buffer_plot.plot(pen=None, fillLevel=0, skipFiniteCheck=True)
        self._notes = []
        for plot, text in ((self._rate_plot, "tokens/s"), (self._buffer_plot, "buffered seconds")):
            note = pg.LabelItem(text, size="9pt")
            note.setParentItem(plot.getViewBox())
            note.anchor((1, 0), (1, 0), offset=(-4, 0))
            self._notes.append((note, text))
        self._turn: Turn | None = None
        self._began = 0.0
        self._times: list[float] = []
        self._buffered: list[float] = []
        self._tokens = -1
        self.recolour()
        self.refresh(None, 0.0)

    def refresh(self, turn: Turn | None, buffered: float) -> None:
        """Shows `turn`, of whose sound `buffered` seconds wait to be played."""
        now = time.monotonic()
        if turn is not self._turn or self._tokens < 0:
            self._turn, self._began, self._tokens = turn, now, 0
            self._times, self._buffered = [], []
            self._rate.setData([], [])
            self._buffer.setData([], [])
            self._scale()
        if turn is None:
            return
        tokens = turn.tokens
        if len(tokens) != self._tokens:
            self._tokens = len(tokens)
            spent = np.cumsum([0.0, *(token.milliseconds / 1000 for token in tokens)])
            seconds = np.maximum(spent[WINDOW:] - spent[:-WINDOW], 1e-6)
            self._rate.setData([token.at for token in tokens[WINDOW - 1 :]], WINDOW / seconds)
            self._scale()
        at = now - self._began
        going = not turn.is_over or buffered > 0 or (self._buffered and self._buffered[-1] > 0)
        if going and (not self._times or at - self._times[-1] >= EVERY):
            self._times.append(at)
            self._buffered.append(buffered)
            self._buffer.setData(self._times, self._buffered)
            self._scale()

    def _scale(self) -> None:
        rates, times = self._rate.yData, self._rate.xData
        fastest = max(rates) if rates is not None and len(rates) else 0.0
        end = max([2.0, *self._times[-1:], *(times[-1:] if times is not None else [])])
        for plot, top in ((self._rate_plot, fastest), (self._buffer_plot, max(self._buffered, default=0.0))):
            plot.setXRange(0, end, padding=0)
            plot.setYRange(0, max(top, 1.0) * 1.35, padding=0)
        rate = self._turn.tokens_per_second if self._turn else None
        self.value.setText(f"{rate:.0f}" if rate is not None else "–")
        self.unit.setText("tokens/s")

    def recolour(self) -> None:
        super().recolour()
        colours = theme.now()
        self._rate.setPen(pg.mkPen(colours.accent, width=2))
        self._buffer.setPen(pg.mkPen(theme.KINDS["heard"], width=2))
        fill = pg.mkColor(theme.KINDS["heard"])
        fill.setAlphaF(0.2)
        self._buffer.setBrush(fill)
        for note, text in self._notes:
            note.setText(text, color=colours.muted)
