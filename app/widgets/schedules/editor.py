"""The schedule editor: every choice a schedule has as a control, what it will do drawn, and its text form."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.engine_client.commands import ModelFacts
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.schedules.chooser import Chooser
from app.widgets.schedules.frame_fields import FrameFields
from app.widgets.schedules.group_fields import GroupFields, Refresh
from app.widgets.schedules.option_fields import OptionFields
from app.widgets.schedules.pattern_view import PatternView, in_words
from app.widgets.schedules.pooling_box import PoolingBox
from app.widgets.schedules.sampling import SamplingFields
from app.widgets.scroll import Scroll
from app.widgets.words import Words
from engine import schedules
from engine.schedules import Entropy, Fixed, Full, Schedule, ScheduleError, Spark

HEIGHT = 36  # pixels of a field
SCHEDULE_WIDTH, REST_WIDTH = 540, 320  # pixels that the two columns ask for
GAP = 16
BESIDE = 64  # pixels of the screen that the editor leaves free
KINDS = (("Full depth", Full), ("Fixed exit", Fixed), ("SPAR-K", Spark), ("Entropy", Entropy))
MEANINGS = {
    Full: "Every token runs every layer.",
    Fixed: "Every speech token exits at one layer; nothing refreshes it.",
    Spark: "Speech tokens exit at one layer, and one of each group runs them all.",
    Entropy: "Speech tokens exit at one layer if its head is sure enough there, else they run on.",
}
NO_EXITS = "This model has no exit heads, so every token runs every layer."


class ScheduleEditor(QDialog):
    """Emits `chosen` with the text form when a control changes it or a text was entered; offers only what the model can run."""

    chosen = Signal(str)
    pooling_chosen = Signal(str)
    seed_chosen = Signal(int)
    sampling_chosen = Signal(float, float)  # temperature, top-p

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Schedule")
        self._model: ModelFacts | None = None
        self._used: Schedule = Full()
        self._showing = self._was_sized = False
        self.kinds = {kind: QRadioButton(name) for name, kind in KINDS}
        self.layers = Chooser()
        self.layers.setAccessibleName("Exit layer")
        self.groups = GroupFields()
        self.options, self.frames = OptionFields(), FrameFields()
        self.pattern = PatternView()
        self.form = QLineEdit()
        self.form.setAccessibleName("Schedule as text")
        for field in (self.form, self.layers):
            theme.fix(field, height=HEIGHT)
        self.copy, self.paste = QPushButton("Copy"), QPushButton("Paste")
        self._meaning = Words(role="muted", scale=0.92)
        self._sentence = Words(role="muted", scale=0.92, lines=2)
        self.pooling = PoolingBox("Pooling of the speech")
        self._pooling_words = Words(role="muted", scale=0.92, lines=2)
        self.sampling = SamplingFields()
        self.done_button = QPushButton("Done")
        self._lay_out()
        self._connect()
        self._show_pooling()
        self.show_schedule(self._used)

    @property
    def sentence(self) -> str:
        """What the schedule does, or why its text cannot be used."""
        return self._sentence.text()

    def set_model(self, model: ModelFacts) -> None:
        """Offers what this model can run."""
        self._model = model
        self._showing = True
        self.layers.clear()
        for layer in sorted(layer for layer in model.exit_layers if 0 < layer < model.layers):
            self.layers.addItem(f"{layer} of {model.layers}", layer)
        self.frames.set_shape(model.frames)
        self._showing = False
        self._frames_label.setVisible(model.frames is not None)
        self.frames.setVisible(model.frames is not None)
        self.pooling.set_layers(model.layers)
        self.show_schedule(self._used)

    def show_schedule(self, schedule: Schedule) -> None:
        """Sets every control to `schedule`, emits nothing."""
        self._used = schedule
        self._showing = True
        self.kinds[type(schedule)].setChecked(True)
        at = self.layers.findData(schedule.layer)
        if at >= 0:
            self.layers.setCurrentIndex(at)
        self.groups.show_schedule(schedule)
        self.options.show_schedule(schedule)
        self.frames.show_schedule(schedule)
        if self.form.text() != str(schedule) and not (self.form.hasFocus() and self._reads_as(schedule)):
            self.form.setText(str(schedule))
        self._showing = False
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        """As large as it likes to be, and no larger than the screen."""
        if not self._was_sized:
            self._was_sized = True
            foot = self.done_button.sizeHint().height() + 3 * GAP
            width = theme.scaled(SCHEDULE_WIDTH + REST_WIDTH) + 6 * GAP
            free = self.screen().availableSize() - QSize(BESIDE, BESIDE)
            width = min(width, free.width())
            self.resize(width, min(self._body.heightForWidth(width - 2 * GAP) + foot, free.height()))
        super().showEvent(event)

    def _lay_out(self) -> None:
        columns = Flow(self._schedule_column(), self._rest_column(), spacing=2 * GAP, line_spacing=GAP)
        self._body = QWidget()
        self._body.setProperty("role", "turns")
        around = QVBoxLayout(self._body)
        around.setContentsMargins(0, 0, GAP, 0)  # room for the scroll bar
        around.addLayout(columns)
        around.addStretch()
        scroll = Scroll(self._body)
        scroll.setMinimumSize(2 * HEIGHT, 2 * HEIGHT)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.done_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(scroll, 1)
        layout.addLayout(foot)
        self.done_button.setAutoDefault(False)  # Enter ends the entry of a number or a text form
        theme.fix(self.done_button, height=HEIGHT)

    def _schedule_column(self) -> QWidget:
        self._kind_group = QButtonGroup(self)
        kinds = Flow(spacing=18, line_spacing=8)
        for kind in self.kinds.values():
            kinds.add(kind)
            self._kind_group.addButton(kind)
        text = Flow(self.form, spacing=8)
        self.form.setMinimumWidth(180)
        buttons = Flow(spacing=8)
        for button, name in ((self.copy, "Copy the text form"), (self.paste, "Paste a text form")):
            button.setAccessibleName(name)
            button.setAutoDefault(False)
            theme.fix(button, height=HEIGHT)
            buttons.add(button)
        text.add(buttons)
        self._groups_label = _caption("Groups")
        made = _Column(SCHEDULE_WIDTH)
        made.add(_caption("Kind"), kinds, self._meaning)
        made.add(_caption("Exit layer"), self.layers)
        made.add(self._groups_label, self.groups)
        made.add(_caption("Layers above"), self.options)
        self._frames_label = _caption("Codes of a speech token")
        made.add(self._frames_label, self.frames)
        for part in (self._frames_label, self.frames):
            part.hide()
        made.add(self.pattern, text, self._sentence)
        return made

    def _rest_column(self) -> QWidget:
        theme.fix(self.pooling, height=HEIGHT)
        made = _Column(REST_WIDTH)
        made.add(theme.label("Pooling of your speech", bold=True), self.pooling, self._pooling_words)
        made.add(theme.label("Sampling", bold=True), self.sampling)
        made.groups.addStretch()
        return made

    def _connect(self) -> None:
        self._kind_group.buttonClicked.connect(self._changed)
        self.layers.currentIndexChanged.connect(self._changed)
        self.groups.changed.connect(self._changed)
        self.groups.group_chosen.connect(self._use_group)
        self.options.changed.connect(self._changed)
        self.frames.changed.connect(self._changed)
        self.form.textEdited.connect(self._wait)
        self.form.editingFinished.connect(lambda: self._read(self.form.text()))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(str(self._used)))
        self.paste.clicked.connect(self._paste)
        self.pooling.chosen.connect(self.pooling_chosen)
        self.pooling.changed.connect(self._show_pooling)
        self.sampling.seed_chosen.connect(self.seed_chosen)
        self.sampling.sampling_chosen.connect(self.sampling_chosen)
        self.done_button.clicked.connect(self.accept)

    def _use_group(self, period: int, refresh: Refresh) -> None:
        layer = self.layers.currentData()
        if layer is not None:
            self._use(Spark(period, refresh, layer, **self._options(Spark)))

    def _changed(self) -> None:
        if self._showing:
            return
        kind = next(kind for kind, button in self.kinds.items() if button.isChecked())
        layer = self.layers.currentData()
        if kind is Full or layer is None:
            return self._use(Full(**self._options(Full)))
        options = self._options(kind)
        if kind is Fixed:
            self._use(Fixed(layer, **options))
        elif kind is Entropy:
            self._use(Entropy(layer, self.groups.nats, **options))
        else:
            self._use(Spark(*self.groups.group, layer, **options))

    def _options(self, kind: type) -> dict[str, Any]:
        return self.options.keywords(kind) | self.frames.keywords()

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text().strip()
        self.form.setText(text)
        self._read(text)

    def _wait(self) -> None:
        self._say(f"Enter puts it to use. Until then, {self._used} is used.", "muted")

    def _read(self, text: str) -> None:
        try:
            schedule = schedules.parse(text)
            if self._model is not None:
                schedules.check(schedule, self._model.layers, self._model.exit_layers, self._model.frames)
        except ScheduleError as error:
            self._say(f"{error} {self._used} stays in use.", "danger")
        else:
            self._use(schedule)

    def _use(self, schedule: Schedule) -> None:
        changed = schedule != self._used
        self.show_schedule(schedule)
        if changed:
            self.chosen.emit(str(schedule))

    def _reads_as(self, schedule: Schedule) -> bool:
        try:
            return schedules.parse(self.form.text()) == schedule
        except ScheduleError:
            return False

    def _show_state(self) -> None:
        kind, exits = type(self._used), self.layers.count() > 0
        for early in (Fixed, Spark, Entropy):
            self.kinds[early].setEnabled(exits)
        self.layers.setEnabled(exits and kind is not Full)
        reviews = self._used.review
        self.groups.allow(kind if exits else Full, reviews)
        self._groups_label.setText(self.groups.name)
        self.options.allow(kind, exits)
        self._meaning.setText(MEANINGS[kind] if exits or self._model is None else NO_EXITS)
        self.pattern.show_schedule(self._used, self._model)
        self._say(in_words(self._used, self._model), "muted")

    def _show_pooling(self) -> None:
        self._pooling_words.setText(self.pooling.in_words())
        theme.set_role(self._pooling_words, "danger" if self.pooling.problem else "muted")

    def _say(self, sentence: str, role: str) -> None:
        self._sentence.setText(sentence)
        theme.set_role(self._sentence, role)
        theme.set_role(self.form, "invalid" if role == "danger" else "")


class _Column(QWidget):
    """Groups of fields below each other, `least` pixels wide at the usual text size if it can be."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least = least
        self.groups = QVBoxLayout(self)
        self.groups.setContentsMargins(0, 0, 0, 0)
        self.groups.setSpacing(GAP - 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def add(self, *parts: QWidget | QLayout) -> None:
        group = QVBoxLayout()
        group.setSpacing(6)
        for part in parts:
            group.addWidget(part) if isinstance(part, QWidget) else group.addLayout(part)
        self.groups.addLayout(group)

    def sizeHint(self) -> QSize:
        return QSize(theme.scaled(self._least), super().sizeHint().height())


def _caption(name: str) -> QLabel:
    return theme.label(name, "muted", 0.92)
