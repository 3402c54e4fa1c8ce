"""The index of all sessions: SQLite, so that thousands open at once. It holds nothing that the folders do not."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage.records import LATEST, SESSION, SessionInfo, StoredSession, StoredTurn
from engine import private

_log = logging.getLogger(__name__)
VERSION = 3
PATIENCE = 0.5  # seconds for another program that writes; longer, and the index is made in memory instead
_TABLE = f"""CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, pinned INTEGER NOT NULL, created REAL NOT NULL, updated REAL NOT NULL,
    turns INTEGER NOT NULL, words TEXT NOT NULL, problem TEXT NOT NULL, spoken TEXT NOT NULL, latest TEXT NOT NULL,
    seen INTEGER NOT NULL,
    CHECK (created BETWEEN 0 AND {LATEST:.0f} AND updated BETWEEN 0 AND {LATEST:.0f})
) STRICT, WITHOUT ROWID"""
_ORDER = "CREATE INDEX by_time ON sessions (pinned DESC, updated DESC)"
_INSERT = f"INSERT OR REPLACE INTO sessions VALUES ({', '.join('?' * 11)})"
_APPEND = """UPDATE sessions SET turns = turns + 1, updated = max(updated, ?), words = iif(words = '', ?, words),
    spoken = spoken || char(10) || ?, latest = ?, seen = ? WHERE id = ? AND latest < ?"""
_PASS_OVER = "UPDATE sessions SET seen = ? WHERE id = ? AND latest < ?"
_NOT_ITS_FAULT = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM,
}  # fmt: skip
"""Errors of a file that is in use, or on a disk that fails: no reason to make it anew."""
MOST_WORDS, LONGEST_WORD = 50, 200  # of a search


class Index:
    """At `path`, or without one in memory. A damaged, foreign or older file is replaced by an empty one; `synchronise` fills it.

    `seen` is the time of change of a session's folder when it was read. Everything raises `OSError`.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._lock = path, threading.Lock()
        try:
            self._database = self._connect()
        except (sqlite3.Error, UnicodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_ITS_FAULT:
                raise OSError(f"{path} cannot be used ({error})") from error
            _log.warning("The index %s is damaged or of another version; it is made again.", path)
            if path is not None:
                for ending in ("", "-wal", "-shm"):
                    path.with_name(path.name + ending).unlink(missing_ok=True)
            try:
                self._database = self._connect()
            except sqlite3.Error as error:
                raise OSError(f"{path} cannot be written ({error})") from error

    def _connect(self) -> sqlite3.Connection:
        if self._path is not None:
            if self._path.exists() and not self._path.is_file():
                raise OSError(f"{self._path} is no file")
            open(self._path, "ab", opener=private.opener).close()  # SQLite's other files get the same mode
        where = self._path if self._path is not None else ":memory:"
        database = sqlite3.connect(where, check_same_thread=False, timeout=PATIENCE, isolation_level=None)
        try:
            database.text_factory = lambda data: data.decode("utf-8", "replace")
            found = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchmany(3)
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if not found and version == 0:
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(f"BEGIN IMMEDIATE; {_TABLE}; {_ORDER}; PRAGMA user_version = {VERSION}; COMMIT")
            elif version != VERSION or set(found) != {(_TABLE,), (_ORDER,)}:
                raise sqlite3.DatabaseError("another version")
            elif database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("quick_check failed")
            database.execute("PRAGMA synchronous = NORMAL")
        except (sqlite3.Error, UnicodeError):  # its messages quote what is in the file, which need not be text
            database.close()
            raise
        return database

    @property
    def in_memory(self) -> bool:
        return self._path is None

    @property
    def is_there(self) -> bool:
        """False once its file was taken away under it."""
        return self._path is None or self._path.exists()

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def list(self, search: str = "") -> list[SessionInfo]:
        """As `Library.sessions`."""
        words = search.encode("utf-8", "replace").decode().lower().split()[:MOST_WORDS]
        where = " AND ".join(["spoken LIKE ? ESCAPE '\\'"] * len(words)) or "1"
        likes = [f"%{_escaped(word[:LONGEST_WORD])}%" for word in words]
        columns = "id, title, pinned, created, updated, turns, words, problem"
        with self._used() as database:
            found = database.execute(
                f"SELECT {columns} FROM sessions WHERE {where} ORDER BY pinned DESC, updated DESC, id DESC", likes
            ).fetchall()
        return [SessionInfo(row[0], row[1], bool(row[2]), *row[3:]) for row in found]

    def synchronise(self, folder: Path) -> None:
        """Reads those sessions in `folder` that changed since they were read; removes what is no longer there."""
        there = {path.name: _changed(path) for path in folder.iterdir() if is_session(path)}
        with self._used() as database:
            known = dict(database.execute("SELECT id, seen FROM sessions"))
        changed = sorted(name for name, seen in there.items() if known.get(name) != seen)
        rows = [_row(folder / name, there[name]) for name in changed]
        with self._used() as database:
            database.execute("BEGIN IMMEDIATE")  # many changes as one, and none of them holds others up while files are read
            try:
                database.executemany("DELETE FROM sessions WHERE id = ?", [(name,) for name in known.keys() - there.keys()])
                database.executemany(_INSERT, rows)
            finally:
                database.execute("COMMIT")

    def update(self, folder: Path, turn: str = "") -> None:
        """Reads a session's folder again; one that is gone goes.

        Of one in which only a `turn` was added, or given up, the others are not read, however many they are.
        """
        if turn and self._follow(folder, turn):
            return
        row = _row(folder, _changed(folder)) if is_session(folder) else None
        with self._used() as database:
            if row is None:
                database.execute("DELETE FROM sessions WHERE id = ?", (folder.name,))
            else:
                database.execute(_INSERT, row)

    def _follow(self, folder: Path, name: str) -> bool:
        """Whether a turn that comes after all that the row knows of was enough to bring it up to date."""
        path, known = folder / "turns" / name, (_changed(folder), folder.name, name)
        try:
            turn = StoredTurn.read(path) if path.exists() else None
        except (OSError, ValueError):
            return False
        if turn is not None and turn.problem:
            return False
        added = () if turn is None else (turn.began, _opening(turn), _spoken(turn), name)
        with self._used() as database:
            return database.execute(_APPEND if added else _PASS_OVER, (*added, *known)).rowcount == 1

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._database
            except (sqlite3.Error, UnicodeError) as error:
                raise OSError(f"{self._path} cannot be used ({error})") from error


def is_session(folder: Path) -> bool:
    """Whether that is a session's folder, damaged or not; one whose name is no text is left alone."""
    if folder.name.startswith(".") or not folder.name.isprintable() or not os.path.isdir(folder):
        return False
    return os.path.exists(folder / SESSION) or os.path.isdir(folder / "turns") or not os.access(folder, os.R_OK | os.X_OK)


def _row(folder: Path, seen: int) -> tuple[object, ...]:
    """Whatever is wrong with a session is said in its row."""
    session, turns, lost, paths = StoredSession.read(folder), [], 0, turn_folders(folder)
    for path in paths:
        try:
            turns.append(StoredTurn.read(path))
        except (OSError, ValueError) as error:
            if _is_empty(path):
                continue  # just begun, or just given up
            _log.warning("The turn in %s cannot be read: %s", path, error)
            lost += 1
    problems = [session.problem] if session.problem else []
    for count, what in ((lost, "cannot be read"), (sum(bool(turn.problem) for turn in turns), "can only be read in part")):
        if count:
            problems.append(f"{'One turn' if count == 1 else f'{count} turns'} of it {what}.")
    spoken = "\n".join([session.title.lower(), *map(_spoken, turns)])
    words = next(filter(None, map(_opening, turns)), "")
    latest = paths[-1].name if paths else ""
    updated = max([session.created, *(turn.began for turn in turns)])
    return (
        folder.name, session.title, int(session.pinned), session.created, updated, len(turns), words, " ".join(problems),
        spoken, latest, seen,
    )  # fmt: skip


def _spoken(turn: StoredTurn) -> str:
    """What a search looks in."""
    return f"{turn.heard}\n{turn.text}".lower()


def _opening(turn: StoredTurn) -> str:
    """The words by which a session is known that begins with this turn."""
    return (turn.heard or turn.text)[:120]


def _is_empty(folder: Path) -> bool:
    try:
        return not any(folder.iterdir())
    except OSError:
        return False


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def turn_folders(session: Path) -> list[Path]:
    """The folders of a session's turns in order; none where they cannot be listed."""
    try:
        return sorted(path for path in (session / "turns").iterdir() if path.name[:1].isdecimal())
    except OSError:
        return []


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
