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
import time
from pathlib import Path

from platformdirs import user_data_path

from app.library.files import Lock, read_json, seal_sound, write_json
from app.library.index import Index
from app.library.records import FORMAT, QUESTION, REPLY, SESSION, TURN, SessionInfo, StoredTurn

LOCK = "open"
ENDED = "Refrain ended in the middle of this turn."
_log = logging.getLogger(__name__)
RAW = {"question": QUESTION, "reply": REPLY}


class LibraryError(RuntimeError):
    """The library cannot do that; the message is a sentence for the user."""


def default_folder() -> Path:
    """Where sessions are kept unless the settings say otherwise."""
    return user_data_path("refrain", appauthor=False) / "library"


class Library:
    """Reading and keeping sessions; `Journal` writes them. May be used from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()
        self.sessions_folder, self._trash = self.folder / "sessions", self.folder / "trash"

    def open(self) -> None:
        """Makes the folders, marks what was cut off and brings the index up to date. Raises `LibraryError`."""
        try:
            for folder in (self.sessions_folder, self._trash):
                folder.mkdir(parents=True, exist_ok=True)
            self.index = Index(self.folder / "index.sqlite")
            recovered = [path.name for path in self.sessions_folder.iterdir() if self._recover(path)]
            self.index.synchronise(self.sessions_folder, again=recovered)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise LibraryError(f"The library in {self.folder} cannot be opened: {why}. Turns are not kept.") from error

    def close(self) -> None:
        self.index.close()

    def new_id(self) -> str:
        """Sorts by time; two programs do not make the same one."""
        return time.strftime("%Y%m%d-%H%M%S-") + secrets.token_hex(3)

    def create(self, session: str) -> Lock:
        """Begins a session's folder and holds it. Raises `OSError`."""
        folder = self.sessions_folder / session
        (folder / "turns").mkdir(parents=True)
        lock = Lock(folder / LOCK)
        write_json(folder / SESSION, {"format": FORMAT, "title": "", "pinned": False, "created": time.time()})
        return lock

    def sessions(self, search: str = "") -> list[SessionInfo]:
        """Pinned ones first, then the latest first; with `search`, those that hold all its words."""
        return self.index.list(search)

    def turns(self, session: str) -> list[StoredTurn]:
        """The turns of a session in order; a damaged one is left out."""
        found = []
        for folder in sorted((self.sessions_folder / session / "turns").glob("[0-9]*")):
            try:
                found.append(StoredTurn.read(folder))
            except (OSError, ValueError):
                continue
        return found

    def rename(self, session: str, title: str) -> None:
        """Raises `OSError`."""
        self._change(session, title=title.strip())

    def pin(self, session: str, pinned: bool) -> None:
        """Raises `OSError`."""
        self._change(session, pinned=pinned)

    def delete(self, session: str) -> None:
        """Into the trash. Raises `LibraryError` for the session that is being written."""
        folder = self.sessions_folder / session
        if (folder / LOCK).exists():
            raise LibraryError("This session is still open: begin a new one first.")
        target = self._trash / session
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)
        os.utime(target)  # when it was deleted
        self.index.remove(session)

    def restore(self, session: str) -> None:
        """Back from the trash. Raises `OSError`."""
        (self._trash / session).rename(self.sessions_folder / session)
        self.index.update(self.sessions_folder / session)

    def empty_trash(self, older_than_days: float = 30) -> None:
        """Removes for good what was deleted long ago."""
        for folder in self._trash.iterdir():
            if time.time() - folder.stat().st_mtime > older_than_days * 86400:
                shutil.rmtree(folder, ignore_errors=True)

    def touch(self, session: str) -> None:
        """A turn of this session has changed: the index follows."""
        self.index.update(self.sessions_folder / session)

    def _change(self, session: str, **values) -> None:
        path = self.sessions_folder / session / SESSION
        write_json(path, {**read_json(path), **values})
        self.touch(session)

    def _recover(self, folder: Path) -> bool:
        """Seals what a program that was killed had written of its last turn; whether there was anything to do."""
        if not (folder / LOCK).exists():
            return False
        try:
            lock = Lock(folder / LOCK)
        except BlockingIOError:
            return False  # it is being written right now
        for turn_folder in (folder / "turns").glob("[0-9]*"):
            try:
                turn = StoredTurn.read(turn_folder)
            except (OSError, ValueError):
                continue
            if turn.state == "running":
                try:
                    self._finish(turn)
                except OSError as error:  # a full disk: the other sessions can be read, and this one is tried again
                    _log.warning("The turn in %s cannot be recovered yet.", turn_folder, exc_info=error)
                    lock.release(keep=True)
                    return False
        lock.release()
        return True

    def _finish(self, turn: StoredTurn) -> None:
        seal(turn, {"question": turn.versions.get("question_rate"), "reply": turn.versions.get("reply_rate")})
        turn.state, turn.note = "unfinished", ENDED
        _read_on(turn)
        write_json(turn.folder / TURN, turn.as_json())


def seal(turn: StoredTurn, rates: dict[str, int | str | None]) -> None:
    """Turns the raw sounds of a turn into FLAC. Raises `OSError`."""
    for name, target in RAW.items():
        raw = turn.folder / f"{name}.pcm"
        if raw.exists() and rates[name]:
            seal_sound(raw, int(rates[name]), turn.folder / target)


def _read_on(turn: StoredTurn) -> None:
    """The words that had come before the end, from the file that they were appended to."""
    path = turn.folder / "words.txt"
    if path.exists():
        turn.text = path.read_text(encoding="utf-8", errors="ignore")
        path.unlink()
