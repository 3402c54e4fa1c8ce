"""What the live panels share: a title, one number, a quiet plot or two in the program's colours, and one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsItem, QHBoxLayout, QSizePolicy, QVBoxLayout

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.words import Words

LEAST, LOWEST = 260, 44  # pixels: how narrow a panel can be, how low a plot


class Panel(QFrame):
    """Subclasses add to `body` and draw in `recolour` what depends on the palette.

    Panels pull: their `refresh` is called at display rate, does nothing while the panel is hidden, and little when
    nothing is new.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName(title)
        self.setWindowTitle(title)
        self.setAccessibleName(f"{title} panel")
        self.value = theme.label("–", scale=1.35, bold=True)
        self.unit = theme.label("", "muted", 0.92)
        self._sentence = Words(role="muted", scale=0.92, lines=2, steady=True)  # plots must not jump
        number = QHBoxLayout()
        number.setSpacing(6)
        number.addStretch()
        number.addWidget(self.value, 0, Qt.AlignmentFlag.AlignBaseline)
        number.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBaseline)
        head = Flow(theme.label(title, bold=True), number, spacing=6, line_spacing=2)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 12, 18, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(self.body, 1)
        layout.addWidget(self._sentence)
        self.plots: list[pg.PlotWidget] = []

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(theme.scaled(LEAST), 0))

    @property
    def is_seen(self) -> bool:
        """Whether any of it is on the screen: what lies behind another tab counts as visible for Qt."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    @property
    def sentence(self) -> str:
        """What the panel says in words."""
        return self._sentence.text()

    def say(self, sentence: str) -> None:
        if sentence != self._sentence.text():
            self._sentence.setText(sentence)
            self.setAccessibleDescription(sentence)

    def show_number(self, value: str, unit: str) -> None:
        for label, text in ((self.value, value), (self.unit, unit)):
            if label.text() != text:  # setting it would lay the panel out again
                label.setText(text)

    def add_plot(self, bottom: str, name: str, plot: pg.PlotWidget | None = None, left: str = "0000") -> pg.PlotWidget:
        """A plot to look at; `bottom` names its horizontal axis, `name` is for screen readers.

        `left` is the widest of the words that its vertical axis is to have room for.
        """
        plot = plot or pg.PlotWidget()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.disableAutoRange()
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAccessibleName(name)
        plot.setMinimumHeight(LOWEST)
        plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        plot.getAxis("left").widest_words = left
        plot.getViewBox().sigResized.connect(lambda _: self._resized())
        for name in ("left", "bottom"):
            axis = plot.getAxis(name)
            axis.setStyle(tickLength=0)
            axis.enableAutoSIPrefix(False)  # or its label is made anew whenever the range moves
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)  # painted when it changes, not with every token
        if bottom:
            plot.setLabel("bottom", bottom)
        self.plots.append(plot)
        self.body.addWidget(plot, 1)
        return plot

    def show_marks(self, plot: pg.PlotWidget, marks: Sequence[tuple[float, str]], above: int = 0) -> None:
        """Scales the vertical axis from the first mark to the last, and shows as many of them as there is room for.

        So many pixels are left free `above`, at least what the highest mark's words need.
        """
        height, line = plot.getViewBox().height(), self.line_height()
        first, last = marks[0][0], marks[-1][0]
        room = max(height - max(above, line / 2 + 2), height / 2, 1)  # pixels from the first to the last
        plot.setYRange(first, first + (last - first) * max(height, 1) / room, padding=0)
        shown: list[tuple[float, str]] = []
        for value, words in (marks[-1], *marks[:-1]):
            if all(abs(value - other) / (last - first) * room >= line for other, _ in shown):
                shown.append((value, words))
        plot.getAxis("left").setTicks([shown])

    @staticmethod
    def line_height() -> int:
        """Pixels of a line of what stands at axes."""
        return QFontMetrics(_small()).height()

    @staticmethod
    def width_at_axes(words: str) -> int:
        """Pixels of words that stand at axes."""
        return QFontMetrics(_small()).horizontalAdvance(words)

    @staticmethod
    def height_at_axes() -> int:
        """Pixels of a line that stands at an axis."""
        return QFontMetrics(_small()).height()

    def fit_plots(self) -> None:
        """Subclasses do here what depends on the height of their plots."""

    def recolour(self) -> None:
        """Takes the palette's colours and the text size."""
        colours, small = theme.now(), _small()
        metrics = QFontMetrics(small)
        for plot in self.plots:
            plot.setBackground(QColor(colours.surface))
            left, bottom = plot.getAxis("left"), plot.getAxis("bottom")
            for axis in (left, bottom):
                axis.setPen(pg.mkPen(colours.border))
                axis.setTextPen(pg.mkPen(colours.muted))
                axis.setLabel(axis.labelText, **{"color": colours.muted, "font-size": f"{small.pointSizeF()}pt"})
                axis.setTickFont(small)
            left.setWidth(metrics.horizontalAdvance(left.widest_words) + 8)
            bottom.setHeight(2 * metrics.height() + 10 if bottom.labelText else metrics.height() // 2 + 1)
        self._resized()

    def _resized(self) -> None:
        self.fit_plots()
        for plot in self.plots:
            for name in ("left", "bottom"):
                axis = plot.getAxis(name)
                axis.setCacheMode(QGraphicsItem.CacheMode.NoCache)  # or what was painted for another size stays, too
                axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self.plots:
            self.recolour()


def _small() -> QFont:
    """Of what stands at axes."""
    return theme.font(0.82)


class Canvas(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph says no types
    """Covers its plot and is painted in pixels: `paint` gets the painter and the way from plot to pixels."""

    def __init__(self, paint: Callable[[QPainter, QTransform], None]) -> None:
        super().__init__()
        self._paint = paint

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *options: object) -> None:
        to_pixels = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        self._paint(painter, to_pixels)
        painter.restore()
