"""The conversation's side of the window: its turns, and the bar to act with."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.core.conversation import Conversation
from app.core.sound_files import KINDS
from app.core.status import Intent
from app.pages.talk.column import Column, in_the_middle
from app.pages.talk.private_banner import PrivateBanner
from app.pages.talk.talk_bar import TalkBar
from app.pages.talk.turn_card import TurnCard
from app.pages.talk.welcome_card import WelcomeCard
from app.widgets import save_dialog, theme

SLOW = 2  # refreshes between two of what moves most: the meter, and the card of a reply that grows


class ChatView(QWidget):
    """Emits `acted` with what a status's button asks of the window, such as "choose_device"."""

    acted = Signal(str)
    card_added = Signal(TurnCard)
    card_removed = Signal(TurnCard)
    private_ended = Signal()
    """An ordinary session shall begin."""
    earlier_requested = Signal()
    """The turns that were let go shall be shown from the library."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self._conversation = conversation
        self.cards: list[TurnCard] = []
        self.most_cards: int | None = None
        """How many turns stay on the screen and in memory; None is all."""
        self._refreshes = 0
        self.earlier = theme.button("Earlier turns of this session")
        self.earlier.clicked.connect(self.earlier_requested)
        self.earlier.hide()
        self.private = PrivateBanner()
        self.private.end.clicked.connect(self.private_ended)
        self.bar = bar = TalkBar()
        self.talk, self.entry, self.stop, self.meter = bar.talk, bar.entry, bar.stop, bar.meter
        bar.pressed.connect(conversation.press)
        bar.lifted.connect(conversation.lift)
        bar.asked.connect(conversation.ask)
        self.entry.files_pasted.connect(conversation.ask_files)
        self.entry.file_wanted.connect(self.choose_files)
        bar.stopped.connect(conversation.stop)
        bar.hands_free_chosen.connect(conversation.set_hands_free)
        bar.mute_chosen.connect(conversation.set_muted)
        bar.headphones_chosen.connect(conversation.set_headphones)
        bar.volume.volume_chosen.connect(conversation.set_volume)
        bar.volume.mute_chosen.connect(conversation.set_speaker_muted)
        bar.acted.connect(self._act)
        self._scroll = Column()
        self._lay_out()

    @property
    def status(self) -> str:
        """The state and sentence on the screen."""
        return self.bar.status

    def refresh(self) -> None:
        """Shows the conversation as it is now."""
        conversation = self._conversation
        for turn in conversation.turns[len(self.cards) :]:
            self._add(TurnCard(turn))
        follow = self._at_end()
        if self.most_cards is not None and len(self.cards) > self.most_cards and follow:
            self._let_go(len(self.cards) - self.most_cards)
        self._refreshes += 1
        is_slow_turn = self._refreshes % SLOW == 0
        if self.isVisible():
            for card in self.cards[-2:]:  # older ones are over
                if is_slow_turn or card.turn.is_over:
                    card.refresh()
        if follow:
            self._follow = True
        question = conversation.question
        self.bar.show_status(conversation.status())
        self.bar.show_choices(conversation.hands_free, conversation.muted, conversation.headphones)
        self.private.setVisible(conversation.is_private)
        self._welcome.show_model(conversation.model)
        self.bar.volume.show_volume(conversation.volume, conversation.speaker_muted)
        self.bar.show_activity(question.ends_by if question else None, conversation.is_busy or len(conversation.files) > 0)
        if is_slow_turn:
            self.bar.show_level(conversation.take_level(), question is not None)

    def clear(self) -> None:
        """Shows no turns, as before the first question."""
        for card in self.cards:
            self._remove(card)
        self.earlier.hide()
        if self.cards:
            self._turns.insertStretch(1)
            self._welcome.show()
        self.cards = []

    def choose_files(self) -> None:
        """Asks which sound files shall be asked."""
        names, _ = QFileDialog.getOpenFileNames(self, "Ask sound files", str(save_dialog.folder()), KINDS)
        if names:
            save_dialog.remember(Path(names[0]))
            self._conversation.ask_files([Path(name) for name in names])

    def show_anew(self) -> None:
        """Shows another conversation from its latest turns on."""
        self.clear()
        self.earlier.setVisible(self._conversation.transcript.let_go > 0)
        self.refresh()

    def _let_go(self, count: int) -> None:
        """The oldest turns leave the screen, not the library."""
        for card in self.cards[:count]:
            self._remove(card)
        del self.cards[:count]
        self._conversation.transcript.keep_newest(len(self.cards))
        self.earlier.show()

    def _remove(self, card: TurnCard) -> None:
        self._turns.removeWidget(card)
        card.hide()
        card.deleteLater()
        self.card_removed.emit(card)

    def take_focus(self) -> None:
        """The keyboard belongs to the talk button."""
        self.talk.setFocus()

    def _lay_out(self) -> None:
        self._turns = self._scroll.parts
        self._welcome = WelcomeCard()
        self._welcome.chosen.connect(self._suggest)
        self._turns.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        self._turns.addStretch()
        self._turns.addWidget(self._welcome)
        self._turns.addStretch()
        bar = self._scroll.verticalScrollBar()
        self._follow = True
        bar.rangeChanged.connect(lambda _, top: bar.setValue(top if self.cards else 0) if self._follow else None)
        bar.valueChanged.connect(lambda _: setattr(self, "_follow", self._at_end() or not self.cards))

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self.private)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(in_the_middle(self.bar))

    def _act(self, intent: Intent) -> None:
        if not self._conversation.act(intent):
            self.acted.emit(intent)

    def _suggest(self, text: str) -> None:
        self.take_focus()  # before the button that may have it is gone
        self._conversation.ask(text)

    def _add(self, card: TurnCard) -> None:
        if self._welcome.isVisibleTo(self):
            self._welcome.hide()
            self._turns.takeAt(1)  # the stretch above: turns begin at the top
        self._turns.insertWidget(self._turns.count() - 1, card)
        self.cards.append(card)
        self.card_added.emit(card)
        self._follow = True

    def _at_end(self) -> bool:
        bar = self._scroll.verticalScrollBar()
        return bar.value() >= bar.maximum() - 8
