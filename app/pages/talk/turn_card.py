"""One turn: the question and the reply as sound and as text, how deep each token went, and what it cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.core.turn import ChatTurn
from app.engine_client.commands import ModelFacts
from app.widgets import icons, theme
from app.widgets.depth_strip import DepthStrip
from app.widgets.flow import Flow
from app.widgets.name_label import NameLabel
from app.widgets.panels.trace import seconds_at, token_at
from app.widgets.waveform import SoundRow
from app.widgets.words import Words
from engine.prefill import pooling as poolings
from engine.schedules import SchedulePreset, presets
from engine.turn_record import TurnRecord

NONE = str(poolings.NONE)
LONGEST = 32  # letters of a word that is not broken
FIGURES_EVERY = 24  # tokens of a reply that grows
LOST = "Its sound is no longer in memory: this conversation is not kept, and only the newest sounds of one fit."


class TurnCard(QFrame):
    """Shows a turn and emits what the user wants of it; it plays nothing itself."""

    play_requested = Signal(str, float)  # "question" or "reply", from these seconds on
    stop_requested = Signal()
    reask_requested = Signal(int, str, str)  # the turn's number, a schedule, a pooling
    compare_requested = Signal(int)
    export_requested = Signal(int)
    again_requested = Signal(bool)
    """The question shall be asked again as it was; true: but with a new seed."""
    insist_requested = Signal()
    """A question in which nobody spoke shall be answered all the same."""
    copy_requested = Signal(str)
    """These words shall be on the clipboard."""
    copy_all_requested = Signal()
    """The whole conversation shall be."""

    def __init__(self, turn: ChatTurn, model: ModelFacts | None = None) -> None:
        super().__init__()
        self.turn = turn
        self._model: ModelFacts | None = None
        self._shown: tuple[object, ...] = ()
        self._drawn: tuple[object, ...] = ()
        self._moved: tuple[object, ...] = ()
        self._was_over = False
        self._figures_text = ""
        self.setProperty("role", "card")
        self.setAccessibleName(f"Turn {turn.place}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._caption = theme.label("You", "caption", 0.88)
        self.question = SoundRow("the question")
        self.heard = _words(1.0)
        self._reply_caption = theme.label("Refrain", "caption", 0.88)
        self.reply = _words(1.25)
        self.sound = SoundRow("the reply")
        self.strip = DepthStrip()
        self._sound_notes = Words(role="muted", scale=0.92)
        self._sound_notes.setAccessibleName("About the sound of the question")
        self.lost = Words(LOST, role="muted", scale=0.92)
        self.lost.hide()
        self._note = Words(role="muted", scale=0.92)
        self.insist = QPushButton("Send it all the same")
        self.insist.setAccessibleName("Send the question all the same")
        self.insist.setToolTip("Some models answer about sounds")
        self._schedule = NameLabel(turn.schedule, "schedule", 0.88)
        self._schedule.setAccessibleName(f"Schedule {turn.schedule}")
        self._pooling = NameLabel(turn.pooling, "schedule", 0.88)
        self._pooling.setAccessibleName(f"Pooling {turn.pooling}")
        self._pooling.setVisible(turn.pooling != NONE)
        self._figures = _Figures()
        self.reask = _button("Again ▾", "Ask again, with the same settings or others")
        self.reask.setMenu(QMenu(self.reask))
        self.reask.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # the text has one
        self.reask.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.compare = _button("Compare…", "Compare this turn with other schedules")
        self.export = _button("Export…", "Export this turn as sound and figures")
        self.copy_question, self.copy_reply = _copy_button("the question"), _copy_button("the reply")
        self._lay_out()
        self._connect()
        if model is not None:
            self.set_model(model)
        self.refresh()

    def set_model(self, model: ModelFacts) -> None:
        """The model that made the turn: how deep it is, and what else it could be asked with."""
        self._model = model
        self._shown = ()
        self._fill_menu(model)
        self.refresh()

    def _fill_menu(self, model: ModelFacts) -> None:
        """What else the question could be asked with: a schedule, or a pooling of its speech, the other one as it was."""
        menu, turn = self.reask.menu(), self.turn
        menu.clear()
        menu.setToolTipsVisible(True)
        self._offer_again(menu)
        menu.addSeparator()
        used = turn.pooling
        for schedule in presets(model.layers, model.exit_layers, model.trained_heads, model.frames):
            _offer(menu, schedule, str(schedule.schedule), lambda form: self.reask_requested.emit(turn.number, form, used))
        if turn.spoken:
            merged = menu.addMenu("Pooling of the speech")
            merged.setToolTipsVisible(True)
            for pooling in poolings.presets(model.layers):
                form = str(pooling.pooling)
                _offer(merged, pooling, form, lambda form: self.reask_requested.emit(turn.number, turn.schedule, form))

    def _offer_again(self, menu: QMenu) -> None:
        """The same question as it was asked."""
        same = menu.addAction("The same settings")
        same.setToolTip("With the schedule, the pooling, the temperature and the seed of this turn")
        same.triggered.connect(lambda: self.again_requested.emit(False))
        other = menu.addAction("A new seed")
        other.setToolTip("Otherwise the settings of this turn")
        other.triggered.connect(lambda: self.again_requested.emit(True))
        if not self._is_drawn:
            other.setEnabled(False)
            other.setToolTip("At temperature 0 a reply does not depend on the seed")

    @property
    def _is_drawn(self) -> bool:
        """Whether another seed may give another reply."""
        chosen = self.turn.sampling or (self._model.sampling if self._model is not None else (0.0, 1.0))
        return self.turn.record.sampling.get("temperature", chosen[0]) > 0

    def refresh(self) -> bool:
        """Shows the turn as it is now; returns whether anything changed."""
        turn, record = self.turn, self.turn.record
        drawn = (record, len(record.tokens), len(record.rejected), record.is_over)
        if drawn != self._drawn:
            self._drawn = drawn
            self.strip.show_record(record)
        figures, sound_notes = self._figures_now(), " ".join(one.text for one in turn.notes)
        words = (turn.heard, turn.text, turn.note, sound_notes)
        seconds = record.question_seconds
        shown = (words, turn.is_over, seconds, figures, len(turn.question_samples), len(record.audio), turn.has_lost_its_sound)
        if shown == self._shown:
            return False
        self._shown = shown
        how = turn.source or "spoken"
        how += f", {seconds:.1f} s" if seconds else ""
        self._caption.setText(f"You  ·  {how if turn.spoken else 'typed'}")
        if not turn.is_soundless:
            self.question.take(turn.question_samples, turn.question_rate)
            self.sound.take(turn.reply_samples, turn.reply_rate)
        elif turn.has_lost_its_sound and not self.lost.isVisibleTo(self):
            for row in (self.question, self.sound):
                row.switch_off(LOST)
            self.lost.show()
        for label, text in ((self.heard, turn.heard), (self.reply, turn.text)):
            label.setText(_breakable(text) or ("" if turn.is_over else "…"))
            label.setVisible(bool(label.text()))
        self.strip.setVisible(bool(record.tokens))
        self._note.setText(turn.note)
        self._note.setVisible(bool(turn.note))
        theme.set_role(self._note, "danger" if turn.has_failed and not record.no_voice else "muted")
        can_be_asked = not turn.has_lost_its_sound or bool(turn.heard)
        self.insist.setVisible(turn.is_over and record.no_voice and can_be_asked)
        self._sound_notes.setText(sound_notes)
        self._sound_notes.setVisible(bool(sound_notes))
        self._figures.setText(figures)
        for button in (self.reask, self.compare):
            button.setEnabled(turn.is_over and self._model is not None and can_be_asked)
        self.export.setEnabled(turn.is_over)
        if turn.is_over and not self._was_over and self._model is not None:
            self._fill_menu(self._model)  # how it was drawn is known now
        self._was_over = turn.is_over
        self.copy_question.setVisible(bool(turn.heard))
        self.copy_reply.setVisible(bool(turn.text))
        return True

    def let_sounds_go(self) -> None:
        """The turn's sounds leave the memory as soon as their pictures are drawn."""
        self.refresh()
        if self.question.is_whole and self.sound.is_whole:
            self.turn.let_sounds_go()
            self.refresh()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the words of the turn."""
        menu, turn = QMenu(self), self.turn
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selected = next((words.selectedText() for words in (self.heard, self.reply) if words.hasSelectedText()), "")
        both = "\n\n".join(filter(None, (turn.heard, turn.text)))
        for name, words in (
            ("Copy the selected words", selected),
            ("Copy the question", turn.heard),
            ("Copy the reply", turn.text),
            ("Copy question and reply", both if turn.heard and turn.text else ""),
        ):
            if words:
                menu.addAction(name).triggered.connect(lambda _, words=words: self.copy_requested.emit(words))
        menu.addAction("Copy the whole conversation").triggered.connect(self.copy_all_requested)
        if self.reask.isEnabled():
            menu.addSeparator()
            self._offer_again(menu.addMenu("Ask again with"))
        return menu

    def _figures_now(self) -> str:
        """While a reply grows they move with every few tokens only: each time the whole list of turns is laid out anew."""
        record = self.turn.record
        moved = (record, self.turn.is_over, record.first_audio is not None, -(-len(record.tokens) // FIGURES_EVERY))
        if moved != self._moved:
            self._moved, self._figures_text = moved, "  ·  ".join(_unbroken(_figures(record)))
        return self._figures_text

    def set_position(self, which: str, seconds: float | None) -> None:
        """Where "question" or "reply" is being played; None: it is not."""
        (self.question if which == "question" else self.sound).set_position(seconds)
        if which == "reply" and self._model is not None:
            rate = self._model.speech_rate
            self.strip.set_head(None if seconds is None else token_at(self.turn.record.tokens, seconds, rate))

    def seek_token(self, index: int) -> None:
        """Asks for the reply's sound from where the token at `index` is heard."""
        if self._model is not None and self.sound.wave.seconds and self.sound.button.isEnabled():
            seconds = seconds_at(self.turn.record.tokens, index, self._model.speech_rate)
            self.play_requested.emit("reply", min(seconds, self.sound.wave.seconds))

    def _lay_out(self) -> None:
        head = Flow(self._caption, spacing=4)
        head.add_stretch()
        head.add(Flow(self.reask, self.compare, self.export, self.copy_question, spacing=4))
        answer = QHBoxLayout()
        answer.addWidget(self._reply_caption, 1)
        answer.addWidget(self.copy_reply)
        foot = Flow(self._schedule, self._pooling, self._figures, spacing=12, line_spacing=4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 12, 20, 14)
        layout.setSpacing(4)
        layout.addLayout(head)
        question: tuple[QWidget, ...] = (self.question, self.heard, self._sound_notes)
        reply: tuple[QWidget, ...] = (self.reply, self.sound, self.strip, self.lost, self._note)
        for widget in question:
            layout.addWidget(widget)
        layout.addSpacing(10)
        layout.addLayout(answer)
        for widget in reply:
            layout.addWidget(widget)
        layout.addWidget(self.insist, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(8)
        layout.addLayout(foot)

    def _connect(self) -> None:
        for which, row in (("question", self.question), ("reply", self.sound)):
            row.play_requested.connect(lambda seconds, which=which: self.play_requested.emit(which, seconds))
            row.stop_requested.connect(self.stop_requested)
        self.strip.token_clicked.connect(self.seek_token)
        self.compare.clicked.connect(lambda: self.compare_requested.emit(self.turn.number))
        self.insist.clicked.connect(self.insist_requested)
        self.copy_question.clicked.connect(lambda: self.copy_requested.emit(self.turn.heard))
        self.copy_reply.clicked.connect(lambda: self.copy_requested.emit(self.turn.text))
        self.export.clicked.connect(lambda: self.export_requested.emit(self.turn.number))


class _Figures(QLabel):
    """On one line if there is room, else broken between figures, within one only where it has no place."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setWordWrap(True)
        theme.set_font(self, 0.92)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widest = max(map(self.fontMetrics().horizontalAdvance, self.text().split("  ")))
        if widest > event.size().width():  # no place for a whole figure
            self.setText(self.text().replace("\u00a0", " "))

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().lineSpacing())


def _unbroken(figures: Iterable[str]) -> Iterator[str]:
    return (figure.replace(" ", "\u00a0") for figure in figures)


def _breakable(text: str) -> str:
    """A word that is too long for any line may be broken."""
    return re.sub(rf"(\S{{{LONGEST}}})(?=\S)", "\\1\u200b", text)


def _words(scale: float) -> QLabel:
    words = theme.label("", scale=scale)
    words.setWordWrap(True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    words.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # so that what is selected can be copied with the keys
    words.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the card has one for all of them
    return words


def _offer(menu: QMenu, preset: SchedulePreset | poolings.Preset, form: str, choose: Callable[[str], None]) -> None:
    action = QAction(f"{preset.name}   {form}", menu)
    action.setToolTip(preset.description)
    action.triggered.connect(lambda: choose(form))
    menu.addAction(action)


def _button(text: str, name: str) -> QToolButton:
    button = QToolButton(autoRaise=True)
    button.setText(text)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _copy_button(what: str) -> QToolButton:
    button = _button("", f"Copy {what}")
    button.setIcon(icons.icon("copy"))
    return button


def _figures(record: TurnRecord) -> Iterator[str]:
    speech, text = record.depths["speech"], record.depths["text"]
    if record.first_audio is not None:
        yield f"first audio {record.first_audio * 1000:.0f} ms"
    if record.tokens_per_second is not None:
        yield f"{record.tokens_per_second:.0f} tokens/s"
    if speech.mean is not None:
        yield f"mean speech depth {speech.mean:.1f}" + (f" of {record.layers}" if record.layers else "")
    if text.early:
        yield f"of text {text.mean:.1f}"
    merged = record.stats.prefill if record.stats is not None and record.pooling != NONE else {}
    if merged:
        yield f"{merged['deep']} of {merged['heard']} positions of your speech kept"
