"""A small window that stays in front of others: what is going on, and the button to talk."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.conversation import Conversation
from app.core.status import ACTIVE, WARNING, Status
from app.pages.talk.talk_button import TalkButton
from app.widgets import theme
from app.widgets.icon_button import IconButton
from app.widgets.words import Words

WIDTH, HEIGHT = 340, 184  # pixels at the usual text size


class SmallWindow(QWidget):
    """Belongs to the window that made it, and is hidden at first. `refresh` is called at display rate."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.WindowCloseButtonHint)
        self.setWindowTitle("Refrain: talk")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._conversation = conversation
        self._shown: tuple[Status, bool] | None = None
        self._dot = theme.label("●")
        self._state = theme.label("", bold=True)
        self._sentence = Words(role="muted", lines=2)
        self._sentence.setAccessibleName("State")
        self.talk = TalkButton()
        self.talk.show_key("")
        self.stop = QPushButton("Stop")
        self.stop.setAccessibleName("Stop")
        self.mute = IconButton("Mute", "the microphone is ignored; a reply goes on", "microphone", "microphone-off", danger=True)
        head, foot, layout = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self._dot)
        head.addWidget(self._state, 1)
        head.addWidget(self.mute)
        foot.addWidget(self.talk, 1)
        foot.addWidget(self.stop)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.addLayout(head)
        layout.addWidget(self._sentence, 1)
        layout.addLayout(foot)
        theme.fix(self, WIDTH, HEIGHT)  # nothing moves under the pointer
        self.talk.held.connect(conversation.press)
        self.talk.let_go.connect(conversation.lift)
        self.stop.clicked.connect(conversation.stop)
        self.mute.clicked.connect(conversation.set_muted)

    def toggle(self) -> None:
        """Shows it, or hides it if it is there."""
        if self.isVisible():
            self.hide()
            return
        self.refresh()
        self.show()
        self.raise_()

    def refresh(self) -> None:
        status = self._conversation.status()
        shown = (status, self._conversation.muted)
        if shown == self._shown:
            return
        self._shown = shown
        colours = theme.now()
        colour = colours.danger if status.state in WARNING else colours.accent if status.state in ACTIVE else colours.muted
        palette = self._dot.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colour))
        self._dot.setPalette(palette)
        self._state.setText(status.state)
        self._sentence.setText(status.sentence)
        question = self._conversation.question
        self.talk.show_question(question.ends_by if question is not None else None)
        self.mute.setChecked(self._conversation.muted)
        self.stop.setEnabled(self._conversation.is_busy)

    def changeEvent(self, event: QEvent) -> None:
        """Colours are another theme's."""
        if event.type() == QEvent.Type.PaletteChange:
            self._shown = None
        super().changeEvent(event)
