"""The bottom of the conversation: what is going on, and the ways to act: talk, type, stop."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.core.status import ACTIVE, WARNING, EndsBy, Intent, Status
from app.pages.talk.level_meter import LevelMeter
from app.pages.talk.question_entry import QuestionEntry
from app.pages.talk.talk_button import TalkButton
from app.pages.talk.volume_button import VolumeButton
from app.settings import shortcuts
from app.widgets import theme
from app.widgets.fitted import Fitted
from app.widgets.icon_button import IconButton
from app.widgets.words import Words

LINES = 3  # of a sentence, for which there is always room
BESIDE = 56  # letters of the sentence that have room beside the switches, or it stands above them
LOWEST = Qt.AlignmentFlag.AlignBottom
GAP = 12  # pixels between talk, type and stop
PLACEHOLDERS = ("Or type a question", "Type")
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
        self._rows = (-1, -1, -1)  # of the sentence, the meter or button, and the switches
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
        self.headphones = IconButton("Headphones", "with them on, no echo has to be taken out", "headphones")
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
        self._fit()
        self._show_aside()
        self._settle()

    def show_level(self, peak: float | None, active: bool) -> None:
        """The microphone's peak 0..1 since the last call (None: there is no microphone); `active` while it counts."""
        self._has_microphone = peak is not None
        self._show_aside()
        if peak is not None:
            self.meter.add(peak, active)

    def _settle(self) -> None:
        """Lays everything out at once: a click that comes before Qt does so must find what it was meant for."""
        self._words.activate()
        around: QWidget | None = self._holder
        while around is not None:
            if (layout := around.layout()) is not None:
                layout.activate()
            around = around.parentWidget()

    @property
    def _has_button(self) -> bool:
        return self._status is not None and self._status.intent not in HAVE_A_BUTTON

    def _show_aside(self) -> None:
        """The meter gives way to a button: the sentence beside that is the longer one."""
        shown = {self.action: self._has_button, self.meter: self._has_microphone and not self._has_button}
        for part in sorted(shown, key=shown.__getitem__):  # the one that goes first, so that there is never room for both
            part.setVisible(shown[part])

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
        self._place_sentence()

    def _place_sentence(self) -> None:
        """Beside the switches where the bar is wide, else above them: they stay where they are, whatever is said."""
        line, letter = self._sentence.fontMetrics().lineSpacing(), self._sentence.fontMetrics().averageCharWidth()
        width, switches = self.width() - 4, self._switches.sizeHint().width()
        is_beside = width - switches - self.meter.sizeHint().width() >= BESIDE * letter
        button = self.action.sizeHint().width() if self._has_button else 0
        rows = (0, 0, 0) if is_beside else (0, 1, 1) if button + switches + 2 * 8 <= width else (0, 1, 2)
        if rows != self._rows:
            self._rows = rows
            for part in (self._said, self.action, self.meter, self._switches):
                self._parts.removeWidget(part)
            side = Qt.AlignmentFlag.AlignRight if is_beside else Qt.AlignmentFlag.AlignLeft
            self._parts.addWidget(self._said, 0, 0, 1, 1 if is_beside else 3)
            for part in (self.action, self.meter):  # never both
                self._parts.addWidget(part, rows[1], int(is_beside), 1, 1 if rows[1] == rows[2] else 3, side | LOWEST)
            self._parts.addWidget(self._switches, rows[2], 2, Qt.AlignmentFlag.AlignRight | LOWEST)
            level = Qt.AlignmentFlag.AlignVCenter if is_beside else Qt.AlignmentFlag.AlignTop
            self._sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | level)
            for part in (self._dot, self._state):
                self._named.setAlignment(part, level)
        room = width - (switches + max(button, self.meter.sizeHint().width()) + 2 * 8 if is_beside else 0)
        head = self._dot.sizeHint().width() + self._state.sizeHint().width() + 2 * 8
        saved = self._sentence.heightForWidth(max(1, room - head)) - self._sentence.heightForWidth(room) - line
        way = QBoxLayout.Direction.TopToBottom if saved > line // 2 else QBoxLayout.Direction.LeftToRight
        if self._words.direction() != way:
            self._words.setDirection(way)
        if self._holder.minimumHeight() != LINES * line:
            self._holder.setMinimumHeight(LINES * line)  # the bar must not jump

    def _needs(self, detail: int, key: str, placeholder: str) -> int:
        """Pixels across."""
        metrics = self.fontMetrics()
        entry = metrics.horizontalAdvance(placeholder) + 72  # and its icon
        frame = self.stop.sizeHint().width() - metrics.horizontalAdvance(self.stop.text())
        return self.talk.width_of(detail) + entry + frame + metrics.horizontalAdvance(f"Stop{key}") + 2 * GAP

    def _lay_out(self) -> None:
        self._named = named = QHBoxLayout()
        named.setSpacing(8)
        named.addWidget(self._dot)
        named.addWidget(self._state, 1)
        self._said = QWidget()
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._said)
        self._words.setContentsMargins(0, 0, 0, 0)
        self._words.setSpacing(8)
        self._words.addLayout(named)
        self._words.addWidget(self._sentence, 1)
        self._switches = QWidget()
        self._switches.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        switches = QHBoxLayout(self._switches)
        switches.setContentsMargins(0, 0, 0, 0)
        switches.setSpacing(8)
        for button in (self.hands_free, self.mute, self.headphones, self.volume):
            switches.addWidget(button)
        self.meter.setMinimumHeight(self._switches.sizeHint().height())  # in one line with them
        self._holder = QWidget()
        self._parts = parts = QGridLayout(self._holder)
        parts.setContentsMargins(4, 0, 0, 0)
        parts.setSpacing(8)
        parts.setColumnStretch(0, 1)
        for part in (self._said, self.action, self.meter, self._switches):
            parts.addWidget(part)
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
