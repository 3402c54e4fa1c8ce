"""Choosing a set of questions: those that ship, the sounds of a folder, lines, or what was asked in a past conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from app.core.background import Background
from app.listening import prompts
from app.listening.prompts import SetPrompt
from app.pages.talk.session_list import name_of
from app.storage.library import Library
from app.storage.records import SessionInfo, StoredTurn
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.schedules.chooser import Chooser
from app.widgets.words import Words

SHIPPED, FOLDER, LINES, CONVERSATION = range(4)
SOURCES = ("Spoken questions that ship", "The sounds in a folder", "Questions that you write", "A past conversation")
COUNTS = (12, 24, 40, 80, prompts.MOST)
DEFAULT_COUNT = 24
HEIGHT, LIST_HEIGHT = 36, 132  # pixels of a field, and of what has several lines
SESSIONS = 100  # that are offered
Wanted = tuple[str, Callable[[], list[SetPrompt]], bool]
"""What the set is called, what makes its prompts (not on the screen's thread), and whether they are spoken."""


class SetFields(QWidget):
    """`changed` when another set is chosen, or none."""

    changed = Signal()

    def __init__(self, library: Library | None = None) -> None:
        super().__init__()
        self._library = library
        self._folder: Path | None = None
        self._sessions: Sequence[SessionInfo] = ()
        self._background = Background("prompts", self)
        self.source, self.count, self.session = Chooser(), Chooser(), Chooser()
        self.text = QPlainTextEdit(placeholderText="One question per line", tabChangesFocus=True)
        self.choose = theme.button("Choose…", "Choose a folder of sounds")
        self.turns = QListWidget()
        self._folder_words, self._problem = Words("No folder is chosen.", "muted", least=120), Words(role="danger")
        self._fill()
        self._lay_out()
        self.source.currentIndexChanged.connect(self._show_source)
        self.session.currentIndexChanged.connect(self._open_session)
        self.choose.clicked.connect(self._choose_folder)
        for signal in (self.count.currentIndexChanged, self.text.textChanged, self.turns.itemChanged):
            signal.connect(lambda *_: self.changed.emit())

    # --- what is chosen -----------------------------------------------------------------------------------------------

    def wanted(self) -> Wanted | None:
        """The set that is chosen; None while there is none."""
        match self.source.currentIndex():
            case kind if kind == SHIPPED:
                count = self.count.currentData()
                return "Spoken questions", lambda: prompts.bundled(count), True
            case kind if kind == FOLDER and self._folder is not None:
                folder = self._folder
                return folder.name, lambda: prompts.in_folder(folder), True
            case kind if kind == LINES and (text := self.text.toPlainText()).strip():
                return "Written questions", lambda: prompts.in_lines(text), False
            case kind if kind == CONVERSATION and (turns := self._chosen_turns):
                return self.session.currentText(), lambda: prompts.of_turns(turns), any(turn.spoken for turn in turns)
        return None

    def set_folder(self, folder: Path) -> None:
        """The sounds in it are the questions."""
        self._folder = folder
        self._folder_words.setText(str(folder))
        self.changed.emit()

    def entered(self) -> None:
        """The page is shown: there may be other conversations than before."""
        if self.source.currentIndex() == CONVERSATION:
            self._look_for_sessions()

    def close_threads(self) -> None:
        """The program ends."""
        self._background.close()

    # --- a past conversation ------------------------------------------------------------------------------------------

    @property
    def _chosen_turns(self) -> list[StoredTurn]:
        items = [self.turns.item(row) for row in range(self.turns.count())]
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _look_for_sessions(self) -> None:
        library = self._library
        if library is None:
            self._say("No conversations are kept here.")
            return
        self._background.do(lambda: library.sessions()[:SESSIONS], self._offer_sessions, self._say)

    def _offer_sessions(self, found: list[SessionInfo]) -> None:
        chosen = self._session_id
        self._sessions = [info for info in found if info.turns]
        self.session.blockSignals(True)
        self.session.clear()
        self.session.addItems([name_of(info) for info in self._sessions])
        ids = [info.id for info in self._sessions]
        self.session.setCurrentIndex(ids.index(chosen) if chosen in ids else min(0, len(ids) - 1))
        self.session.blockSignals(False)
        self._say("" if self._sessions else "There is no past conversation yet.")
        self.turns.setVisible(bool(self._sessions))
        self.session.setVisible(bool(self._sessions))
        if self._session_id != chosen or not self.turns.count():
            self._open_session()

    @property
    def _session_id(self) -> str:
        place = self.session.currentIndex()
        return self._sessions[place].id if 0 <= place < len(self._sessions) else ""

    def _open_session(self) -> None:
        library, session = self._library, self._session_id
        self.turns.clear()
        if library is not None and session:
            self._background.do(lambda: library.turns(session), lambda turns: self._offer_turns(session, turns), self._say)
        self.changed.emit()

    def _offer_turns(self, session: str, found: list[StoredTurn]) -> None:
        if session != self._session_id:
            return  # another one was chosen meanwhile
        self.turns.clear()
        for turn in found:
            if not (turn.spoken or turn.heard):
                continue
            item = QListWidgetItem(turn.heard or f"Turn {turn.number}")
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setData(Qt.ItemDataRole.UserRole, turn)
            self.turns.addItem(item)
        self.changed.emit()

    # --- the fields ---------------------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        at = str(self._folder or Path.home())
        folder = QFileDialog.getExistingDirectory(self, "The folder that holds the spoken questions", at)
        if folder:
            self.set_folder(Path(folder))

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _show_source(self, source: int) -> None:
        for place, part in enumerate(self._parts):
            part.setVisible(place == source)
        self._say("")
        if source == CONVERSATION:
            self._look_for_sessions()
        self.changed.emit()

    def _fill(self) -> None:
        self.source.addItems(SOURCES)
        for count in COUNTS:
            self.count.addItem(f"{count} questions" if count < prompts.MOST else "All questions", count)
        self.count.setCurrentIndex(COUNTS.index(DEFAULT_COUNT))
        fields = (self.source, self.count, self.session, self.text, self.turns)
        names = ("Kind of set", "Number of questions", "Past conversation", "Questions, one per line", "Questions in it")
        for field, name in zip(fields, names, strict=True):
            field.setAccessibleName(name)
        for field in (self.source, self.count, self.session):
            theme.fix(field, height=HEIGHT)
        self.session.setMinimumContentsLength(12)
        self.session.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for field in (self.text, self.turns):
            theme.fix(field, height=LIST_HEIGHT)
            field.setProperty("role", "field")

    def _lay_out(self) -> None:
        folder, conversation = QWidget(), QWidget()
        folder.setLayout(Flow(self.choose, self._folder_words))
        column = QVBoxLayout(conversation)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.session)
        column.addWidget(self.turns)
        self._parts = (self.count, folder, self.text, conversation)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.source)
        for part in self._parts:
            layout.addWidget(part)
        layout.addWidget(self._problem)
        self._show_source(SHIPPED)
