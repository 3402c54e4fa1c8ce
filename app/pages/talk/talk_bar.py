"""The bottom of the conversation: what is going on, and the ways to act: talk, type, stop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.core.status import EndsBy, Intent, Status
from app.pages.talk.level_meter import LevelMeter
from app.pages.talk.question_entry import QuestionEntry
from app.pages.talk.talk_button import TalkButton
from app.pages.talk.volume_button import VolumeButton
from app.settings import shortcuts
from app.widgets import theme
from app.widgets.fitted import Fitted
from app.widgets.flow import Flow
from app.widgets.icon_button import IconButton
from app.widgets.words import Words

LINES = 3  # of a sentence that stands beside the switches; a longer one has a line of its own
GAP = 12  # pixels between talk, type and stop
PLACEHOLDERS = ("Or type a question", "Type")
ACTIVE = ("Listening", "Thinking", "Speaking", "Loading")
WARNING = ("Error", "Device lost")
HAVE_A_BUTTON: tuple[Intent, ...] = ("talk", "finish", "stop")  # in this bar, always


class TalkBar(Fitted, QWidget):
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
        self._sentence = Words(role="muted")
        self._sentence.setAccessibleName("State")
        self.action = QPushButton()
        self.action.clicked.connect(self._act)
        self.action.hide()
        self.meter = LevelMeter()
        self.talk = TalkButton()
        self.talk.held.connect(self.pressed)
        self.talk.let_go.connect(self.lifted)
        self.entry = QuestionEntry()
        self.entry.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # as high as the talk button
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
        self._stop_key = "Esc"
        self.stop = QPushButton("Stop")
        self.stop.setAccessibleName("Stop")
        self.stop.setToolTip("Stops the reply and its sound")
        self.stop.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.stop.clicked.connect(self.stopped)
        self._lay_out()

    @property
    def status(self) -> str:
        """The state and sentence on the screen."""
        return f"{self._state.text()} {self._sentence.text()}"

    def name_keys(self, talk: str, stop: str) -> None:
        """The keys that do the same as the two buttons, for people; "" is none."""
        self.talk.show_key(talk)
        self._stop_key = stop
        self._fit()

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
        self.action.setText(status.button)
        self.action.setAccessibleName(status.button)
        self.action.setVisible(status.intent not in HAVE_A_BUTTON)
        self._show_meter()
        self._fit()

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
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self.entry and shortcuts.now().matches(event, "send"):
            if not event.isAutoRepeat():
                self._send()
            return True
        return False

    def _act(self) -> None:
        if self._status is not None:
            self.acted.emit(self._status.intent)

    def _send(self) -> None:
        text = self.entry.text()
        self.entry.clear()
        self.asked.emit(text)

    def minimumSizeHint(self) -> QSize:
        """With all that can be left out."""
        return QSize(self._needs(0, "", PLACEHOLDERS[-1]), super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Where there is little room, keys and words give way, and a long sentence has lines of its own."""
        key = f"   {self._stop_key}" if self._stop_key else ""
        choices = [(2, key, 0), (1, key, 0), (1, "", 0), (1, "", 1), (0, "", 1)]
        fitting = (one for one in choices if self._needs(one[0], one[1], PLACEHOLDERS[one[2]]) <= self.width())
        detail, key, words = next(fitting, choices[-1])
        self.talk.show_detail(detail)
        if self.stop.text() != f"Stop{key}":
            self.stop.setText(f"Stop{key}")
        self.entry.setPlaceholderText(PLACEHOLDERS[words])
        head = self._dot.sizeHint().width() + self._state.sizeHint().width() + 3 * 8 + 4
        beside = self.width() - head - self._tools.sizeHint().width() - 8
        most = LINES * self._sentence.fontMetrics().lineSpacing()
        has_room = beside > self._sentence.fontMetrics().averageCharWidth() * 12
        is_short = has_room and self._sentence.heightForWidth(beside) <= most
        way = QBoxLayout.Direction.LeftToRight if is_short else QBoxLayout.Direction.TopToBottom
        if self._state_line.direction() != way:
            self._state_line.setDirection(way)
            for part in (self._dot, self._state):
                self._named.setAlignment(part, Qt.AlignmentFlag.AlignVCenter if is_short else Qt.AlignmentFlag.AlignTop)
            self._said.setAlignment(self._sentence, Qt.AlignmentFlag.AlignVCenter if is_short else Qt.AlignmentFlag.AlignTop)
        below = self._sentence.heightForWidth(self.width() - 4) + self._sentence.fontMetrics().lineSpacing()
        is_lower = not is_short and below < self._sentence.heightForWidth(max(1, self.width() - head))
        self._said.setDirection(QBoxLayout.Direction.TopToBottom if is_lower else QBoxLayout.Direction.LeftToRight)
        if self._holder.minimumHeight() != most:
            self._holder.setMinimumHeight(most)  # the bar must not jump

    def _needs(self, detail: int, key: str, placeholder: str) -> int:
        """Pixels across."""
        metrics = self.fontMetrics()
        entry = metrics.horizontalAdvance(placeholder) + 72  # and its icon
        frame = self.stop.sizeHint().width() - metrics.horizontalAdvance(self.stop.text())
        return self.talk.width_of(detail) + entry + frame + metrics.horizontalAdvance(f"Stop{key}") + 2 * GAP

    def _lay_out(self) -> None:
        self._named = named = QHBoxLayout()
        named.setSpacing(8)
        named.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        named.addWidget(self._state, 1, Qt.AlignmentFlag.AlignVCenter)
        self._said = said = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        said.setSpacing(8)
        said.addLayout(named)
        said.addWidget(self._sentence, 1, Qt.AlignmentFlag.AlignVCenter)
        switches = QHBoxLayout()
        switches.setSpacing(8)
        switches.addWidget(self.meter)
        switches.addSpacing(4)
        for button in (self.hands_free, self.mute, self.headphones, self.volume):
            switches.addWidget(button)
        tools = Flow(self.action, spacing=8, line_spacing=4)
        tools.add_stretch()
        tools.add(switches)
        self._tools = QWidget()
        self._tools.setLayout(tools)
        self._holder = QWidget()
        self._state_line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._holder)
        self._state_line.setContentsMargins(4, 0, 0, 0)
        self._state_line.setSpacing(8)
        self._state_line.addLayout(said, 1)
        self._state_line.addWidget(self._tools)
        actions = QHBoxLayout()
        actions.setContentsMargins(0, 0, 0, 0)
        actions.setSpacing(GAP)
        actions.addWidget(self.talk)
        actions.addWidget(self.entry, 1)
        actions.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._holder)
        layout.addLayout(actions)
