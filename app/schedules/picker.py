"""Choosing the schedule of the coming turns: presets by name, and the text form that everything else uses."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from app import theme
from app.engine_thread import ModelFacts
from app.schedules.chooser import Chooser
from engine import schedules

CUSTOM = "Custom"


class SchedulePicker(QFrame):
    """Emits `chosen` with the text form of a schedule that can be used; with a model known, only what it can run."""

    chosen = Signal(str)

    def __init__(self, schedule: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._model: ModelFacts | None = None
        self._used = schedules.parse(schedule)
        self._presets: list[schedules.Preset] = []
        self.names = Chooser()
        self.names.setAccessibleName("Preset")
        self.names.addItem(CUSTOM)
        self.form = QLineEdit(schedule)
        self.form.setAccessibleName("Schedule as text")
        self.form.setToolTip("full, fixed:9, spark:even@9, spark:k=4,last@3+review")
        self._sentence = theme.label("", "muted", 0.92)
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sentence.setMinimumHeight(self._sentence.fontMetrics().lineSpacing() * 2)
        for field in (self.names, self.form):
            field.setFixedHeight(36)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.names, 1)
        row.addWidget(self.form, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 12)
        layout.setSpacing(10)
        layout.addWidget(theme.label("Schedule", bold=True))
        layout.addLayout(row)
        layout.addWidget(self._sentence)
        self.names.activated.connect(self._pick)
        self.form.textChanged.connect(self._check)
        self._check()

    def set_model(self, model: ModelFacts) -> None:
        """Offers what this model can run."""
        self._model = model
        self._presets = schedules.presets(model.layers, model.exit_layers)
        self.names.clear()
        self.names.addItems([*(preset.name for preset in self._presets), CUSTOM])
        try:
            self._refuse_impossible(self._used)
        except schedules.ScheduleError:
            self._use(schedules.Full())
        self._check()

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def _pick(self, index: int) -> None:
        if index < len(self._presets):
            self.form.setText(str(self._presets[index].schedule))
        else:
            self.form.setFocus()
            self.form.selectAll()

    def _check(self) -> None:
        try:
            schedule = schedules.parse(self.form.text())
            self._refuse_impossible(schedule)
        except schedules.ScheduleError as error:
            self._show(f"{error} Until then, {self._used} is used.", "danger")
            return
        known = next((index for index, preset in enumerate(self._presets) if preset.schedule == schedule), None)
        self.names.setCurrentIndex(len(self._presets) if known is None else known)
        meaning = self._presets[known].description if known is not None else ""
        self._show(" ".join(filter(None, (meaning, self._mean(schedule)))), "muted")
        self._use(schedule)

    def _refuse_impossible(self, schedule: schedules.Schedule) -> None:
        if self._model is not None:
            schedules.check(schedule, self._model.layers, self._model.exit_layers)

    def _use(self, schedule: schedules.Schedule) -> None:
        self._used = schedule
        self.chosen.emit(str(schedule))

    def _mean(self, schedule: schedules.Schedule) -> str:
        if self._model is None:
            return ""
        mean = schedules.mean_depth(schedule, self._model.chunk_length, self._model.layers)
        return f"Mean depth over a chunk: {mean:.1f} of {self._model.layers} layers."

    def _show(self, sentence: str, role: str) -> None:
        self._sentence.setText(sentence)
        theme.set_role(self._sentence, role)
        theme.set_role(self.form, "invalid" if role == "danger" else "")
