"""The Talk page: past sessions, the conversation, and around it what the engine does."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.core.turn import ChatTurn
from app.engine_client.commands import Memory, ModelFacts
from app.pages.talk import clipboard, sounds_in_memory
from app.pages.talk.chat_view import ChatView
from app.pages.talk.drop_sign import DropSign
from app.pages.talk.past_view import PastView
from app.pages.talk.question_entry import files_of, pasted_files
from app.pages.talk.sessions_view import SessionsView
from app.pages.talk.turn_card import TurnCard
from app.storage.library import Library
from app.storage.past import PastTurn, load_latest, load_some, with_sounds
from app.storage.records import StoredTurn
from app.widgets import theme
from app.widgets.docks import Docks
from app.widgets.drawer import Drawer
from app.widgets.panels.depth import DepthPanel
from app.widgets.panels.memory import MemoryPanel
from app.widgets.panels.speed import SpeedPanel
from app.widgets.panels.timeline import TimelinePanel
from app.widgets.schedules.picker import SchedulePicker

SESSIONS_WIDTH = 224  # pixels at the usual text size
GAP = 16  # pixels between the sessions and the conversation
SEEDS = 2**31  # as many as the settings take
MOST_SHOWN = 24  # turns of a session that goes on


class TalkPage(Docks):
    new_session = Signal()
    private_session = Signal()
    compare_requested = Signal(object)
    """A turn whose question shall be asked under other schedules."""
    export_requested = Signal(object)

    def __init__(
        self, conversation: Conversation, sound: Sound, library: Library | None, schedule: str, session: Callable[[], str] = str
    ) -> None:
        """`session` names the one that is being had."""
        self._middle = QStackedWidget()
        centre = QWidget()
        super().__init__(centre)
        self._conversation, self._sound, self._library = conversation, sound, library
        self._playing: TurnCard | None = None
        self._past_session = ""
        self.chat = ChatView(conversation)
        self.chat.card_added.connect(self._add_live)
        self.chat.card_removed.connect(self._forget_card)
        self.chat.private_ended.connect(self.new_session)
        self.chat.earlier_requested.connect(self._show_earlier)
        self.past = PastView(self.connect_card)
        self.past.closed.connect(self.show_conversation)
        self.past.continued.connect(lambda: self.continue_session(self._past_session))
        self.past.more_requested.connect(self._read_more)
        self._waiting: list[StoredTurn] = []  # turns of the past session that have not been read
        self._shown_past: PastTurn | None = None
        self.past.shown.connect(lambda turn: setattr(self, "_shown_past", turn))
        self.sessions = SessionsView(library, session) if library is not None else None
        self.picker = SchedulePicker(schedule)
        self.picker.setProperty("role", "card")
        self.picker.chosen.connect(conversation.choose_schedule)
        self.picker.pooling_chosen.connect(conversation.choose_pooling)
        self.picker.seed_chosen.connect(conversation.choose_seed)
        self.picker.sampling_chosen.connect(lambda temperature, top_p: conversation.choose_sampling(temperature, top_p))
        self.depths, self.speed, self.timeline, self.memory = DepthPanel(), SpeedPanel(), TimelinePanel(), MemoryPanel()
        self.depths.token_clicked.connect(self._seek)
        self._drop_sign = DropSign(self._middle)
        self.setAcceptDrops(True)
        self._lay_out(centre)

    def set_model(self, model: ModelFacts) -> None:
        """Another model is loaded."""
        self.picker.set_model(model)
        self._later.start()
        if self._conversation.sampling is None:
            self.picker.editor.sampling.show_values(*model.sampling)

    def use_own_sampling(self) -> None:
        """Tokens are drawn as the model's makers set it."""
        self._conversation.choose_own_sampling()
        if self._conversation.model is not None:
            self.picker.editor.sampling.show_values(*self._conversation.model.sampling)

    def allow_imports(self, gigabytes: int) -> None:
        """How much a file of sessions may unpack to."""
        if self._library is not None:
            self._library.largest_import = gigabytes * 10**9

    def show_memory(self, memory: Memory | None) -> None:
        """None while no model is loaded."""
        self._memory = memory

    def tick(self) -> None:
        """At half of the display rate."""
        self.chat.refresh()
        self._follow_replay()

    def tick_panels(self) -> None:
        """At a quarter of it."""
        turn = self._shown_past if self._middle.currentWidget() is self.past else self._conversation.last
        self._measure_by(getattr(turn, "model", None) or self._conversation.model)
        record = turn.record if turn else None
        self.depths.refresh(record)
        self.speed.refresh(record, turn.waiting if turn else ())
        self.timeline.refresh(record, turn.played if turn else None)
        self.memory.refresh(self._memory)

    def bound_sounds(self) -> None:
        """Now and then: sounds that need not be in memory leave it."""
        for cards in (self.chat.cards, self.past.cards):
            sounds_in_memory.bound(cards)

    def _measure_by(self, model: ModelFacts | None) -> None:
        """A turn of another model is as deep as that one, and its voice needs what that one's does."""
        if model is not None and model != self._measure:
            self._measure = model
            self.depths.set_layers(model.layers)
            self.speed.set_speech_rate(model.speech_rate)

    def show_session(self, session: str) -> None:
        """Reads a past session and shows it; the one under way is shown live."""
        if self.drawer is not None:
            self.drawer.close_over()
        if self.sessions is None or session == self.sessions.current:
            return self.show_live()
        self._read(self.sessions, session)

    def open_file(self, source: Path) -> None:
        """A file of sessions that the desktop or the command line has named: they are imported, and the first is shown."""
        if self.sessions is None:
            return
        if self.drawer is not None and not self.drawer.is_shown:
            self.drawer.toggle()  # it says what came of it
        self.sessions.take(source, lambda done: self.show_session([*done.new, *done.grown, *done.known][0]))

    def _show_earlier(self) -> None:
        if self.sessions is not None and self.sessions.current:
            self._read(self.sessions, self.sessions.current, self.past.back.setFocus)

    def _read(self, sessions: SessionsView, session: str, then: Callable[[], object] = lambda: None) -> None:
        library, self._past_session = sessions.library, session

        def read() -> tuple[str, str, list[PastTurn], list[StoredTurn]]:
            turns = [turn for turn in library.turns(session) if turn.state != "running"]
            info = next((info for info in library.sessions() if info.id == session), None)
            title, problem = (info.title or info.words, info.problem) if info is not None else (session, "")
            return title, problem, *load_some(turns)

        def show(found: tuple[str, str, list[PastTurn], list[StoredTurn]]) -> None:
            title, problem, turns, self._waiting = found
            self.past.show_turns(title, turns, len(self._waiting), problem)
            self.past.resume.setVisible(session != sessions.current)
            self.past.resume.setEnabled(self._conversation.model is not None and bool(turns))
            self._middle.setCurrentWidget(self.past)
            then()

        sessions.run(read, show)

    def continue_session(self, session: str) -> None:
        """A past session goes on; the one under way is only shown."""
        if self.sessions is None or session == self.sessions.current:
            return self.show_conversation()
        library = self.sessions.library
        if self._conversation.model is None:
            self._conversation.hint = "A session can go on once a model is loaded."
            return self.show_conversation()

        def read() -> tuple[list[PastTurn], int]:
            return load_latest([turn for turn in library.turns(session) if turn.state != "running"], MOST_SHOWN)

        def go_on(found: tuple[list[PastTurn], int]) -> None:
            self._conversation.resume(session, *found)
            self.chat.show_anew()
            self.show_conversation()

        self.sessions.run(read, go_on)

    def _read_more(self) -> None:
        if self.sessions is None:
            return
        turns, self._waiting = self._waiting, []
        self.past.more.hide()

        def show(found: tuple[list[PastTurn], list[StoredTurn]]) -> None:
            loaded, self._waiting = found
            self.past.add_turns(loaded, len(self._waiting))

        self.sessions.run(lambda: load_some(turns), show)

    def entered(self) -> None:
        """The page is shown: the keys that talk shall talk."""
        self.chat.take_focus()

    def show_live(self) -> None:
        """The conversation, where a past one is shown; the keys stay where they are."""
        self._middle.setCurrentWidget(self.chat)

    def show_conversation(self) -> None:
        self.show_live()
        self.chat.take_focus()

    def connect_card(self, card: TurnCard) -> None:
        card.play_requested.connect(lambda which, seconds, card=card: self._play(card, which, seconds))
        card.stop_requested.connect(self._conversation.stop)
        card.reask_requested.connect(lambda _, *how, card=card: self._use_sounds(card, lambda turn: self._reask(turn, *how)))
        card.insist_requested.connect(lambda card=card: self._use_sounds(card, self._insist))
        card.again_requested.connect(lambda new, card=card: self._use_sounds(card, lambda turn: self._again(turn, new)))
        card.copy_requested.connect(lambda words, card=card: clipboard.copy(words, card))
        card.copy_all_requested.connect(self.copy_conversation)
        card.compare_requested.connect(lambda _, card=card: self._use_sounds(card, self.compare_requested.emit))
        card.export_requested.connect(lambda _, card=card: self._use_sounds(card, self.export_requested.emit))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        files = files_of(event.mimeData())
        if files:
            event.acceptProposedAction()
            self._drop_sign.show_over(len(files))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_sign.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_sign.hide()
        event.acceptProposedAction()
        self._ask_files(files_of(event.mimeData()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody on the page had a use for: files are pasted anywhere on it."""
        if files := pasted_files(event):
            self._ask_files(files)
        else:
            super().keyPressEvent(event)

    def choose_files(self) -> None:
        """Asks which sound files shall be asked."""
        self.show_conversation()
        self.chat.choose_files()

    def _ask_files(self, files: list[Path]) -> None:
        self.show_conversation()
        self._conversation.ask_files(files)

    def regenerate(self) -> None:
        """Asks the last question of the conversation again, as it was asked."""
        last = self._conversation.last
        if last is not None and last.is_over:
            self._again(last, new_seed=False)

    def copy_conversation(self) -> None:
        """All that was said in what is shown is on the clipboard, also what is only on disk."""
        is_past = self._middle.currentWidget() is self.past
        sessions = self.sessions
        session = self._past_session if is_past else sessions.current if sessions is not None else ""
        live = [] if is_past else self._conversation.turns
        if sessions is None or not session:
            return clipboard.copy(clipboard.as_markdown(live), self)
        running = [turn for turn in live if not turn.is_over]

        def read() -> str:
            kept = [turn for turn in sessions.library.turns(session) if turn.state != "running"]
            return clipboard.as_markdown([*kept, *running])

        sessions.run(read, lambda words: clipboard.copy(words, self))

    def restore(self, memory: QSettings) -> None:
        """As it was left; the first time, as it looks best."""
        schedule, depth, speed = self.docks[:3]
        self.resizeDocks([schedule, depth, speed], [1, 360, 260], Qt.Orientation.Vertical)  # the first as low as it can be
        self.remember_first()
        super().restore(memory)
        if self.drawer is not None:
            self.drawer.is_wanted = memory.value("sessions", "true") != "false"
        self.fit()

    def save(self, memory: QSettings) -> None:
        super().save(memory)
        if self.drawer is not None:
            memory.setValue("sessions", "true" if self.drawer.is_wanted else "false")

    def core(self) -> QSize:
        return self._middle.minimumSizeHint()

    def fit_middle(self) -> None:
        if self.drawer is not None:
            self.drawer.set_room(self.width() >= self._room_needed().width() + theme.scaled(SESSIONS_WIDTH) + GAP)

    def beside_core(self) -> int:
        is_beside = self.drawer is not None and self.drawer.has_room and self.drawer.is_shown
        return theme.scaled(SESSIONS_WIDTH) + GAP if is_beside else 0

    # --- inside -------------------------------------------------------------------------------------------------------

    _memory: Memory | None = None
    _measure: ModelFacts | None = None  # the model by which the panels draw

    def _add_live(self, card: TurnCard) -> None:
        model = getattr(card.turn, "model", None) or self._conversation.model
        if model is not None:
            card.set_model(model)
        self.connect_card(card)

    def _forget_card(self, card: TurnCard) -> None:
        if card is self._playing:
            self._playing = None

    def _play(self, card: TurnCard, which: str, seconds: float) -> None:
        def play(turn: ChatTurn) -> None:
            pieces, rate = getattr(turn, f"{which}_samples"), getattr(turn, f"{which}_rate")
            self._conversation.play((id(card), which), pieces, rate, seconds)
            self._playing = card

        self._use_sounds(card, play)

    def _use_sounds(self, card: TurnCard, use: Callable[[ChatTurn], object]) -> None:
        """`use` gets the card's turn with its sounds: at once, or as soon as the library has given them back."""
        turn, question = card.turn, self._conversation.question
        if not turn.is_soundless or turn.folder is None or self.sessions is None:
            use(turn)
            return

        def go_on(whole: ChatTurn) -> None:
            is_shown = card in self.chat.cards or card in self.past.cards
            if is_shown and self._conversation.question is question:  # who has begun to speak meanwhile comes first
                use(whole)

        self.sessions.run(lambda: with_sounds(turn), go_on)

    def _follow_replay(self) -> None:
        """Moves the play head on the card that is heard."""
        replay, card = self._conversation.replay, self._playing
        if card is None:
            return
        for which in ("question", "reply"):
            is_heard = replay is not None and replay.what == (id(card), which)
            card.set_position(which, replay.seconds if replay is not None and is_heard else None)
        if replay is None or replay.what[0] != id(card):
            self._playing = None

    def _seek(self, index: int) -> None:
        cards = self.past.cards if self._middle.currentWidget() is self.past else self.chat.cards
        if cards:
            cards[-1].seek_token(index)

    def _reask(self, turn: ChatTurn, schedule: str, pooling: str) -> None:
        self.show_conversation()
        self._conversation.ask_again(turn, replace(self._conversation.how, schedule=schedule, pooling=pooling))

    def _insist(self, turn: ChatTurn) -> None:
        self.show_conversation()
        self._conversation.insist(turn)

    def _again(self, turn: ChatTurn, new_seed: bool) -> None:
        self.show_conversation()
        self._conversation.regenerate(turn, secrets.randbelow(SEEDS) if new_seed else None)

    def _lay_out(self, centre: QWidget) -> None:
        self._middle.addWidget(self.chat)
        self._middle.addWidget(self.past)
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(GAP)
        self.drawer: Drawer | None = None
        if self.sessions is not None:
            theme.fix(self.sessions, width=SESSIONS_WIDTH)
            self.sessions.opened.connect(self.show_session)
            self.sessions.new_requested.connect(self.new_session)
            self.sessions.continue_requested.connect(self.continue_session)
            self.sessions.private_requested.connect(self.private_session)
            self.drawer = Drawer(self.sessions, row, self)
        row.addWidget(self._middle, 1)
        right = Qt.DockWidgetArea.RightDockWidgetArea
        schedule = self.add("Schedule", self.picker, right, key="panel_schedule")
        depth = self.add("Depth", self.depths, right, schedule, "panel_depth")
        speed = self.add("Speed", self.speed, right, depth, "panel_speed")
        for name, key, panel in (("Time line", "panel_timeline", self.timeline), ("Memory", "panel_memory", self.memory)):
            self.tabifyDockWidget(speed, self.add(name, panel, right, key=key))
        speed.raise_()
