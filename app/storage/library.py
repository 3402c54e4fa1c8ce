"""All sessions on disk: folders that explain themselves, and an index beside them that can be made again.

<folder>/sessions/<id>/session.json
                       turns/0001/turn.json, question.flac, reply.flac, tokens.jsonl
<folder>/trash/<id>    deleted sessions, until they are restored or the trash is emptied
<folder>/index.sqlite
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.storage.fields import plain
from app.storage.files import RATES, Lock, read_bytes, read_json, seal_sound, write_json
from app.storage.index import Index, turn_folders
from app.storage.records import QUESTION, REPLY, SESSION, TURN, SessionInfo, StoredSession, StoredTurn, check_format
from engine import folders, private
from engine.whole_file import UNFINISHED

LOCK = "open"
WORDS = "words.txt"
ENDED = "Refrain ended in the middle of this turn."
STAGING = "import-"
_YOUNG = 60  # seconds: a staging folder without its lock may still be about to get one
_LONGEST_WORDS = 1 << 20  # bytes
_LITTLE = 3_000_000  # bytes: a long turn
_log = logging.getLogger(__name__)
_T = TypeVar("_T")
RAW = {"question": QUESTION, "reply": REPLY}


@dataclass(frozen=True)
class Amount:
    """What a library holds."""

    sessions: int = 0
    deleted: int = 0
    bytes: int = 0


class LibraryError(RuntimeError):
    """The library cannot do that; the message is a sentence for the user."""


def default_folder() -> Path:
    """Where sessions are kept unless the settings say otherwise."""
    return folders.data() / "library"


class Library:
    """Reading and keeping sessions; `Journal` writes them. May be used from several threads.

    The index is only a copy of what the folders say. It is brought up to date when the list is asked for, so whoever keeps a
    turn never waits for it; while it cannot be used (another program holds it, the disk is full) there is one in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()
        self.largest_import = 4_000_000_000
        """Bytes that a file of sessions may unpack to."""
        self.problem = ""
        """A sentence while nothing can be kept here; empty if all is well."""
        self.sessions_folder, self._trash = self.folder / "sessions", self.folder / "trash"
        self._index: Index | None = None
        self._indexing = threading.Lock()
        self._stale: set[tuple[str, str]] = set()  # sessions, and which turn of them if it is one alone
        self._marking = threading.Lock()

    def open(self) -> None:
        """Makes the folders and ends what was cut off.

        Raises `LibraryError`; sessions can be kept as soon as the reason is gone.
        """
        try:
            for folder in (self.sessions_folder, self._trash):
                private.make_folder(folder)
                private.tighten(folder)
            if self.folder == default_folder():
                private.tighten(self.folder)  # a folder that the user chose may hold other things for other people
            for path in list(self.sessions_folder.iterdir()):
                self._recover(path)
            self._sweep()
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self.problem = f"The library in {self.folder} cannot be opened: {why}. Turns are not kept until it can."
            raise LibraryError(self.problem) from error
        with suppress(OSError):  # where the system does not tell, the first turn finds out
            if shutil.disk_usage(self.folder).free < _LITTLE:
                self.problem = f"The disk of {self.folder} is full. Make room there: turns are not kept until there is some."

    def close(self) -> None:
        with self._indexing:
            if self._index is not None:
                self._index.close()
                self._index = None

    def new_id(self, at: float | None = None) -> str:
        """Sorts by time; two programs do not make the same one."""
        return time.strftime("%Y%m%d-%H%M%S-", time.localtime(at)) + secrets.token_hex(3)

    def create(self, session: str) -> Lock:
        """Begins a session's folder and holds it. Raises `OSError`."""
        folder = self.sessions_folder / session
        private.make_folder(folder / "turns", is_new=True)
        lock = Lock(folder / LOCK)
        write_json(folder / SESSION, StoredSession(created=time.time()).as_json())
        self.problem = ""
        return lock

    def sessions(self, search: str = "") -> list[SessionInfo]:
        """Pinned ones first, then the latest first; with `search`, those that hold all its words. Reads what has changed."""
        with self._indexing:
            return self._indexed(lambda index: index.list(search))

    def turns(self, session: str) -> list[StoredTurn]:
        """The turns of a session in order; a damaged one is left out."""
        found = []
        for folder in turn_folders(self.sessions_folder / session):
            try:
                found.append(StoredTurn.read(folder))
            except (OSError, ValueError):
                continue
        return found

    def rename(self, session: str, title: str) -> None:
        """Raises `OSError`, or `LibraryError` for one of another version."""
        self._change(session, title=title.strip())

    def pin(self, session: str, pinned: bool) -> None:
        """As `rename`."""
        self._change(session, pinned=pinned)

    def delete(self, session: str) -> None:
        """Into the trash. Raises `LibraryError` for the session that is being written."""
        folder = self.sessions_folder / session
        if (folder / LOCK).exists():
            raise LibraryError("This session is still open: begin a new one first.")
        private.make_folder(self._trash)
        target = self._trash / session
        if target.exists():
            target.rename(target.with_name(f"{session}~{secrets.token_hex(3)}"))  # another one that was deleted before
        folder.rename(target)
        os.utime(target)  # when it was deleted
        self.touch(session)

    def restore(self, session: str) -> None:
        """Back from the trash. Raises `OSError`, or `LibraryError` where another one has its place by now."""
        target = self.sessions_folder / session
        if target.exists():
            raise LibraryError("This session is there again: it was imported meanwhile.")
        (self._trash / session).rename(target)
        self.touch(session)

    def empty_trash(self, older_than_days: float = 30) -> None:
        """Removes for good what was deleted long ago."""
        with suppress(OSError):
            for folder in list(self._trash.iterdir()):
                if time.time() - folder.lstat().st_mtime > older_than_days * 86400:
                    shutil.rmtree(folder, ignore_errors=True)

    def amount(self) -> Amount:
        """How much is kept. Reads folders: not for the screen's thread."""
        kept, deleted = (sum(1 for path in _inside(folder) if path.is_dir()) for folder in (self.sessions_folder, self._trash))
        return Amount(kept, deleted, sum(path.lstat().st_size for path in self.folder.rglob("*") if path.is_file()))

    def erase(self, patience: float = 20.0) -> int:
        """Removes every session for good, deleted ones too, and the index; returns how many had to stay.

        One that is being written is waited for so many seconds; another program's stays. Raises `OSError`.
        """
        until, left = time.monotonic() + patience, 0
        for folder in [*_inside(self.sessions_folder), *_inside(self._trash), *self.folder.glob(STAGING + "*")]:
            left += not _erased(folder, until)
        with self._indexing:
            if self._index is not None:
                self._index.close()
                self._index = None
            for path in self.folder.glob("index.sqlite*"):
                path.unlink()
        with self._marking:
            self._stale.clear()
        return left

    def touch(self, session: str, turn: str = "") -> None:
        """Something of this session has changed, or of one `turn` (its folder's name) alone, which is new or given up.

        The index follows when it is needed next, if need be at the next start.
        """
        with suppress(OSError):
            os.utime(self.sessions_folder / session)
        with self._marking:
            self._stale.add((session, turn))

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder for what is not checked yet. If this program is killed, the next start removes it. Raises `OSError`."""
        private.make_folder(self.folder)
        place = self.folder / (STAGING + secrets.token_hex(6))
        private.make_folder(place)
        lock = Lock(place / LOCK)
        try:
            yield place
        finally:
            lock.release()
            shutil.rmtree(place, ignore_errors=True)

    def _change(self, session: str, **values: str | bool) -> None:
        path = self.sessions_folder / session / SESSION
        try:
            found = plain(read_json(path))
        except FileNotFoundError:
            found = StoredSession().as_json()
        except ValueError:  # it is replaced by one that can be read, and not lost
            path.rename(path.with_name(f"{SESSION}.damaged-{secrets.token_hex(3)}"))
            found = StoredSession().as_json()
        try:
            check_format(found, SESSION)
        except ValueError as error:
            raise LibraryError(str(error)) from error
        write_json(path, {**found, **values})
        self.touch(session)

    # --- the index ----------------------------------------------------------------------------------------------------

    def _indexed(self, use: Callable[[Index], _T]) -> _T:
        """What `use` finds in an index that is up to date: the one on disk, or else one in memory for the rest of this run."""
        with self._marking:
            stale, self._stale = self._stale, set()
        try:
            if self._index is None or not self._index.is_there:
                self._index = Index(self.folder / "index.sqlite")
                self._index.synchronise(self.sessions_folder)
            elif self._index.in_memory:
                self._index.synchronise(self.sessions_folder)
            else:
                whole = {session for session, turn in stale if not turn}
                for session, turn in sorted(stale):
                    if not turn or session not in whole:
                        self._index.update(self.sessions_folder / session, turn)
            return use(self._index)
        except OSError as error:
            _log.warning("The index of the sessions cannot be used now; one is made in memory: %s", error)
        if self._index is not None:
            self._index.close()
        self._index = Index(None)
        with suppress(OSError):  # no folder, no sessions
            self._index.synchronise(self.sessions_folder)
        return use(self._index)

    # --- what was cut off ---------------------------------------------------------------------------------------------

    def _recover(self, folder: Path) -> None:
        """Seals what a program that was killed had written of its last turn."""
        if not os.path.exists(folder / LOCK):
            return
        try:
            lock = Lock(folder / LOCK)
        except OSError:
            return  # it is being written right now, or cannot be written at all
        if is_of_another_version(folder):
            return lock.release(keep=True)  # which has to end it
        turns = turn_folders(folder)
        for place in (folder, *turns):
            for unfinished in place.glob(f".*{UNFINISHED}"):
                with suppress(OSError):
                    unfinished.unlink()
        for turn_folder in turns:
            try:
                turn = StoredTurn.read(turn_folder)
            except (OSError, ValueError):
                continue
            if turn.state == "running":
                try:
                    finish(turn)
                except OSError as error:  # a full disk: the other sessions can be read, and this one is tried again
                    _log.warning("The turn in %s cannot be recovered yet.", turn_folder, exc_info=error)
                    lock.release(keep=True)
                    return
        lock.release()
        self.touch(folder.name)

    def _sweep(self) -> None:
        """Removes what killed imports left; those of programs that run are left alone."""
        for place in self.folder.glob(STAGING + "*"):
            with suppress(OSError):
                if not (place / LOCK).exists() and time.time() - place.stat().st_mtime < _YOUNG:
                    continue
                Lock(place / LOCK).release()
                shutil.rmtree(place, ignore_errors=True)


def is_of_another_version(session: Path) -> bool:
    """Whether this program cannot know what is in a session, or in one of its turns."""
    for path in (session / SESSION, *(turn / TURN for turn in turn_folders(session))):
        try:
            found = read_json(path)
        except (OSError, ValueError):
            continue
        try:
            check_format(found, path.name)
        except ValueError:
            return True
    return False


def _inside(folder: Path) -> list[Path]:
    with suppress(OSError):
        return list(folder.iterdir())
    return []


def _erased(folder: Path, until: float) -> bool:
    """Removes a folder once nobody writes in it; false if somebody still does at that time."""
    if not folder.is_dir() or folder.is_symlink():
        folder.unlink()
        return True
    while os.path.exists(folder / LOCK):
        try:
            Lock(folder / LOCK).release()
            break
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
    shutil.rmtree(folder)
    return True


def finish(turn: StoredTurn) -> None:
    """Ends a turn that was cut off: its sounds are sealed, its words are those that had come. Raises `OSError`."""
    seal(turn, {name: turn.versions.get(f"{name}_rate") for name in RAW})
    turn.state, turn.note = "unfinished", ENDED
    words = turn.folder / WORDS
    with suppress(FileNotFoundError, ValueError):
        turn.text = read_bytes(words, _LONGEST_WORDS).decode("utf-8", "ignore")
    write_json(turn.folder / TURN, {**_as_found(turn), "state": turn.state, "note": turn.note, "text": turn.text})
    words.unlink(missing_ok=True)


def _as_found(turn: StoredTurn) -> dict[str, Any]:
    """With fields that this version does not know or cannot read."""
    try:
        return plain(read_json(turn.folder / TURN))
    except (OSError, ValueError):
        return turn.as_json()


def seal(turn: StoredTurn, rates: dict[str, int | str | None]) -> None:
    """Turns the raw sounds of a turn into FLAC; one whose rate is not known stays as it is. Raises `OSError`."""
    for name, target in RAW.items():
        raw, rate = turn.folder / f"{name}.pcm", str(rates[name] or "")
        if raw.is_file() and rate.isdecimal() and len(rate) < 9 and int(rate) in RATES:
            seal_sound(raw, int(rate), turn.folder / target)
