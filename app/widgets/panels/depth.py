"""Depth: how many layers chose each token, which of them pend, and what catches them up."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QTransform

from app.settings import shortcuts
from app.widgets import theme
from app.widgets.panels.bars import MARKS, Legend, faint, paint_bars
from app.widgets.panels.panel import Canvas, Panel
from app.widgets.panels.trace import describe
from engine.turn_record import TurnRecord

SHOWN = 300  # tokens, at least, while the reply grows; all of them after it
LEAST = 60  # tokens the axis always has room for
HOP = 20  # tokens by which a growing reply's axis moves: drawing it for every token would cost more than the bars


class DepthPanel(Panel):
    """One bar per token. Pointing at one, or the arrow keys, tell about it; a click or Enter emits its index."""

    token_clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__("Depth")
        self.record: TurnRecord | None = None
        """What is shown."""
        self.bars = 0
        """How many bars are drawn."""
        self.first = 0
        """The index of the leftmost token."""
        self._layers = 12
        self._shown: tuple[int, int, bool] | None = None
        self._slots = LEAST
        self._cursor: int | None = None
        self.unit.setToolTip("Mean depth of the speech tokens")
        self.legend = Legend()
        self.body.addWidget(self.legend)
        self._plot = self.add_plot("", "Layers run for each token", _TokenPlot(self))
        self._plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._canvas = Canvas(self._paint)
        self._plot.addItem(self._canvas, ignoreBounds=True)
        self.set_layers(12)
        self.recolour()

    @property
    def cursor_index(self) -> int | None:
        """The index of the token that is told about."""
        return self._cursor

    def set_layers(self, layers: int) -> None:
        """The model's number of layers: the height of the plot."""
        self._layers = layers
        self.fit_plots()
        self._show()

    def refresh(self, record: TurnRecord | None) -> None:
        """Shows a turn: its last tokens while it grows, all of them once it is over."""
        shown = (len(record.tokens), len(record.rejected), record.is_over) if record is not None else None
        if not self.is_seen or (record is self.record and shown == self._shown):
            return
        if record is not self.record:
            self._cursor = None
        self.record, self._shown = record, shown
        self._show()

    def fit_plots(self) -> None:
        """Leaves room for the marks above full depth, however high the plot is."""
        if not self.plots:
            return
        layers = self._layers
        self.show_marks(self._plot, [(layer, str(layer)) for layer in sorted({0, layers // 2, layers})], above=MARKS)

    def point_at(self, index: int | None) -> None:
        """Tells about the token at `index`; None about the whole turn."""
        if index is not None:
            index = min(max(index, self.first), self.last) if self.bars else None
        if index != self._cursor:
            self._cursor = index
            self._say()
            self._canvas.update()

    def index_at(self, x: float) -> int | None:
        """The index of the token at the plot's `x`, None if there is none."""
        index = math.floor(x + 0.5)
        return index if self.first <= index <= self.last else None

    @property
    def last(self) -> int:
        """The index of the rightmost token; below `first` if there is none."""
        return self.first + self.bars - 1

    def _show(self) -> None:
        record = self.record
        count, is_over = (len(record.tokens), record.is_over) if record else (0, False)
        self.first = 0 if is_over else max(0, (count - SHOWN) // HOP * HOP)
        self.bars = count - self.first
        if self._cursor is not None and self._cursor < self.first:
            self._cursor = None
        slots = max(LEAST, self.bars if is_over else -(-self.bars // HOP) * HOP)
        wanted = [self.first - 0.5, self.first + slots - 0.5]
        if self._plot.viewRange()[0] != wanted:
            self._plot.setXRange(*wanted, padding=0)
        self._slots = slots
        depth = record.depths["speech"].mean if record else None
        unit = f"of {self._layers} layers, mean" if record else "layers, mean"
        self.legend.show_rest(record.plan.kv if record else "catch-up")
        self.show_number("–" if depth is None else f"{depth:.1f}", unit)
        self._say()
        self._canvas.update()

    def _say(self) -> None:
        record = self.record
        if record is None or not self.bars:
            return self.say("Every token of the next reply is a bar as high as the layers that chose it.")
        if self._cursor is not None:
            return self.say(describe(record, self._cursor))
        speech, text = record.depths["speech"], record.depths["text"]
        if not speech.early + text.early:
            return self.say(f"All {self.last + 1} tokens ran every layer.")
        words = f", {text.early} of {text.tokens} of text" if text.early else ""
        pending = f"; {record.pending} pending" if record.pending else ""
        thrown = record.rejected_drafts
        rejected = f"; {thrown} draft{'s' * (thrown > 1)} rejected" if thrown else ""
        self.say(f"{speech.early} of {speech.tokens} speech tokens exited early{words}{pending}{rejected}.")

    def _paint(self, painter: QPainter, to_pixels: QTransform) -> None:
        left, right = self.first - 0.5, self.first - 0.5 + self._slots
        area = QRectF(to_pixels.map(QPointF(left, self._layers)), to_pixels.map(QPointF(right, 0)))
        if self.record is not None:
            paint_bars(painter, area, self.record, self.first, self._slots)
        if self._cursor is not None:
            slot = area.width() / self._slots
            band = QRectF(area.left() + (self._cursor - self.first) * slot - 1, 0, slot + 1, area.bottom())
            painter.fillRect(band, faint(theme.now().text))


class _TokenPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph says no types
    def __init__(self, panel: DepthPanel) -> None:
        super().__init__()
        self._panel = panel
        self.setMouseTracking(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.now().accent))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._panel.point_at(self._index(event))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index(event)
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self._panel.token_clicked.emit(index)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._panel.point_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
        self._panel.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        panel, cursor = self._panel, self._panel.cursor_index
        last = panel.last
        here = last + 1 if cursor is None else cursor
        match shortcuts.now().which(event, *shortcuts.SOUND):
            case "sound_back":
                panel.point_at(here - 1)
            case "sound_forward":
                panel.point_at(here + 1)
            case "sound_start":
                panel.point_at(panel.first)
            case "sound_end":
                panel.point_at(last)
            case "sound_play" if cursor is not None:
                panel.token_clicked.emit(cursor)
            case _:
                event.ignore()  # the window may know it

    def _index(self, event: QMouseEvent) -> int | None:
        place = self.getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint()))
        return self._panel.index_at(place.x())
