"""Depth: how many layers chose each token."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from app import theme
from app.conversation import Turn
from app.panels.panel import Panel

SHOWN = 300
LEAST = 60  # tokens the axis always has room for
CROWDED = 100  # tokens beyond which gaps between the bars would only flicker


class DepthPanel(Panel):
    """One bar per token, coloured by kind; refresh steps wear a diamond, rejected drafts a cross."""

    def __init__(self) -> None:
        super().__init__("Depth")
        legend = QHBoxLayout()
        legend.setSpacing(14)
        self._keys = []
        for mark, name, colour in (
            ("■", "heard", theme.KINDS["heard"]),
            ("■", "text", theme.KINDS["text"]),
            ("■", "speech", theme.KINDS["speech"]),
            ("◆", "refresh", None),
            ("✕", "rejected draft", theme.REJECTED),
        ):
            key = theme.label(scale=0.88)
            key.setTextFormat(Qt.TextFormat.RichText)
            key.setProperty("role", "muted")
            legend.addWidget(key)
            self._keys.append((key, mark, name, colour))
        legend.addStretch()
        self.body.addLayout(legend)
        self._plot = self.add_plot("token", "Layers run for each token")
        self._bars = {
            kind: pg.BarGraphItem(x=[], height=[], width=1, brush=colour, pen=None)
            for kind, colour in theme.KINDS.items()
        }
        self._refreshes = pg.ScatterPlotItem(symbol="d", size=6, pen=None)
        self._rejected = pg.ScatterPlotItem(symbol="x", size=7, pen=None, brush=theme.REJECTED)
        for item in (*self._bars.values(), self._refreshes, self._rejected):
            self._plot.addItem(item)
        self.bars = 0
        """How many bars are drawn."""
        self._layers = 1
        self._shown: tuple = ()
        self.set_layers(12)
        self.recolour()
        self.refresh(None)

    def set_layers(self, layers: int) -> None:
        """The model's number of layers: the height of the plot."""
        self._layers, self._shown = layers, ()
        self._plot.setYRange(0, layers * 1.2, padding=0)
        step = max(1, round(layers / 4))
        self._plot.getAxis("left").setTicks([[(layer, str(layer)) for layer in range(0, layers + 1, step)]])

    def refresh(self, turn: Turn | None) -> None:
        """Shows the last tokens of `turn`."""
        tokens = turn.tokens if turn else []
        shown = (turn.number if turn else None, len(tokens), len(turn.rejected) if turn else 0)
        if shown == self._shown:
            return
        self._shown = shown
        recent = tokens[-SHOWN:]
        self.bars = len(recent)
        width = 0.8 if self.bars <= CROWDED else 1.0
        for kind, item in self._bars.items():
            own = [token for token in recent if token.kind == kind]
            item.setOpts(x=[token.index for token in own], height=[token.depth for token in own], width=width)
        lift = self._layers * 0.05
        marked = [token for token in recent if token.refresh]
        self._refreshes.setData([token.index for token in marked], [token.depth + lift for token in marked])
        first = recent[0].index if recent else 0
        rejected = [index for index, _ in turn.rejected if index >= first] if turn else []
        self._rejected.setData(rejected, [self._layers + 2.6 * lift] * len(rejected))
        self._plot.setXRange(first - 0.5, first + max(LEAST, len(recent)) - 0.5, padding=0)
        depth = turn.speech_depth if turn else None
        self.value.setText(f"{depth:.1f}" if depth is not None else "–")
        self.unit.setText(f"of {self._layers} layers, mean of speech" if turn else "layers, mean of speech")

    def recolour(self) -> None:
        super().recolour()
        colours = theme.now()
        self._refreshes.setBrush(colours.text)
        for key, mark, name, colour in self._keys:
            key.setText(f'<span style="color:{colour or colours.text}">{mark}</span>&nbsp; {name}')
