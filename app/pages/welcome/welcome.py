"""The first run: four short steps over the window, each of which may be skipped."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.pages.welcome.hello_step import HelloStep
from app.pages.welcome.microphone_step import MicrophoneStep
from app.pages.welcome.ready_step import ReadyStep
from app.pages.welcome.speaker_step import SpeakerStep
from app.pages.welcome.step import WelcomeStep
from app.settings import shortcuts
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.scroll import Body, Scroll

TICK = 33  # milliseconds
SIZE = QSize(640, 520)  # at the usual text size
BESIDE = 48  # pixels of the screen that it leaves free


class Welcome(QDialog):
    """Show it with `open()`. The devices that are chosen in it are in use at once, and are the sound's `chosen` ones."""

    completed = Signal(bool)  # whether headphones are worn
    skipped = Signal()

    def __init__(self, conversation: Conversation, sound: Sound, keys: Mapping[str, str], parent: QWidget | None = None) -> None:
        """`keys`: see `ReadyStep`."""
        super().__init__(parent)
        self.setWindowTitle("Welcome")
        self._conversation = conversation
        self._is_over = True
        self._hands_free = False
        self._first: QWidget | None = None  # what the keyboard was put on
        self.microphone, self.speaker = MicrophoneStep(sound), SpeakerStep(sound)
        self.ready = ReadyStep(conversation.headphones, keys)
        self.steps: tuple[WelcomeStep, ...] = (HelloStep(conversation), self.microphone, self.speaker, self.ready)
        self.pages = QStackedWidget()
        for step in self.steps:
            self.pages.addWidget(_scrolled(step))
            step.changed.connect(self._show_buttons)
            step.passed.connect(self.next)
        self.skip_all = QPushButton("Skip all")
        self.skip_all.clicked.connect(self.reject)
        self.dots = Dots(len(self.steps))
        self.back = QPushButton("Back")
        self.back.clicked.connect(self.previous)
        self.forward = theme.button("Next", role="primary")
        self.forward.setDefault(True)
        self.forward.clicked.connect(self.next)
        shortcuts.now().bind("welcome_back", self, self.previous)
        shortcuts.now().bind("welcome_next", self, self.next)
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(lambda: self.step.tick())
        self._lay_out()
        self._show_buttons()

    @property
    def step(self) -> WelcomeStep:
        """The one on the screen."""
        return self.steps[self.pages.currentIndex()]

    def next(self) -> None:
        """The next step; after the last one it is over."""
        if self.step is self.steps[-1]:
            self.accept()
        else:
            self._go(self.pages.currentIndex() + 1)

    def previous(self) -> None:
        """The step before."""
        if self.pages.currentIndex() > 0:
            self._go(self.pages.currentIndex() - 1)

    def done(self, result: int) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._timer.stop()
        self.step.left()
        self._conversation.set_hands_free(self._hands_free)
        super().done(result)
        if result == QDialog.DialogCode.Accepted:
            self.completed.emit(self.ready.headphones.isChecked())
        else:
            self.skipped.emit()

    def showEvent(self, event: QShowEvent) -> None:
        free = self.screen().availableSize() - QSize(BESIDE, BESIDE)
        self.resize(QSize(theme.scaled(SIZE.width()), theme.scaled(SIZE.height())).boundedTo(free))
        super().showEvent(event)
        if self._is_over:
            self._is_over = False
            self._hands_free = self._conversation.hands_free
            self._conversation.set_hands_free(False)  # what is said now is no question
            self._conversation.stop()
            self._timer.start()
            self._enter()

    def _go(self, number: int) -> None:
        self.step.left()
        self.pages.setCurrentIndex(number)
        self._enter()

    def _enter(self) -> None:
        self.step.entered()
        self.step.tick()
        self._show_buttons()
        self.setWindowTitle(self.step.title)
        self._first = first = self.step.first
        (first if first is not None and first.isEnabled() else self.forward).setFocus()

    def _show_buttons(self) -> None:
        number, is_last = self.pages.currentIndex(), self.step is self.steps[-1]
        self.dots.show_place(number)
        self.back.setEnabled(number > 0)
        self.forward.setText("Start talking" if is_last else "Next" if self.step.is_done else "Skip")
        theme.set_role(self.forward, "primary" if self.step.is_done else "")
        self.skip_all.setVisible(not is_last)
        if self._first is not None and self.step.first is None and self._first.hasFocus():
            self.forward.setFocus()  # this step has nothing more to ask

    def _lay_out(self) -> None:
        foot = Flow(self.skip_all, spacing=12)
        foot.add_stretch()
        foot.add(Flow(self.back, self.forward, spacing=12))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 20)
        layout.setSpacing(16)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.dots, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(foot)


def _scrolled(step: WelcomeStep) -> Scroll:
    body = Body()
    inside = QVBoxLayout(body)
    inside.setContentsMargins(4, 4, 14, 4)  # of what has the focus the frame is seen, and the scroll bar has its place
    inside.addWidget(step)
    return Scroll(body)


class Dots(QWidget):
    """Which step of how many."""

    SIZE, GAP, LONG = 8, 8, 24  # pixels

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count, self._place = count, 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize((self._count - 1) * (self.SIZE + self.GAP) + self.LONG, self.SIZE)

    def show_place(self, number: int) -> None:
        self._place = number
        self.setAccessibleName(f"Step {number + 1} of {self._count}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left = 0
        for index in range(self._count):
            here = index == self._place
            painter.setBrush(QColor(colours.accent if here else colours.border))
            width = self.LONG if here else self.SIZE
            painter.drawRoundedRect(QRectF(left, 0, width, self.SIZE), self.SIZE / 2, self.SIZE / 2)
            left += width + self.GAP
