"""Choosing the question that all schedules answer: typed, one that ships, recorded, or one from the talk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.audio.recorder import Recorder
from app.audio.take import Take
from app.core.question import STALLED_SECONDS
from app.engine_client.commands import RenderQuestion, Sampling
from app.pages.compare.set_fields import SetFields, Wanted
from app.storage.library import Library
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.schedules.chooser import Chooser
from app.widgets.schedules.sampling import SamplingFields
from app.widgets.words import Words
from engine import audio_files

TYPED, BUNDLED, RECORDED, GIVEN, SET = range(5)
KINDS = (
    "Type a question",
    "A spoken question that ships",
    "Record a question",
    "The last turn of the talk",
    "A set of questions",
)
HEIGHT = 36  # pixels of a field
LONGEST_TEXT = 2000  # characters
LONGEST_SECONDS = 120
Prompt = tuple[Callable[[], RenderQuestion], str]
"""Makes the question, maybe from a file (not on the screen's thread); and what it is called."""


class PromptCard(QFrame):
    """`changed` when there is another question to render, or none; `last_turn_requested` when one is wanted."""

    changed = Signal()
    last_turn_requested = Signal()

    def __init__(self, recorder: Callable[[], Recorder | None], library: Library | None = None) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._recorder = recorder
        self._take: Take | None = None
        self._recorded: RenderQuestion | None = None
        self._given: tuple[RenderQuestion, str] | None = None
        self._files: list[tuple[str, Path]] = []
        self.kind = Chooser()
        self.kind.setAccessibleName("Kind of question")
        self.kind.addItems(KINDS)
        self.text = QLineEdit("What is early exit?", placeholderText="Type a question", maxLength=LONGEST_TEXT)
        self.text.setAccessibleName("Question")
        self.bundled = Chooser()
        self.bundled.setAccessibleName("Spoken question")
        self.record = QPushButton("Record")
        self.record.setAccessibleName("Record a question")
        self._recording = Words("Press Record and speak.", "muted", least=160)
        self._given_label = Words(role="muted")
        self.set = SetFields(library)
        self.sampling = SamplingFields()
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.text.textChanged.connect(self.changed)
        self.bundled.currentIndexChanged.connect(self.changed)
        self.record.clicked.connect(self._toggle)
        self.set.changed.connect(self.changed)
        self._show_given()

    # --- what is chosen -----------------------------------------------------------------------------------------------

    def offer(self, files: list[tuple[str, Path]]) -> None:
        """The spoken questions that ship: their words and their sound files."""
        self._files = files
        self.bundled.clear()
        self.bundled.addItems([words[:1].upper() + words[1:] for words, _ in files])

    def set_prompt(self, question: RenderQuestion, title: str) -> None:
        """A question from elsewhere, as the last turn of the talk; `title` is what it is called."""
        self._given = (question, title)
        self._show_given()
        self.kind.blockSignals(True)  # this one is wanted, not the last one of the talk
        self.kind.setCurrentIndex(GIVEN)
        self.kind.blockSignals(False)
        self.finish()
        self._show_part(GIVEN)
        self.changed.emit()

    def prompt(self) -> Prompt | None:
        """The question that is chosen; None while there is none."""
        match self.kind.currentIndex():
            case kind if kind == TYPED and self.text.text().strip():
                text = self.text.text().strip()
                return lambda: RenderQuestion(text), text
            case kind if kind == BUNDLED and self._files:
                words, file = self._files[max(0, self.bundled.currentIndex())]
                return lambda: _read(file), words
            case kind if kind == RECORDED and self._recorded is not None:
                recorded = self._recorded
                return lambda: recorded, "Recorded question"
            case kind if kind == GIVEN and self._given is not None:
                question, title = self._given
                return lambda: question, title
        return None

    def wanted_set(self) -> Wanted | None:
        """The set of questions that is chosen; None where a single one is, or none."""
        return self.set.wanted() if self.kind.currentIndex() == SET else None

    def chosen_sampling(self, own: Sampling) -> Sampling | None:
        """What the fields say; None if that is still a model's `own`, for then every model has its own."""
        fields = self.sampling
        chosen = (round(fields.temperature.value(), 2), round(fields.top_p.value(), 2))
        return None if chosen == tuple(round(value, 2) for value in own) else chosen

    @property
    def is_spoken(self) -> bool:
        """Whether the kind of question that is chosen has speech in it."""
        if self.kind.currentIndex() == GIVEN:
            return self._given is not None and self._given[0].samples is not None
        if self.kind.currentIndex() == SET:
            wanted = self.set.wanted()
            return wanted is not None and wanted[2]
        return self.kind.currentIndex() != TYPED

    @property
    def is_recording(self) -> bool:
        return self._take is not None

    # --- recording ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Takes what the microphone delivered."""
        take = self._take
        if take is None:
            return
        take.keep()
        self._recording.setText(f"{take.seconds:.1f} s")
        if take.recorder.is_closed or take.recorder.silent_for > STALLED_SECONDS:
            return self._stop("The microphone has stopped delivering sound, so the question was dropped.")
        if take.seconds > LONGEST_SECONDS:
            self.finish()

    def finish(self) -> None:
        """Ends a recording that is going on; what was said is the question."""
        take = self._take
        if take is None:
            return
        samples, rate = take.read(), take.rate
        try:
            audio_files.check_question(samples, rate)
        except audio_files.AudioFileError as error:
            return self._stop(str(error))
        self._recorded = RenderQuestion(samples=samples, rate=rate)
        self._stop(f"{self._recorded.seconds:.1f} s recorded.")

    def _toggle(self) -> None:
        recorder = self._recorder()
        if self._take is not None:
            self.finish()
        elif recorder is None:
            self._recording.setText("The microphone is not open.")
        else:
            self._take, self._recorded = Take(recorder, recorder.position), None
            self.record.setText("Done")
            self.changed.emit()

    def _stop(self, sentence: str) -> None:
        self._take = None
        self.record.setText("Record")
        self._recording.setText(sentence)
        self.changed.emit()

    # --- the card -----------------------------------------------------------------------------------------------------

    def _show_kind(self, kind: int) -> None:
        if kind != RECORDED:
            self.finish()
        self._show_part(kind)
        if kind == GIVEN:
            self.last_turn_requested.emit()
        self.changed.emit()

    def _show_given(self) -> None:
        self._given_label.setText(f"“{self._given[1]}”" if self._given else "Ask something on the Talk page first.")

    def _show_part(self, kind: int) -> None:
        for place, part in enumerate(self._parts):
            part.setVisible(place == kind)

    def _lay_out(self) -> None:
        recording = QWidget()
        recording.setLayout(Flow(self.record, self._recording))
        self._parts = (self.text, self.bundled, recording, self._given_label, self.set)
        for field in (self.kind, self.text, self.bundled):
            theme.fix(field, height=HEIGHT)
        self.bundled.setMinimumContentsLength(12)
        self.bundled.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(theme.label("Question", bold=True))
        layout.addWidget(self.kind)
        for part in self._parts:
            layout.addWidget(part)
        layout.addSpacing(2)
        layout.addWidget(self.sampling)
        layout.addStretch()
        self._show_part(TYPED)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHorizontalStretch(5)
        self.setSizePolicy(policy)


def _read(file: Path) -> RenderQuestion:
    samples, rate = audio_files.recording(file, LONGEST_SECONDS).sound
    return RenderQuestion(samples=samples, rate=rate)
