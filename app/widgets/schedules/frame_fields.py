"""Exits inside of what chooses the codes of a frame: how many of them there are, and by how many layers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.schedules.chooser import Chooser
from engine.schedules import FrameShape, Schedule

HEIGHT = 36  # pixels of a field


class FrameFields(QWidget):
    """Emits `changed`; `keywords` are then those of the schedule. Of use for a model whose speech tokens are frames."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.codes, self.layers = Chooser(), Chooser()
        for box, name in ((self.codes, "Codes of a speech token"), (self.layers, "Layers that choose each code")):
            box.setAccessibleName(name)
            box.setToolTip(name)
            theme.fix(box, height=HEIGHT)
            box.currentIndexChanged.connect(self.changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(Flow(self.codes, self.layers, spacing=8))

    def set_shape(self, shape: FrameShape | None) -> None:
        """Offers what there is; whoever calls passes over `changed`."""
        self.codes.clear()
        self.layers.clear()
        if shape is None:
            return
        for box, most, what in ((self.codes, shape.codebooks, "codes"), (self.layers, shape.layers, "layers for each")):
            box.addItem(f"all {most} {what}", None)
            for number in range(most - 1, 0, -1):
                box.addItem(f"{number} of {most} {what}", number)

    def keywords(self) -> dict[str, int | None]:
        """What a schedule is made with."""
        return {"codes": self.codes.currentData(), "code_layers": self.layers.currentData()}

    def show_schedule(self, schedule: Schedule) -> None:
        """Sets both; whoever calls passes over `changed`."""
        for box, number in ((self.codes, schedule.codes), (self.layers, schedule.code_layers)):
            box.setCurrentIndex(max(0, box.findData(number)) if box.count() else -1)
