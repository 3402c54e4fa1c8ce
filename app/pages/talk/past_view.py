"""A past session, to read and to hear."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.pages.talk.column import Column
from app.pages.talk.turn_card import TurnCard
from app.storage.past import PastTurn
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.name_label import NameLabel
from app.widgets.words import Words


class PastView(QWidget):
    closed = Signal()
    continued = Signal()
    """The session shall go on."""
    shown = Signal(object)
    """A `PastTurn` for the panels."""
    more_requested = Signal()

    def __init__(self, connect: Callable[[TurnCard], None]) -> None:
        """`connect` joins a card's signals to whoever plays, compares and exports."""
        super().__init__()
        self._connect = connect
        self.cards: list[TurnCard] = []
        self._title = NameLabel(scale=1.25, bold=True)
        self._title.setAccessibleName("Session")
        self._problem = Words(role="muted", scale=0.92)
        self.back = QPushButton("Back")
        self.back.setToolTip("To the conversation that is being had")
        self.back.clicked.connect(self.closed)
        self.resume = QPushButton("Continue")
        self.resume.setToolTip("The model remembers of it what fits, and what follows is kept in the same session")
        self.resume.clicked.connect(self.continued)
        self._scroll = Column()
        self._scroll.setAccessibleName("Turns of the session")
        self._turns = self._scroll.parts
        self.more = theme.button("")
        self.more.clicked.connect(self.more_requested)
        self._turns.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        self._turns.addStretch()
        head = Flow(self._title, spacing=12, line_spacing=8)
        head.setContentsMargins(0, 0, 12, 0)
        head.add_stretch()
        head.add(Flow(self.resume, self.back))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(self._problem)
        layout.addWidget(self._scroll, 1)

    def show_turns(self, title: str, turns: list[PastTurn], waiting: int = 0, problem: str = "") -> None:
        """Shows a session from its beginning; so many more turns are `waiting` to be asked for.

        `problem`: sentences about what of it cannot be read.
        """
        self._title.setText(title)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        for card in self.cards:
            self._turns.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        self.add_turns(turns, waiting)
        self._scroll.verticalScrollBar().setValue(0)
        self.shown.emit(turns[-1] if turns else None)

    def add_turns(self, turns: list[PastTurn], waiting: int) -> None:
        """The turns that follow those on the screen."""
        for turn in turns:
            card = TurnCard(turn, turn.model)
            self._connect(card)
            self._turns.insertWidget(len(self.cards), card)
            self.cards.append(card)
        self.more.setText("One more turn" if waiting == 1 else f"{waiting} more turns")
        self.more.setVisible(waiting > 0)
