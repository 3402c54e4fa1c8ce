"""What the live panels share: a title, one number, and a quiet plot in the program's colours."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app import theme


class Panel(QFrame):
    """Subclasses add to `body` and draw in `recolour` what depends on the palette."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.value = theme.label("", scale=1.15, bold=True)
        self.unit = theme.label("", "muted", 0.92)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(theme.label(title, bold=True))
        head.addStretch()
        head.addWidget(self.value)
        head.addWidget(self.unit)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 14, 20, 12)
        self.body.setSpacing(8)
        self.body.addLayout(head)
        self.plots: list[pg.PlotWidget] = []

    def add_plot(self, bottom: str, name: str) -> pg.PlotWidget:
        """A plot to look at; `bottom` names its horizontal axis, `name` is for screen readers."""
        plot = pg.PlotWidget()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.setFrameShape(QFrame.Shape.NoFrame)
        plot.setAccessibleName(name)
        plot.getAxis("left").setWidth(36)
        plot.getAxis("left").setStyle(tickLength=0)
        plot.getAxis("bottom").setStyle(tickLength=0)
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
