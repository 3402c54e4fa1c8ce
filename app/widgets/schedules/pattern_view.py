"""The pattern of a schedule over one speech chunk: a bar per token as high as the layers that will choose it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.engine_client.commands import ModelFacts
from app.widgets import theme
from app.widgets.panels.bars import paint_diamond, paint_kind, paint_rest
from engine.schedules import Entropy, Full, Schedule, depth_bounds, mean_depth

LONGEST = 64  # tokens that are drawn of a long chunk


class PatternView(QWidget):
    """What the coming turns will do; refreshes wear a diamond, and what is only perhaps run is striped."""

    def __init__(self) -> None:
        super().__init__()
        self.depths: list[int] = []
        """Layers of each speech token of the chunk, the fewest it can be."""
        self.refreshes: list[int] = []
        """The places of the refreshes in it."""
        self.rest = "catch-up"
        """What becomes of the layers above: a `KV`, or "perhaps" where the exit is decided by each token's entropy."""
        self._layers = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Pattern over one chunk")

    def sizeHint(self) -> QSize:
        return QSize(260, 56)

    def show_schedule(self, schedule: Schedule, model: ModelFacts | None) -> None:
        """Draws `schedule` as `model` will run it; nothing while no model is known."""
        self.depths, self.refreshes = [], []
        self.rest = "perhaps" if isinstance(schedule, Entropy) else schedule.kv
        if model is not None:
            self._layers = model.layers
            length = None if schedule.text else model.chunk_length  # with text there are no chunks
            exits = [schedule.depth(at, length, model.layers) for at in range(model.chunk_length)]
            self.depths = [exit_layer or model.layers for exit_layer in exits]
            if not isinstance(schedule, Full):
                self.refreshes = [at for at, exit_layer in enumerate(exits) if exit_layer is None]
        self.setAccessibleDescription(in_words(schedule, model))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.depths:
            return
        painter, shown = QPainter(self), self.depths[:LONGEST]
        top, bottom = 12, self.height() - 1
        slot = min(40.0, self.width() / len(shown))
        bodies, rests = [], []
        for place, depth in enumerate(shown):
            left, right = round(place * slot), round((place + 1) * slot) - (2 if slot >= 6 else 1)
            height = round((bottom - top) * depth / self._layers)
            bodies.append(QRect(left, bottom - height, right - left, height))
            if depth < self._layers:
                rests.append(QRect(left, top, right - left, bottom - height - top))
        paint_kind(painter, bodies, "speech")
        paint_rest(painter, rests, self.rest)
        painter.fillRect(QRect(0, bottom, round(slot * len(shown)), 1), QColor(theme.now().border))
        for place in self.refreshes:
            if place < len(shown):
                paint_diamond(painter, QPointF((place + 0.5) * slot - 1, 5), min(3.5, slot * 0.4))


def in_words(schedule: Schedule, model: ModelFacts | None) -> str:
    """The mean depth over a chunk, in layers and of full depth, as far as it is known beforehand."""
    if model is None:
        return "No model is loaded yet."
    mean = mean_depth(schedule, model.chunk_length, model.layers)
    if mean is None:
        least, most = depth_bounds(schedule, model.chunk_length, model.layers)
        return f"The mean depth is not known beforehand: {least:.0f} to {most:.0f} layers, as sure as the exit head is each time."
    share = 100 * mean / model.layers
    over = "over text and speech" if schedule.text else "over a chunk"
    kept = ", if every draft is kept" if schedule.review else ""
    return f"Mean depth {over}: {mean:.1f} of {model.layers} layers, {share:.0f} %{kept}."
