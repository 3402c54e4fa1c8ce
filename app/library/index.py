"""The index of all sessions: SQLite, so that thousands open at once. It holds nothing that the folders do not."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from app.library.files import read_json
from app.library.records import SESSION, SessionInfo, StoredTurn

_log = logging.getLogger(__name__)
VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, title TEXT, pinned INTEGER, created REAL, updated REAL, turns INTEGER, words TEXT, spoken TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_time ON sessions (pinned DESC, updated DESC);
"""


class Index:
    """A damaged or older file is replaced by an empty one; `synchronise` fills it again. Everything raises `OSError`."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        try:
            self._database = self._connect()
        except sqlite3.OperationalError as error:  # in use, or a disk that fails: no reason to make it anew
            raise OSError(f"{path} cannot be used ({error})") from error
        except sqlite3.DatabaseError:
            _log.warning("The index %s is damaged; it is made again.", path, exc_info=True)
            for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                name.unlink(missing_ok=True)
            try:
                self._database = self._connect()
            except sqlite3.Error as error:
                raise OSError(f"{path} cannot be written") from error

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, check_same_thread=False, timeout=5, isolation_level=None)
        try:
            if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("quick_check failed")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            if database.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                database.execute("DROP TABLE IF EXISTS sessions")
            database.executescript(_TABLES)
            database.execute(f"PRAGMA user_version = {VERSION}")
        except sqlite3.Error:
            database.close()
            raise
        return database

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def list(self, search: str = "") -> list[SessionInfo]:
        """As `Library.sessions`."""
        words = search.lower().split()
        where = " AND ".join(["spoken LIKE ? ESCAPE '\\'"] * len(words)) or "1"
        likes = [f"%{_escaped(word)}%" for word in words]
        columns = "id, title, pinned, created, updated, turns, words"
        with self._used() as database:
            found = database.execute(
                f"SELECT {columns} FROM sessions WHERE {where} ORDER BY pinned DESC, updated DESC, id DESC", likes
            ).fetchall()
        return [SessionInfo(row[0], row[1], bool(row[2]), *row[3:]) for row in found]

    def synchronise(self, folder: Path, again: Collection[str] = ()) -> None:
        """Adds what is only in `folder`, and `again`; removes what is no longer there."""
        there = {path.name for path in folder.iterdir() if (path / SESSION).exists()}
        with self._used() as database:
            known = {row[0] for row in database.execute("SELECT id FROM sessions")}
        for session in known - there:
            self.remove(session)
        with self._together():
            for session in sorted((there - known) | (there & set(again))):
                self.update(folder / session)

    def update(self, folder: Path) -> None:
        """Reads a session's folder again; one that cannot be read is left out."""
        try:
            session = read_json(folder / SESSION)
        except (OSError, ValueError):
            _log.warning("The session %s cannot be read.", folder, exc_info=True)
            return
        turns = []
        for path in sorted((folder / "turns").glob("[0-9]*")):
            with contextlib.suppress(OSError, ValueError):
                turns.append(StoredTurn.read(path))
        created = float(session.get("created", 0))
        title = str(session.get("title", ""))
        spoken = "\n".join([title, *(part for turn in turns for part in (turn.heard, turn.text))]).lower()
        words = next((turn.heard or turn.text for turn in turns if turn.heard or turn.text), "")[:120]
        updated = max([created, *(turn.began for turn in turns)])
        row = (folder.name, title, int(bool(session.get("pinned"))), created, updated, len(turns), words, spoken)
        with self._used() as database:
            database.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def remove(self, session: str) -> None:
        with self._used() as database:
            database.execute("DELETE FROM sessions WHERE id = ?", (session,))

    @contextlib.contextmanager
    def _together(self):
        """Many changes as one: a thousand sessions take no longer than the reading of their files."""
        with self._used() as database:
            database.execute("BEGIN")
        try:
            yield
        finally:
            with self._used() as database:
                database.execute("COMMIT")

    @contextlib.contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._database
            except sqlite3.Error as error:
                raise OSError(f"{self._path} cannot be used ({error})") from error


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
