"""What the live panels share: a title, one number, a quiet plot or two in the program's colours, and one sentence."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsItem, QHBoxLayout, QSizePolicy, QVBoxLayout

from app import theme


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
        self.setMinimumWidth(320)
        self.value = theme.label("–", scale=1.35, bold=True)
        self.unit = theme.label("", "muted", 0.92)
        self._sentence = theme.label("", "muted", 0.92)
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sentence.setFixedHeight(self._sentence.fontMetrics().lineSpacing() * 2 + 2)  # plots must not jump
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(theme.label(title, bold=True), 0, Qt.AlignmentFlag.AlignBaseline)
        head.addStretch()
        head.addWidget(self.value, 0, Qt.AlignmentFlag.AlignBaseline)
        head.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBaseline)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(self.body, 1)
        layout.addWidget(self._sentence)
        self.plots: list[pg.PlotWidget] = []

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

    def add_plot(self, bottom: str, name: str, plot: pg.PlotWidget | None = None) -> pg.PlotWidget:
        """A plot to look at; `bottom` names its horizontal axis, `name` is for screen readers."""
        plot = plot or pg.PlotWidget()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.disableAutoRange()
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAccessibleName(name)
        plot.setMinimumHeight(44)
        plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        plot.getAxis("left").setWidth(36)
        for name in ("left", "bottom"):
            axis = plot.getAxis(name)
            axis.setStyle(tickLength=0)
            axis.enableAutoSIPrefix(False)  # or its label is made anew whenever the range moves
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)  # painted when it changes, not with every token
        if bottom:
            plot.setLabel("bottom", bottom)
            plot.getAxis("bottom").setHeight(36)
        self.plots.append(plot)
        self.body.addWidget(plot, 1)
        return plot

    def recolour(self) -> None:
        """Takes the palette's colours."""
        colours, small = theme.now(), theme.font(0.82)
        for plot in self.plots:
            plot.setBackground(QColor(colours.surface))
            for name in ("left", "bottom"):
                axis = plot.getAxis(name)
                axis.setPen(pg.mkPen(colours.border))
                axis.setTextPen(pg.mkPen(colours.muted))
                axis.setLabel(axis.labelText, **{"color": colours.muted, "font-size": f"{small.pointSizeF()}pt"})
                axis.setTickFont(small)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.plots:
            self.recolour()


class Canvas(pg.GraphicsObject):
    """Covers its plot and is painted in pixels: `paint` gets the painter and the way from plot to pixels."""

    def __init__(self, paint: Callable[[QPainter, QTransform], None]) -> None:
        super().__init__()
        self._paint = paint

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *options) -> None:
        to_pixels = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        self._paint(painter, to_pixels)
        painter.restore()
