"""The list of past sessions: find, open, rename, pin, delete (and undo), take out and bring in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QVBoxLayout,
)

from app.core.background import Background
from app.pages.talk.session_list import INFO, SessionDelegate, SessionModel, name_of
from app.settings import shortcuts
from app.storage import archive, file_names
from app.storage.importing import Imported, import_from
from app.storage.library import Library
from app.storage.records import SessionInfo
from app.widgets import save_dialog, theme
from app.widgets.words import Words

NOTHING = "Nothing holds these words."
EMPTY = "What you say here is kept on this machine."

KINDS = "Session (*.refrain);;Session with WAV sounds (*.refrain);;Zip file (*.zip);;Transcript (*.md);;Traces (*.jsonl)"

SAID_SECONDS = 12  # so long a sentence about what was done stays, and what can be done about it
Made = TypeVar("Made")


class SessionsView(QFrame):
    """Disk work runs on a thread of its own."""

    opened = Signal(str)
    new_requested = Signal()
    private_requested = Signal()
    continue_requested = Signal(str)
    """That session shall go on."""

    def __init__(self, library: Library, current: Callable[[], str] = str) -> None:
        """`current` names the session that is being had; "" before its first turn."""
        super().__init__()
        self.library, self._current = library, current
        self._disk = Background("library", self)
        self._deleted = ""
        self._to_select = ""
        self.setProperty("role", "card")
        self.setAccessibleName("Sessions")
        self.search = QLineEdit(placeholderText="Search", clearButtonEnabled=True)
        self.search.setAccessibleName("Search in sessions")
        self.search.textChanged.connect(self.reload)
        self.new = QPushButton("New")
        self.new.setToolTip("Begins a new session: what was said before is no longer remembered")
        self.new.setAccessibleName("New session")
        self.new.clicked.connect(self.new_requested)
        self.more = QPushButton("⋯")
        self.more.setAccessibleName("More about sessions")
        self.model = SessionModel(self)
        self.list = QListView()
        self.list.setAccessibleName("Past sessions")
        self.list.setModel(self.model)
        self.list.setItemDelegate(SessionDelegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.list.clicked.connect(self._open)
        self.note = Words(role="muted", scale=0.92)
        self.undo = QPushButton("Undo")
        self.undo.setAccessibleName("Undo delete")
        self.undo.clicked.connect(self._undo)
        self.show_file = QPushButton("Open folder")
        self.show_file.setAccessibleName("Open the folder of the exported file")
        self.show_file.clicked.connect(self._show_file)
        self._written: Path | None = None
        self._forget = QTimer(self, singleShot=True, interval=SAID_SECONDS * 1000)
        self._forget.timeout.connect(self._say_nothing)

        self._add_actions()
        self._lay_out()
        self._say("")
        self.reload()

    def close_library(self) -> None:
        """Waits for what is still being written."""
        self._disk.close(patience=None)

    def reload(self) -> None:
        """Asks the index again."""
        words = self.search.text()
        self.run(lambda: self.library.sessions(words), lambda found: self._show(found, words))

    @property
    def current(self) -> str:
        """The session that is being had: it cannot be deleted."""
        return self._current()

    @property
    def selected(self) -> SessionInfo | None:
        return self.list.currentIndex().data(INFO) if self.list.currentIndex().isValid() else None

    def select(self, session: str) -> None:
        """The keys of the list are about that one, if it is shown."""
        row = self.model.row_of(session)
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))

    # --- what the user can do -----------------------------------------------------------------------------------------

    def _open(self, index: QModelIndex) -> None:
        info = index.data(INFO)
        if info is not None:
            self.opened.emit(info.id)

    def _continue(self) -> None:
        if self.selected is not None:
            self.continue_requested.emit(self.selected.id)

    def _rename(self) -> None:
        info = self.selected
        if info is None:
            return
        title, wanted = QInputDialog.getText(self, "Rename session", "Name", text=name_of(info))
        if wanted:
            self.run(lambda: self.library.rename(info.id, title), lambda _: self.reload())

    def _pin(self) -> None:
        info = self.selected
        if info is not None:
            self.run(lambda: self.library.pin(info.id, not info.pinned), lambda _: self.reload())

    def _delete(self) -> None:
        info = self.selected
        if info is None:
            return

        row = self.list.currentIndex().row()
        beside = (self.model.index(row + step).data(INFO) for step in (1, -1, 2, -2) if 0 <= row + step < self.model.rowCount())
        following = next((one.id for one in beside if one is not None), "")

        def deleted(_: object) -> None:
            self._deleted = info.id
            self.select(following)  # so that the next key is about what is still there
            self._say(f"“{name_of(info)[:40]}” was deleted.", undo=True)
            self.reload()

        self.run(lambda: self.library.delete(info.id), deleted)

    def _undo(self) -> None:
        session, self._deleted = self._deleted, ""
        if session:
            self._say("")
            self.list.setFocus()  # the button that had it is gone
            self._to_select = session
            self.run(lambda: self.library.restore(session), lambda _: self.reload())

    def _export(self) -> None:
        info = self.selected
        if info is None:
            return
        path, kind = save_dialog.ask(self, "Export session", file_names.name(info.created, name_of(info), "session"), KINDS)
        if path is not None:
            self.run(lambda: self._write(info.id, path, "WAV" in kind), lambda _: self._say(f"Written: {path.name}", file=path))

    def _write(self, session: str, target: Path, wav: bool) -> None:
        if target.suffix == ".md":
            archive.write_text(target, archive.markdown(self.library, session))
        elif target.suffix == ".jsonl":
            archive.write_text(target, archive.jsonl(self.library, session))
        else:
            archive.export_zip(self.library, [session], target, "wav" if wav else "flac")

    def _import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Import sessions", "", "Sessions (*.refrain *.zip)")
        if name:
            self.take(Path(name))

    def take(self, source: Path, then: Callable[[Imported], object] = lambda done: None) -> None:
        """Imports sessions, says so, and calls `then` with what came of it."""

        def imported(done: Imported) -> None:
            self._imported(done)
            then(done)

        self.run(lambda: import_from(self.library, source), imported)

    def _imported(self, done: Imported) -> None:
        self._say(done.sentence, stays=bool(done.left_out))
        self.reload()

    # --- inside -------------------------------------------------------------------------------------------------------

    def run(self, work: Callable[[], Made], then: Callable[[Made], object]) -> None:
        """Does `work` on the disk thread and calls `then` with what it gave, here."""
        self._disk.do(work, then, lambda sentence: self._say(sentence, stays=True))

    def _show(self, found: list[SessionInfo], words: str) -> None:
        if words != self.search.text():
            return  # a later question is on its way
        kept = self.selected
        to_select, self._to_select = self._to_select or (kept.id if kept is not None else ""), ""
        self.model.show(found)
        self.select(to_select)
        if not found and not self._deleted:
            self._say(NOTHING if words.strip() else EMPTY, stays=True)
        elif not self._deleted and self.note.text() in (NOTHING, EMPTY):
            self._say("")

    def _say(self, sentence: str, undo: bool = False, file: Path | None = None, stays: bool = False) -> None:
        """Says something for a while; what went wrong, and what a list without sessions is, `stays`."""
        self._written = file
        self.note.setText(sentence)
        self.note.setToolTip(str(file or ""))
        self.note.setVisible(bool(sentence))
        self.undo.setVisible(undo)
        self.show_file.setVisible(file is not None)
        if sentence and not stays:
            self._forget.start()
        else:
            self._forget.stop()
        if not undo:
            self._deleted = ""

    def _say_nothing(self) -> None:
        self._say("")
        if self.model.rowCount() == 0:
            self._say(NOTHING if self.search.text().strip() else EMPTY, stays=True)

    def _show_file(self) -> None:
        if self._written is not None and not save_dialog.show_folder(self._written):
            self._say(f"No program that shows folders was found. The folder is {self._written.parent}.", stays=True)

    def _add_actions(self) -> None:
        menu = QMenu(self)
        for name, key, slot in (
            ("Private session", "", self.private_requested.emit),
            ("Open", "session_open", lambda: self._open(self.list.currentIndex())),
            ("Continue", "", self._continue),
            ("Rename…", "session_rename", self._rename),
            ("Pin or unpin", "session_pin", self._pin),
            ("Delete", "session_delete", self._delete),
            ("Undo delete", "session_undo", self._undo),
            ("Export…", "", self._export),
            ("Import…", "", self._import),
        ):
            action = QAction(f"&{name}", self.list)  # the first letter chooses it
            if key:
                shortcuts.now().dress(key, action)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            self.list.addAction(action)
            menu.addAction(action)
        menu.setAccessibleName("More about sessions")
        self.more.setMenu(menu)
        self.more.setStyleSheet("QPushButton::menu-indicator { image: none; width: 0; }")  # the dots say it

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(theme.label("Sessions", bold=True))
        head.addStretch()
        for button in (self.new, self.more):
            button.setProperty("role", "small")
            head.addWidget(button)
        foot = QVBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.note)
        for button in (self.undo, self.show_file):
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 14, 12, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(foot)
