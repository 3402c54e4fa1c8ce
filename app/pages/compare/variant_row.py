"""One row of a comparison: a model where there are several, a schedule, and how a spoken question is merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.engine_client.commands import ModelFacts
from app.pages.compare.installed import InstalledModel
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.schedules.chooser import Chooser
from app.widgets.schedules.pooling_box import NONE, PoolingBox
from app.widgets.words import Words
from engine import schedules

HEIGHT = 36  # pixels of a field
GAP = 8
IN_USE = ""  # stands for the model of the conversation
LONGEST = {
    "Model": "Wren (early-stop)",
    "Schedule": "spark:k=4,last@5+review",
    "Pooling": "dual:0.85,8@0.7",
    "Depth": "00.0 of 00",
}
"""What a column has room for."""
PAIRS = (("Model", "Schedule"), ("Pooling", "Depth"))
"""What goes to the next line together."""
SHARES = {"Model": 7, "Schedule": 8, "Pooling": 6}
FRAME = 46  # pixels that a field has beside its words


class Cells(QWidget):
    """A number and what stands in the columns; where they do not fit on one line, all rows break alike, the heads as well."""

    def __init__(self, number: QWidget, columns: Mapping[str, QWidget], last: QWidget) -> None:
        super().__init__()
        self._number, self._columns, self._last = number, columns, last
        for name, share in SHARES.items():
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            policy.setHorizontalStretch(share)
            columns[name].setSizePolicy(policy)
        pairs = [Flow(columns[one], columns[other], spacing=GAP) for one, other in PAIRS]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(number, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(Flow(*pairs, spacing=GAP), 1)
        row.addWidget(last, 0, Qt.AlignmentFlag.AlignTop)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()

    def _measure(self) -> None:
        advance = self.fontMetrics().horizontalAdvance
        self._number.setFixedWidth(advance("4 "))
        self._last.setFixedWidth(theme.scaled(HEIGHT))
        for name, widget in self._columns.items():
            if name in SHARES:
                widget.setMinimumWidth(advance(LONGEST[name]) + FRAME)
            else:
                widget.setFixedWidth(advance(LONGEST[name]))


class Heads(Cells):
    """What the columns hold; a column that the rows do not have has no head."""

    def __init__(self) -> None:
        self.heads = {name: theme.label(name, "muted", 0.92) for name in LONGEST}
        super().__init__(QLabel(), self.heads, QLabel())
        for label in self.heads.values():
            label.setToolTip("Mean depth of a speech chunk in layers" if label.text() == "Depth" else "")


class VariantRow(QWidget):
    """`model_chosen` carries another model's name or folder, of which the row would like to know what it can run.

    Once the row was touched or rendered it keeps the model that it names, whatever the conversation's becomes.
    """

    changed = Signal()
    removed = Signal()
    model_chosen = Signal(str)

    def __init__(self, schedule: str) -> None:
        super().__init__()
        self._presets: list[schedules.SchedulePreset] = []
        self._known: Mapping[str, ModelFacts] = {}
        self._problems: Mapping[str, str] = {}
        self._offered: dict[str, InstalledModel] = {}  # by their folders
        self._in_use: InstalledModel | None = None
        self._kept: InstalledModel | None = None
        self._is_listed = True  # among what can be used on this machine
        self.number = theme.label("", "muted", bold=True)
        self.models, self.presets, self.pooling = Chooser(), Chooser(), PoolingBox()
        self.form = self.presets.make_editable()
        self.mean_depth = theme.label("", "muted", 0.92)
        self.remove = QPushButton("✕")
        self.failure = Words(role="danger", scale=0.92)
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
        self.pooling.field.setAccessibleName(f"Pooling of variant {number} as text")
        self.remove.setAccessibleName(f"Remove variant {number}")
        self.remove.setToolTip(self.remove.accessibleName())
        self.remove.setEnabled(may_remove)

    def offer_models(self, models: Sequence[InstalledModel], in_use: InstalledModel | None) -> None:
        """Offers these and the conversation's, `in_use`; with one model only there is nothing to choose."""
        offered = ([in_use] if in_use is not None and all(one.folder != in_use.folder for one in models) else []) + list(models)
        kept = self._kept
        self._is_listed = kept is None or any(one.folder == kept.folder for one in offered)
        if kept is not None and not self._is_listed:
            offered.append(kept)
        self._in_use, self._offered = in_use, {str(one.folder): one for one in offered}
        self.models.clear()
        for folder, one in self._offered.items():
            self.models.addItem(one.name, folder)
        shown = kept or in_use
        self.models.setCurrentIndex(max(0, self.models.findData(str(shown.folder)) if shown is not None else 0))
        self.models.setVisible(len(offered) > 1)

    def keep_model(self) -> None:
        """From now on it is the model that it names now."""
        self._kept = self._named

    def follow_model(self) -> None:
        """From now on it is the conversation's model, whichever that is."""
        self._kept = None
        self.models.setCurrentIndex(max(0, self.models.findData(str(self._in_use.folder)) if self._in_use is not None else 0))
        self.show_model()

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
        self._presets = schedules.presets(facts.layers, facts.exit_layers, facts.trained_heads, facts.frames) if facts else []
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
        named, own = self._named, self._in_use
        return IN_USE if named is None or (own is not None and named.folder == own.folder) else named.use

    @property
    def model_name(self) -> str:
        return self.models.currentText()

    @property
    def model_problem(self) -> str:
        """Why the model cannot be asked, as a sentence; "" if nothing is known against it."""
        kept = self._kept
        if kept is None or self._named is not kept or self._is_listed or kept.folder.is_dir():
            return ""
        return f"{kept.name} is gone: there is no folder {kept.folder} any more. Choose another model."

    @property
    def _named(self) -> InstalledModel | None:
        return self._offered.get(self.models.currentData())

    @property
    def facts(self) -> ModelFacts | None:
        """None while the model is unknown."""
        return self._known.get(self.model)

    def schedule(self) -> str:
        """In its shortest form. Raises `ScheduleError`."""
        made = schedules.parse(self.form.text())
        if (facts := self.facts) is not None:
            schedules.check(made, facts.layers, facts.exit_layers, facts.frames)
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
            self.mean_depth.setText("")
        else:
            theme.set_role(self.presets, "")
            self.mean_depth.setText(_depth(made, self.facts))
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
        for field in (self.models, self.presets, self.pooling, self.remove, self.number, self.mean_depth):
            theme.fix(field, height=HEIGHT)
        self.mean_depth.setToolTip("Mean depth of a speech chunk in layers")
        self.failure.hide()
        for chooser in (self.models, self.presets, self.pooling):
            chooser.setMinimumContentsLength(4)
            chooser.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.models.hide()
        self.pooling.hide()
        columns = {"Model": self.models, "Schedule": self.presets, "Pooling": self.pooling, "Depth": self.mean_depth}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(Cells(self.number, columns, self.remove))
        layout.addWidget(self.failure)


def _depth(schedule: schedules.Schedule, facts: ModelFacts | None) -> str:
    if facts is None:
        return ""
    least, most = schedules.depth_bounds(schedule, facts.chunk_length, facts.layers)
    mean = schedules.mean_depth(schedule, facts.chunk_length, facts.layers)
    shown = f"{least:.0f}–{most:.0f}" if mean is None else f"{mean:.1f}"
    return f"{shown} of {facts.layers}"
