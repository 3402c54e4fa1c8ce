"""Choosing the schedule of the coming turns: presets by name, and the text form that everything else uses."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout

from app.engine_client.commands import ModelFacts
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.name_label import NameLabel
from app.widgets.schedules.chooser import Chooser
from app.widgets.schedules.editor import ScheduleEditor
from app.widgets.schedules.pattern_view import PatternView, in_words
from app.widgets.schedules.pooling_box import NONE
from app.widgets.words import Words
from engine import schedules

CUSTOM = "Custom"


class SchedulePicker(QFrame):
    """Emits `chosen` with the text form of another schedule that can be used; with a model known, only what it can run.

    What is typed counts when its entry ends, by Enter or by leaving the field: half of it may be a schedule, too.

    The editor behind its button changes the same schedule, and the pooling, the seed and the sampling of the coming turns.
    """

    chosen = Signal(str)
    pooling_chosen = Signal(str)
    seed_chosen = Signal(int)
    sampling_chosen = Signal(float, float)  # temperature, top-p

    def __init__(self, schedule: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setWindowTitle("Schedule")
        self._model: ModelFacts | None = None
        self._used = schedules.parse(schedule)
        self._presets: list[schedules.SchedulePreset] = []
        self.names = Chooser()
        self.names.setAccessibleName("Preset")
        self.names.addItem(CUSTOM)
        self.form = QLineEdit(schedule)
        self.form.setAccessibleName("Schedule as text")
        self.form.setToolTip("full, fixed:9, spark:even@9, entropy:9<0.5, spark:k=4,last@3+review")
        self.edit = QPushButton("Edit…")
        self.edit.setAccessibleName("Edit the schedule")
        self.edit.setToolTip("Kind, exit layer, period, review, pooling, seed and sampling")
        self.pattern = PatternView()
        self.editor = ScheduleEditor(self)
        self._pooling = NameLabel("", "schedule", 0.88)
        self._pooling.hide()
        self._sentence = Words(role="muted", scale=0.92, lines=2)
        self._lay_out()
        self.names.activated.connect(self._pick)
        self.form.textEdited.connect(self._wait)
        self.form.editingFinished.connect(self._read)
        self.edit.clicked.connect(self.open_editor)
        self.editor.chosen.connect(self.choose)
        self.editor.pooling_chosen.connect(self._use_pooling)
        self.editor.seed_chosen.connect(self.seed_chosen)
        self.editor.sampling_chosen.connect(self.sampling_chosen)
        self._read()

    def set_model(self, model: ModelFacts) -> None:
        """Offers what this model can run."""
        self._model = model
        self._presets = schedules.presets(model.layers, model.exit_layers, model.trained_heads)
        self.names.clear()
        self.names.addItems([*(preset.name for preset in self._presets), CUSTOM])
        self.editor.set_model(model)
        try:
            self._refuse_impossible(self._used)
        except schedules.ScheduleError:
            self._use(schedules.Full())
        self._read()

    def open_editor(self) -> None:
        """Shows the editor with what is used now."""
        self.editor.show_schedule(self._used)
        self.editor.show()
        self.editor.raise_()
        self.editor.activateWindow()

    def choose(self, text: str) -> None:
        """As if it was typed, and Enter pressed."""
        self.form.setText(text)
        self._read()

    def choose_pooling(self, text: str) -> None:
        """As if it was typed in the editor."""
        self.editor.pooling.choose(text)

    @property
    def pooling(self) -> str:
        """What is shown beside the schedule; "" where nothing is merged."""
        return "" if self._pooling.isHidden() else self._pooling.text()

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def _lay_out(self) -> None:
        head = Flow(theme.label("Schedule", bold=True))
        head.add_stretch()
        head.add(Flow(self._pooling, self.edit))
        row = Flow()
        for field in (self.names, self.form):
            theme.fix(field, height=36)
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.add(field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 12, 18, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(row)
        layout.addWidget(self.pattern)
        layout.addWidget(self._sentence)
        layout.addStretch()
        for before, after in ((self.names, self.form), (self.form, self.edit)):
            self.setTabOrder(before, after)

    def _pick(self, index: int) -> None:
        if index < len(self._presets):
            self.choose(str(self._presets[index].schedule))
        else:
            self.form.setFocus()
            self.form.selectAll()

    def _wait(self) -> None:
        self._show(f"Enter puts it to use. Until then, {self._used} is used.", "muted")

    def _read(self) -> None:
        try:
            schedule = schedules.parse(self.form.text())
            self._refuse_impossible(schedule)
        except schedules.ScheduleError as error:
            self._show(f"{error} {self._used} stays in use.", "danger")
            return
        known = next((index for index, preset in enumerate(self._presets) if preset.schedule == schedule), None)
        self.names.setCurrentIndex(len(self._presets) if known is None else known)
        meaning = self._presets[known].description if known is not None else ""
        mean = in_words(schedule, self._model) if self._model is not None else ""
        self._show(" ".join(filter(None, (meaning, mean))), "muted")
        self.pattern.show_schedule(schedule, self._model)
        if not self.form.hasFocus():
            self.form.setCursorPosition(0)  # of a long one the beginning is seen
        self._use(schedule)

    def _refuse_impossible(self, schedule: schedules.Schedule) -> None:
        if self._model is not None:
            schedules.check(schedule, self._model.layers, self._model.exit_layers, self._model.frames)

    def _use(self, schedule: schedules.Schedule) -> None:
        is_new, self._used = schedule != self._used, schedule
        self.editor.show_schedule(schedule)
        if is_new:
            self.chosen.emit(str(schedule))

    def _use_pooling(self, text: str) -> None:
        self._pooling.setText(text)
        self._pooling.setAccessibleName(f"Pooling {text}")
        self._pooling.setToolTip(self.editor.pooling.in_words())
        self._pooling.setVisible(text != NONE)
        self.pooling_chosen.emit(text)

    def _show(self, sentence: str, role: str) -> None:
        self._sentence.setText(sentence)
        theme.set_role(self._sentence, role)
        theme.set_role(self.form, "invalid" if role == "danger" else "")
