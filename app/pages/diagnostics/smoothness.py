"""Two small plots: how late the screen was, and how often the sound broke off."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import Qt

from app.pages.diagnostics.lag import SHOWN, LagSampler
from app.pages.diagnostics.under_runs import CURES, KINDS, MINUTES, OTHERS, UnderRuns
from app.widgets import theme
from app.widgets.panels.panel import Panel

FRAME = 16  # milliseconds: what nobody sees
GOAL = {"p95": 16, "p99": 50}  # milliseconds
STALL = 250  # milliseconds that everybody sees
NONE_YET = "No under-run so far."
_COLOURS = {"ring_underruns": theme.KINDS["speech"], "device_underflows": theme.REJECTED}


class LagPanel(Panel):
    """A histogram of how late the timer rang that moves everything on the screen."""

    def __init__(self) -> None:
        super().__init__("Screen lag")
        plot = self.add_plot("milliseconds late", "Histogram of how late the screen was")
        self._bars = pg.BarGraphItem(x=[], height=[], width=0.86)
        self._frame = pg.InfiniteLine(SHOWN.index(FRAME), angle=90)
        plot.addItem(self._bars)
        plot.addItem(self._frame, ignoreBounds=True)
        plot.setXRange(-1, len(SHOWN), padding=0.01)
        self._note = _note(plot)
        self._shown = -1
        self._decades = 1
        self.recolour()

    def fit_plots(self) -> None:
        """Only as many edges are named as have room beside one another."""
        for plot in self.plots:
            room = plot.getViewBox().width() / (len(SHOWN) + 1)
            step = math.ceil(self.width_at_axes(f"{SHOWN[-1]} ") / max(room, 1))
            plot.getAxis("bottom").setTicks([[(place, str(edge)) for place, edge in enumerate(SHOWN)][::step]])
        self._fit_height()

    def _fit_height(self) -> None:
        plot = self.plots[0]
        room = plot.getViewBox().height()
        used = max(1.0, room - self.height_at_axes() / 2)  # the upper half of the highest label stands above it
        plot.setYRange(0, math.log10(1 + 10**self._decades) * room / used, padding=0)

    def refresh(self, lag: LagSampler) -> None:
        """Shows what is new."""
        if lag.ticks == self._shown:
            return
        self._shown = lag.ticks
        heights = [math.log10(1 + count) for count in lag.bars()]  # or the few late ones could not be seen
        self._bars.setOpts(x=[place - 0.5 for place in range(len(heights))], height=heights)
        self._decades = math.ceil(max(1.0, *heights))
        ticks = [(math.log10(1 + 10**power), _short(10**power)) for power in range(self._decades + 1)]
        self.plots[0].getAxis("left").setTicks([ticks])
        self._fit_height()
        self.show_number(_milliseconds(lag.percentile(95)), "ms at p95")
        self.say(lag_in_words(lag))

    def recolour(self) -> None:
        super().recolour()
        colours = theme.now()
        self._bars.setOpts(pen=pg.mkPen(None), brush=pg.mkBrush(colours.accent))
        self._frame.setPen(pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DashLine))
        self._note.setText("ticks, logarithmic; dashed: one frame", color=colours.muted)


class UnderRunPanel(Panel):
    """Bars for the last half hour, of two kinds."""

    def __init__(self) -> None:
        super().__init__("Sound under-runs")
        plot = self.add_plot("minutes ago", "Under-runs of the sound in each minute")
        self._bars = {kind: pg.BarGraphItem(x=[], height=[], width=0.8) for kind in KINDS}
        for bars in self._bars.values():
            plot.addItem(bars)
        self._none = pg.TextItem(NONE_YET, anchor=(0.5, 0.5))
        self._none.setPos(-(MINUTES - 1) / 2, 0.5)
        plot.addItem(self._none, ignoreBounds=True)
        self._legend = _note(plot)
        plot.setXRange(-MINUTES + 0.5, 0.5, padding=0.01)
        plot.getAxis("bottom").setTicks([[(-back, str(back) if back else "now") for back in range(0, MINUTES, 5)]])
        self.recolour()

    def refresh(self, under_runs: UnderRuns) -> None:
        """Shows the minutes up to now."""
        minutes = list(under_runs.minutes)
        places = range(1 - len(minutes), 1)
        below = [0] * len(minutes)
        for kind, bars in self._bars.items():
            counts = [minute[kind] for minute in minutes]
            bars.setOpts(x=list(places), y0=below, height=counts)
            below = [low + count for low, count in zip(below, counts, strict=True)]
        top = max(1, *below, 0)
        step = math.ceil(top / 4)
        plot = self.plots[0]
        plot.setYRange(0, top * 1.25, padding=0)  # the legend is above the bars
        plot.getAxis("left").setTicks([[(value, str(value)) for value in range(0, top + 1, step)]])
        self._none.setVisible(not under_runs.total)
        self._legend.setVisible(bool(under_runs.total))
        self.show_number(f"{under_runs.total:,}", "under-run" if under_runs.total == 1 else "under-runs")
        self.say(under_runs_in_words(under_runs) if under_runs.total else "A gap in the sound of a reply would be counted here.")

    def recolour(self) -> None:
        super().recolour()
        colours = theme.now()
        for kind, bars in self._bars.items():
            bars.setOpts(pen=pg.mkPen(colours.surface), brush=pg.mkBrush(_COLOURS[kind]))
        self._none.setColor(colours.muted)
        self._none.setFont(theme.font(1.0))
        keys = (f'<span style="color: {_COLOURS[kind]}">■</span> {words}' for kind, words in KINDS.items())
        self._legend.setText("&nbsp;&nbsp; ".join(keys), color=colours.muted)


def lag_in_words(lag: LagSampler) -> str:
    """Percentiles, and whether they are good enough."""
    if not lag.ticks:
        return "Nothing was measured yet."
    figures = lag.percentiles()
    good = all(figures[name] <= most for name, most in GOAL.items())
    listed = ", ".join(f"{name} {_milliseconds(value)}" for name, value in figures.items())
    good_but = f"Smooth, but for a stall of {_milliseconds(lag.worst)} ms." if lag.worst > STALL else "Smooth."
    verdict = good_but if good else f"Not smooth: p95 should be below {GOAL['p95']} ms, p99 below {GOAL['p99']} ms."
    return f"{verdict} {listed} ms, of {lag.ticks:,} ticks."


def under_runs_in_words(under_runs: UnderRuns) -> str:
    """How often of each kind, and what helps."""
    if not under_runs.total:
        return NONE_YET
    totals = under_runs.totals
    kinds = [f"{totals[name]:,} × {words} ({CURES[name]} helps)" for name, words in KINDS.items() if totals[name]]
    return ", ".join(kinds) + "."


def noticed_in_words(under_runs: UnderRuns) -> str:
    """What went wrong with the devices and need not have been heard."""
    counts = under_runs.totals
    return ", ".join(f"{counts[name]:,} × {words}" for name, words in OTHERS.items() if counts[name]) or "nothing"


def _note(plot: pg.PlotWidget) -> pg.LabelItem:
    """A line of text in the plot's upper right corner."""
    note = pg.LabelItem("", size="9pt")
    note.setParentItem(plot.getViewBox())
    note.anchor((1, 0), (1, 0), offset=(-4, 0))
    return note


def _milliseconds(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _short(count: int) -> str:
    for unit, size in (("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{count // size}{unit}"
    return str(count)
