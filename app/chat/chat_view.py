"""The conversation's side of the window: turns, state, and the three ways to act: talk, type, stop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.chat.level_meter import LevelMeter
from app.chat.state import Status
from app.chat.talk_button import TalkButton
from app.chat.turn_card import TurnCard
from app.conversation import Conversation

SUGGESTIONS = ("What is two plus two?", "What is the capital of Italy?", "What is early exit?")


class ChatView(QWidget):
    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self._conversation = conversation
        self.cards: list[TurnCard] = []
        self.talk = TalkButton()
        self.talk.held.connect(conversation.hold)
        self.talk.let_go.connect(conversation.release)
        self.entry = QLineEdit(placeholderText="Or type a question", clearButtonEnabled=False)
        self.entry.setProperty("role", "question")
        self.entry.setAccessibleName("Question")
        self.entry.setMaxLength(4000)
        self.entry.setFixedHeight(56)
        self.entry.returnPressed.connect(self._send)
        self.stop = QPushButton("Stop   Esc")
        self.stop.setAccessibleName("Stop")
        self.stop.setToolTip("Stops the reply and its sound")
        self.stop.setFixedHeight(56)
        self.stop.clicked.connect(conversation.stop)
        self._state = theme.label("", bold=True)
        self._dot = theme.label("●")
        self._sentence = theme.label("", "muted")
        self._sentence.setWordWrap(True)
        self._sentence.setAccessibleName("State")
        self.meter = LevelMeter()
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()

    @property
    def status(self) -> str:
        """The state and sentence on the screen."""
        return f"{self._state.text()} {self._sentence.text()}"

    def refresh(self) -> None:
        """Shows the conversation as it is now."""
        for turn in self._conversation.turns[len(self.cards) :]:
            self._add(TurnCard(turn))
        follow = self._at_end()
        for card in self.cards[-2:]:  # older ones are over
            card.refresh()
        if follow:
            self._follow = True
        self._show_status(self._conversation.status())
        self.stop.setEnabled(self._conversation.is_busy)

    def _send(self) -> None:
        text = self.entry.text()
        self.entry.clear()
        self._conversation.ask(text)

    def _lay_out(self) -> None:
        self._turns = QVBoxLayout()
        self._turns.setContentsMargins(0, 0, 12, 0)
        self._turns.setSpacing(14)
        self._welcome = self._make_welcome()
        self._turns.addStretch()
        self._turns.addWidget(self._welcome)
        self._turns.addStretch()
        holder = QWidget()
        holder.setProperty("role", "turns")
        holder.setLayout(self._turns)
        self._scroll.setWidget(holder)
        bar = self._scroll.verticalScrollBar()
        self._follow = True
        bar.rangeChanged.connect(lambda _, top: bar.setValue(top) if self._follow else None)
        bar.valueChanged.connect(lambda _: setattr(self, "_follow", self._at_end()))

        state = QHBoxLayout()
        state.setContentsMargins(4, 0, 12, 0)
        state.setSpacing(8)
        state.addWidget(self._dot)
        state.addWidget(self._state)
        state.addWidget(self._sentence, 1)
        state.addWidget(self.meter)
        actions = QHBoxLayout()
        actions.setContentsMargins(0, 0, 12, 0)
        actions.setSpacing(12)
        actions.addWidget(self.talk)
        actions.addWidget(self.entry, 1)
        actions.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(state)
        layout.addLayout(actions)

    def _make_welcome(self) -> QWidget:
        welcome = QWidget()
        layout = QVBoxLayout(welcome)
        layout.setSpacing(12)
        title = theme.label("Ask something", scale=1.9, bold=True)
        words = "Hold the button or the space bar and speak, type below, or begin with one of these."
        hint = theme.label(words, "muted")
        for part in (title, hint):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            part.setWordWrap(True)
            layout.addWidget(part)
        layout.addSpacing(8)
        for text in SUGGESTIONS:
            button = QPushButton(text)
            button.clicked.connect(lambda _, text=text: self._conversation.ask(text))
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        return welcome

    def _add(self, card: TurnCard) -> None:
        if self._welcome.isVisibleTo(self):
            self._welcome.hide()
            self._turns.takeAt(0)  # the stretch above: turns begin at the top
        self._turns.insertWidget(self._turns.count() - 1, card)
        self.cards.append(card)
        self._follow = True

    def _at_end(self) -> bool:
        bar = self._scroll.verticalScrollBar()
        return bar.value() >= bar.maximum() - 8

    def _show_status(self, status: Status) -> None:
        colours = theme.now()
        self._state.setText(status.state)
        self._sentence.setText(status.sentence)
        active = status.state in ("Listening", "Thinking", "Speaking", "Loading")
        colour = colours.danger if status.state == "Error" else colours.accent if active else colours.muted
        palette = self._dot.palette()
        if palette.color(self._dot.foregroundRole()) != QColor(colour):
            palette.setColor(self._dot.foregroundRole(), QColor(colour))
            self._dot.setPalette(palette)
