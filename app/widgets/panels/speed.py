"""Speed: tokens per second against what the voice needs, and how much sound waits to be played."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt

from app.widgets import theme
from app.widgets.panels.panel import Panel
from engine.turn_record import TurnRecord

WINDOW = 12  # tokens whose decode steps make one value of tokens/s
HOP = 2  # seconds by which the axis of time grows


class SpeedPanel(Panel):
    """Over the seconds since the question ended."""

    _tops = (1.0, 1.0)  # the highest marks of the two plots
    _has_ended = False  # as it was drawn

    def __init__(self) -> None:
        super().__init__("Speed")
        self._rate_plot = self.add_plot("", "Tokens per second")
        self._rate_plot.getAxis("bottom").setStyle(showValues=False)  # the same seconds stand below
        self._buffer_plot = self.add_plot("seconds since the question", "Seconds of sound that wait to be played")
        self._rate = self._rate_plot.plot(pen=None, skipFiniteCheck=True)
        self._buffer = self._buffer_plot.plot(pen=None, fillLevel=0, skipFiniteCheck=True)
        self._need = pg.InfiniteLine(angle=0)
        self._need.setVisible(False)
        self._rate_plot.addItem(self._need, ignoreBounds=True)
        self.body.setStretch(0, 4)
        self.body.setStretch(1, 5)  # with the seconds below it
        self._notes = []
        for plot, text in ((self._rate_plot, "tokens/s"), (self._buffer_plot, "buffered seconds")):
            note = pg.LabelItem(text)
            note.setParentItem(plot.getViewBox())
            note.anchor((1, 0), (1, 0), offset=(-4, 0))
            self._notes.append((note, text))
        self.speech_rate: float | None = None
        self._record: TurnRecord | None = None
        self._start()
        self._scale()
        self.recolour()

    def set_speech_rate(self, speech_rate: float) -> None:
        """Speech tokens in one second of the model's sound: what decoding must keep up with."""
        self.speech_rate = speech_rate
        self._need.setValue(speech_rate)
        self._need.setVisible(True)
        self._scale()

    @property
    def real_time_factor(self) -> float | None:
        """Seconds of decoding for one second of sound: below 1 is faster than speech."""
        record = self._record
        if record is None or not (self.speech_rate and record.depths["speech"].tokens):
            return None
        return record.step_seconds * self.speech_rate / record.depths["speech"].tokens

    def refresh(self, record: TurnRecord | None, waiting: Sequence[tuple[float, float]] = ()) -> None:
        """Shows a turn, and the sound that was `waiting` as `app.core.turn.ChatTurn` has it."""
        if not self.is_seen:
            return
        grown = record is not self._record
        if grown:
            self._record = record
            self._start()
        new = record.tokens[len(self._spent) - 1 :] if record else []
        if new:
            for token in new:
                self._spent.append(self._spent[-1] + token.milliseconds / 1000)
                if len(self._spent) > WINDOW:
                    self._times.append(token.at)
                    self._rates.append(WINDOW / max(self._spent[-1] - self._spent[-1 - WINDOW], 1e-6))
            self._rate.setData(self._times, self._rates)
        ended = record is not None and record.is_over
        if self._show_buffer(waiting) or new or grown or ended != self._has_ended:
            self._has_ended = ended
            self._scale()

    def _start(self) -> None:
        self._spent = [0.0]
        self._has_ended = False
        self._times: list[float] = []
        self._rates: list[float] = []
        self.buffered: list[tuple[float, float]] = []
        """What is drawn: (seconds since the question ended, seconds of sound that waited then)."""
        self._shown_range = (0.0, 0.0, 0.0)
        self._rate.setData([], [])
        self._buffer.setData([], [])

    def _show_buffer(self, waiting: Sequence[tuple[float, float]]) -> bool:
        if len(waiting) == len(self.buffered):
            return False
        self.buffered = list(waiting)
        self._buffer.setData(*zip(*self.buffered, strict=True))
        return True

    def _scale(self) -> None:
        ends = [at for at, _ in self.buffered[-1:]]
        end = HOP * math.ceil(max([*ends, *self._times[-1:], 1.0]) / HOP)
        rate_top = _round_up(max([1.0, self.speech_rate or 0.0, *self._rates]) * 1.1)
        buffer_top = _round_up(max([1.0, *(seconds for _, seconds in self.buffered)]) * 1.1)
        if (end, rate_top, buffer_top) != self._shown_range:  # axes are what costs
            self._shown_range, self._tops = (end, rate_top, buffer_top), (rate_top, buffer_top)
            for plot in self.plots:
                plot.setXRange(0, end, padding=0)
            self.fit_plots()
        rate = self._record.tokens_per_second if self._record else None
        self.show_number("–" if rate is None else f"{rate:.0f}", "tokens/s")
        self.say(self._words())

    def _words(self) -> str:
        factor, speech_rate = self.real_time_factor, self.speech_rate
        if not speech_rate:
            return ""
        if factor is None:
            return f"The voice needs {speech_rate:g} speech tokens a second."
        needs = f"the voice needs {speech_rate:g} speech tokens/s (dashed), decoding makes"
        verdict = "" if factor <= 1 else " Slower than speech: the sound will pause."
        return f"Real-time factor {factor:.2f}: {needs} {speech_rate / factor:.0f}.{verdict}"

    def fit_plots(self) -> None:
        line = self.line_height() + 3
        for plot, top, (note, _) in zip(self.plots, self._tops, self._notes, strict=False):
            self.show_marks(plot, [(value, f"{value:g}") for value in (0, top / 2, top)], above=line)
            note.setVisible(plot.getViewBox().height() > 1.7 * line)  # lower, it would lie on its curve

    def recolour(self) -> None:
        super().recolour()
        colours = theme.now()
        self._rate.setPen(pg.mkPen(colours.accent, width=2))
        self._need.setPen(pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DashLine))
        self._buffer.setPen(pg.mkPen(theme.KINDS["heard"], width=2))
        fill = pg.mkColor(theme.KINDS["heard"])
        fill.setAlphaF(0.2)
        self._buffer.setBrush(fill)
        for note, text in self._notes:
            note.setText(text, color=colours.muted, size=f"{theme.font(0.82).pointSizeF()}pt")


def _round_up(value: float) -> float:
    """To two digits, so that an axis moves rarely."""
    step = 10 ** math.floor(math.log10(value)) / 2
    return math.ceil(value / step) * step
