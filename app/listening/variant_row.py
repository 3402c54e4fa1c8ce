"""One row of a comparison: a model where there are several, a schedule, and how a spoken question is merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app import theme
from app.engine_commands import ModelFacts
from app.listening.installed import Installed
from app.schedules.chooser import Chooser
from app.schedules.pooling_box import NONE, PoolingBox
from engine import schedules

HEIGHT = 36  # pixels of a field
IN_USE = ""  # stands for the model of the conversation


class VariantRow(QWidget):
    """`model_chosen` carries another model's name or folder, of which the row would like to know what it can run."""

    changed = Signal()
    removed = Signal()
    model_chosen = Signal(str)

    def __init__(self, schedule: str) -> None:
        super().__init__()
        self._presets: list[schedules.Preset] = []
        self._known: Mapping[str, ModelFacts] = {}
        self._problems: Mapping[str, str] = {}
        self.number = theme.label("", "muted", bold=True)
        self.models, self.presets, self.pooling = Chooser(), Chooser(), PoolingBox()
        self.presets.setEditable(True)
        self.presets.setInsertPolicy(Chooser.InsertPolicy.NoInsert)
        self.presets.setCompleter(None)
        self.form = self.presets.lineEdit()
        self.depth = theme.label("", "muted", 0.92)
        self.remove = QPushButton("✕")
        self.failure = theme.label("", "danger", 0.92)
        self._lay_out()
        self.form.setText(schedule)
        self.models.activated.connect(self._choose_model)
        self.presets.activated.connect(self._pick)
        self.form.textChanged.connect(self.check)
        self.pooling.changed.connect(self.changed)
        self.remove.clicked.connect(self.removed)

    # --- what is offered ----------------------------------------------------------------------------------------------

    def set_number(self, number: int, may_remove: bool) -> None:
        self.number.setText(str(number))
        self.models.setAccessibleName(f"Model of variant {number}")
        self.presets.setAccessibleName(f"Schedule of variant {number}")
        self.form.setAccessibleName(f"Schedule of variant {number} as text")
        self.pooling.setAccessibleName(f"Pooling of variant {number}")
        self.pooling.lineEdit().setAccessibleName(f"Pooling of variant {number} as text")
        self.remove.setAccessibleName(f"Remove variant {number}")
        self.remove.setToolTip(self.remove.accessibleName())
        self.remove.setEnabled(may_remove)

    def offer_models(self, models: Sequence[Installed], in_use: Path | None) -> None:
        """Offers these, the one in the folder `in_use` as the conversation's; with no other one there is nothing to offer."""
        own = [one.name for one in models if one.folder == in_use]
        others = [one for one in models if one.folder != in_use]
        wanted = self.models.currentData() or IN_USE
        self.models.clear()
        self.models.addItem(own[0] if own else "In use", IN_USE)
        for one in others:
            self.models.addItem(one.name, one.use)
        self.models.setCurrentIndex(max(0, self.models.findData(wanted)))
        self.models.setVisible(bool(others))

    def offer_pooling(self, on: bool) -> None:
        """A typed question has no speech that could be merged."""
        self.pooling.setVisible(on)

    def know(self, known: Mapping[str, ModelFacts], problems: Mapping[str, str]) -> None:
        """What is known of models by the name that they are loaded with, and why some cannot be; may grow later."""
        self._known, self._problems = known, problems
        self.show_model()

    def show_model(self) -> None:
        """Offers what the row's model can run, as soon as that is known."""
        facts = self.facts
        self.models.setToolTip(f"Which model answers: {self.model_name}")
        self.say(self._problems.get(self.model, ""))
        self._presets = schedules.presets(facts.layers, facts.exit_layers, facts.trained_heads) if facts else []
        text = self.form.text()
        self.presets.blockSignals(True)
        self.form.blockSignals(True)
        self.presets.clear()
        for place, preset in enumerate(self._presets):
            self.presets.addItem(f"{preset.name}   {preset.schedule}")
            self.presets.setItemData(place, preset.description, Qt.ItemDataRole.ToolTipRole)
        self.form.setText(text)
        self.form.blockSignals(False)
        self.presets.blockSignals(False)
        if facts is not None:
            self.pooling.set_layers(facts.layers)
        self.check()

    def say(self, sentence: str) -> None:
        """What became of this row, if it failed."""
        if sentence != self.failure.text():
            self.failure.setText(sentence)
            self.failure.setVisible(bool(sentence))

    # --- what is chosen -----------------------------------------------------------------------------------------------

    @property
    def model(self) -> str:
        """What the engine loads; "" is the conversation's."""
        return self.models.currentData() or IN_USE

    @property
    def model_name(self) -> str:
        return self.models.currentText()

    @property
    def facts(self) -> ModelFacts | None:
        """None while the model is unknown."""
        return self._known.get(self.model)

    def schedule(self) -> str:
        """In its shortest form. Raises `ScheduleError`."""
        made = schedules.parse(self.form.text())
        if (facts := self.facts) is not None:
            schedules.check(made, facts.layers, facts.exit_layers)
        return str(made)

    @property
    def pooling_text(self) -> str:
        return NONE if self.pooling.isHidden() else self.pooling.text

    @property
    def pooling_problem(self) -> str:
        return "" if self.pooling.isHidden() else self.pooling.problem

    def check(self) -> None:
        try:
            made = schedules.parse(self.schedule())
        except schedules.ScheduleError:
            theme.set_role(self.presets, "invalid")
            self.depth.setText("")
        else:
            theme.set_role(self.presets, "")
            self.depth.setText(_depth(made, self.facts))
        if not self.form.hasFocus():
            self.form.setCursorPosition(0)  # of a long one the beginning is seen
        named = (preset.name for preset in self._presets if str(preset.schedule) == self.form.text())
        self.presets.setToolTip("  ".join((next(named, ""), self.form.text())).strip())
        self.changed.emit()

    def _choose_model(self) -> None:
        self.show_model()
        try:
            self.schedule()
        except schedules.ScheduleError:
            self.form.setText("full")
        if self.facts is None:
            self.model_chosen.emit(self.model)

    def _pick(self, index: int) -> None:
        self.form.setText(str(self._presets[index].schedule))

    def _lay_out(self) -> None:
        self.remove.setStyleSheet("padding: 0;")
        self.remove.setFixedSize(HEIGHT, HEIGHT)
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance("4 "))
        self.depth.setFixedWidth(self.depth.fontMetrics().horizontalAdvance("00.0 of 00 "))
        self.depth.setToolTip("Mean depth of a speech chunk in layers")
        self.failure.setWordWrap(True)
        self.failure.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.number)
        for field, stretch in ((self.models, 7), (self.presets, 8), (self.pooling, 4)):
            field.setFixedHeight(HEIGHT)
            field.setMinimumWidth(84)
            row.addWidget(field, stretch)
        self.presets.view().setTextElideMode(Qt.TextElideMode.ElideNone)
        self.presets.view().setMinimumWidth(300)  # names and forms are longer than the field
        for chooser in (self.models, self.presets, self.pooling):
            chooser.setMinimumContentsLength(4)
            chooser.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        row.addWidget(self.depth)
        row.addWidget(self.remove)
        self.models.hide()
        self.pooling.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self.failure)
        self.failure.setIndent(self.number.width() + row.spacing())


def _depth(schedule: schedules.Schedule, facts: ModelFacts | None) -> str:
    if facts is None:
        return ""
    least, most = schedules.depth_bounds(schedule, facts.chunk_length, facts.layers)
    mean = schedules.mean_depth(schedule, facts.chunk_length, facts.layers)
    shown = f"{least:.0f}–{most:.0f}" if mean is None else f"{mean:.1f}"
    return f"{shown} of {facts.layers}"
