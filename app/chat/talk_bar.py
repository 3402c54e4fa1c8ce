"""The bottom of the conversation: what is going on, and the ways to act: talk, type, stop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app import theme
from app.chat.icon_button import IconButton
from app.chat.level_meter import LevelMeter
from app.chat.question_entry import QuestionEntry
from app.chat.state import EndsBy, Intent, Status
from app.chat.talk_button import TalkButton
from app.chat.volume_button import VolumeButton
from app.settings import shortcuts

HEIGHT = 56
ACTIVE = ("Listening", "Thinking", "Speaking", "Loading")
WARNING = ("Error", "Device lost")
HAVE_A_BUTTON: tuple[Intent, ...] = ("talk", "finish", "stop")  # in this bar, always


class TalkBar(QWidget):
    """Shows a status and emits what the user wants."""

    pressed = Signal()
    lifted = Signal(float)  # after so many seconds
    asked = Signal(str)
    stopped = Signal()
    hands_free_chosen = Signal(bool)
    mute_chosen = Signal(bool)
    headphones_chosen = Signal(bool)
    acted = Signal(str)  # the intent of the status's button

    def __init__(self) -> None:
        super().__init__()
        self._status: Status | None = None
        self._colour = ""
        self._has_microphone = True
        self._dot = theme.label("●")
        self._state = theme.label("", bold=True)
        self._sentence = theme.label("", "muted")
        self._sentence.setWordWrap(True)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._sentence.setAccessibleName("State")
        self.action = QPushButton()
        self.action.clicked.connect(lambda: self.acted.emit(self._status.intent))
        self.action.hide()
        self.meter = LevelMeter()
        self.talk = TalkButton()
        self.talk.held.connect(self.pressed)
        self.talk.let_go.connect(self.lifted)
        self.entry = QuestionEntry()
        self.entry.setFixedHeight(HEIGHT)
        self.entry.installEventFilter(self)
        self.hands_free = IconButton("Hands-free", "speak whenever you like, without a button", "voice")
        self.mute = IconButton("Mute", "the microphone is ignored; a reply goes on", "microphone", "microphone-off", danger=True)
        self.headphones = IconButton("Headphones", "with them on, you may speak over a reply", "headphones")
        self.volume = VolumeButton()
        for button, signal in (
            (self.hands_free, self.hands_free_chosen),
            (self.mute, self.mute_chosen),
            (self.headphones, self.headphones_chosen),
        ):
            button.clicked.connect(signal)
        self.stop = QPushButton("Stop   Esc")
        self.stop.setAccessibleName("Stop")
        self.stop.setToolTip("Stops the reply and its sound")
        self.stop.setFixedHeight(HEIGHT)
        self.stop.clicked.connect(self.stopped)
        self._lay_out()

    @property
    def status(self) -> str:
        """The state and sentence on the screen."""
        return f"{self._state.text()} {self._sentence.text()}"

    def name_keys(self, talk: str, stop: str) -> None:
        """The keys that do the same as the two buttons, for people; "" is none."""
        self.talk.show_key(talk)
        self.stop.setText(f"Stop   {stop}".rstrip())

    def show_status(self, status: Status) -> None:
        """Shows the state, its sentence and its button."""
        colours = theme.now()
        warning, active = status.state in WARNING, status.state in ACTIVE
        colour = colours.danger if warning else colours.accent if active else colours.muted
        if colour != self._colour:
            self._colour = colour
            palette = self._dot.palette()
            palette.setColor(self._dot.foregroundRole(), QColor(colour))
            self._dot.setPalette(palette)
        if status == self._status:
            return
        self._status = status
        self._state.setText(status.state)
        self._sentence.setText(status.sentence)
        self._sentence.setToolTip(status.sentence)
        self.action.setText(status.button)
        self.action.setAccessibleName(status.button)
        self.action.setVisible(status.intent not in HAVE_A_BUTTON)
        self._show_meter()

    def show_level(self, peak: float | None, active: bool) -> None:
        """The microphone's peak 0..1 since the last call (None: there is no microphone); `active` while it counts."""
        self._has_microphone = peak is not None
        self._show_meter()
        if peak is not None:
            self.meter.add(peak, active)

    def _show_meter(self) -> None:
        """It gives way to a button: the sentence beside that is the longer one."""
        self.meter.setVisible(self._has_microphone and self.action.isHidden())

    def show_choices(self, hands_free: bool, muted: bool, headphones: bool) -> None:
        """Which of the switches are on."""
        self.hands_free.setChecked(hands_free)
        self.mute.setChecked(muted)
        self.headphones.setChecked(headphones)

    def show_activity(self, ends_by: EndsBy | None, is_busy: bool) -> None:
        """How the question under way will end (None: there is none), and whether there is anything to stop."""
        self.talk.show_question(ends_by)
        self.stop.setEnabled(is_busy)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_press and watched is self.entry and shortcuts.now().matches(event, "send"):
            if not event.isAutoRepeat():
                self._send()
            return True
        return False

    def _send(self) -> None:
        text = self.entry.text()
        self.entry.clear()
        self.asked.emit(text)

    def _lay_out(self) -> None:
        state = QHBoxLayout()
        state.setContentsMargins(4, 0, 0, 0)
        state.setSpacing(8)
        state.addWidget(self._dot)
        state.addWidget(self._state)
        state.addWidget(self._sentence, 1)
        state.addWidget(self.action)
        state.addWidget(self.meter)
        state.addSpacing(4)
        for button in (self.hands_free, self.mute, self.headphones, self.volume):
            state.addWidget(button)
        holder = QWidget()
        holder.setLayout(state)
        holder.setFixedHeight(54)  # three lines of text, or a button: the bar must not jump
        actions = QHBoxLayout()
        actions.setContentsMargins(0, 0, 0, 0)
        actions.setSpacing(12)
        actions.addWidget(self.talk)
        actions.addWidget(self.entry, 1)
        actions.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.setSpacing(8)
        layout.addWidget(holder)
        layout.addLayout(actions)
