"""Writes turns down while they happen, on the engine's thread: a turn is on disk before the screen hears of its end.

Nothing here raises into the engine. What cannot be written becomes a sentence in `problem`, and the turn goes on.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import platform
import shutil
import time
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

import numpy as np

from app.engine_commands import ModelFacts
from app.library.files import Lock, read_json, to_pcm, write_json
from app.library.library import ENDED, LOCK, Library, is_of_another_version, seal
from app.library.records import TOKENS, TURN, StoredTurn
from engine import private
from engine.events import (
    Audio,
    Drafts,
    Event,
    Listened,
    Text,
    Token,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
)

_log = logging.getLogger(__name__)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
FOR_THE_SCREEN = ("about", "examples")  # of a model
SYNC_SECONDS = 1.0  # what was appended reaches the disk at least this often


class Journal:
    """The session that is being had. Its folder is made with its first turn."""

    def __init__(self, library: Library | None) -> None:
        """Without a library (it could not be opened) nothing is kept."""
        self.library = library
        self.problem = ""
        """A sentence about what could not be kept; empty if all is well."""
        self.session = ""
        self.is_private = False
        self._lock: Lock | None = None
        self._count = 0
        self._numbers: dict[int, int] = {}  # of the turns that are kept, by the engine's numbers
        self._has_unsealed = False  # a turn could not be written to its end
        self._turn: StoredTurn | None = None
        self._of = 0  # the engine's number of the turn at work
        self._files: dict[str, IO] = {}
        self._rates: dict[str, int] = {}
        self._tokens = 0
        self._synced = 0.0
        self._replaces = 0  # the turn whose place the coming one takes

    def begin(
        self, turn: int, *, schedule: str, pooling: str, spoken: bool, text: str, seed: int, model: ModelFacts, source: str = ""
    ) -> None:
        """A turn begins; an earlier one without an end is dropped if it has no reply."""
        facts = {name: value for name, value in asdict(model).items() if name not in FOR_THE_SCREEN}
        self._guarded(self._begin, turn, schedule, pooling, spoken, text, seed, facts, source)

    def question(self, turn: int, samples: np.ndarray, rate: int) -> None:
        """More of a spoken question: mono float32."""
        if turn == self._of and self._turn is not None:
            self._guarded(self._append, "question", samples, rate)

    def event(self, turn: int, event: Event) -> None:
        """What the engine says of the turn, before anybody else hears it."""
        if turn == self._of and self._turn is not None:
            self._guarded(self._event, event)

    def drop(self, turn: int) -> None:
        """The question was given up before its reply began: nothing of it stays."""
        if turn == self._of and self._turn is not None:
            self._guarded(self._drop)

    def take_back(self, turn: int) -> None:
        """The coming turn takes that one's place in what the model remembers."""
        self._replaces = self._numbers.get(turn, 0)

    def heard(self, turn: int, tokens: int, text: str) -> None:
        """Of that turn's reply only so much was heard."""
        self._guarded(self._heard, turn, tokens, text)

    def resume(self, session: str) -> None:
        """The coming turns are written into that earlier session, after those that it has."""
        if self.library is None:
            return
        self.new_session()
        try:
            self._resume(session)
        except (OSError, ValueError) as error:  # ValueError: another version's
            _log.warning("A session cannot be continued.", exc_info=error)
            why = (getattr(error, "strerror", None) or "").lower() or str(error)
            if isinstance(error, BlockingIOError):
                why = "another program writes it"
            self.problem = f"What follows is kept as a session of its own: the old one cannot be added to ({why})."

    def new_session(self, private: bool = False) -> None:
        """The next turn begins another session, of which nothing is written if it is private."""
        self._guarded(self._close)
        self.is_private = private

    def close(self) -> None:
        """The program ends."""
        self._guarded(self._close)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _guarded(self, action, *arguments) -> None:
        if self.library is None or self.is_private:
            return
        try:
            action(*arguments)
        except (OSError, ValueError) as error:  # ValueError: somebody else wrote into the session
            _log.warning("A turn cannot be kept.", exc_info=error)
            why = (getattr(error, "strerror", None) or str(error).rstrip(".")).lower()
            hint = "Make room there. " if getattr(error, "errno", None) in _NO_ROOM else ""
            self.problem = (
                f"This turn is not kept: {why} ({self.library.folder}). {hint}The talk goes on, and later turns are kept as soon "
                "as they can be."
            )
            self._forget()

    def _begin(
        self, turn: int, schedule: str, pooling: str, spoken: bool, text: str, seed: int, model: dict, source: str
    ) -> None:
        self._leave()
        if self._lock is not None and not self._lock.is_there:  # the folder was taken away under it
            self._lock.release(keep=True)
            self._begin_anew()
        if self._lock is None:
            session = self.library.new_id()
            self._lock, self.session = self.library.create(session), session
        number = self._count + 1
        folder = self._turns / f"{number:04d}"
        begun = StoredTurn(
            folder, number, "running", schedule, spoken, seed, heard=text, began=time.time(), model=model,
            versions=_versions(), pooling=pooling, source=source, replaces=self._replaces,
        )  # fmt: skip
        private.make_folder(folder, is_new=True)
        try:
            write_json(folder / TURN, begun.as_json())
            self._files[TOKENS] = _open(folder / TOKENS)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)  # the beginning of a turn is none
            raise
        self._turn, self._of, self._count, self._rates, self._tokens = begun, turn, number, {}, 0
        self._replaces, self._numbers[turn] = 0, number
        self.problem = ""

    def _heard(self, turn: int, tokens: int, text: str) -> None:
        number = self._numbers.get(turn)
        if self._turn is not None or number is None:
            return
        path = self._turns / f"{number:04d}" / TURN
        write_json(path, {**read_json(path), "heard_tokens": tokens, "heard_text": text})

    def _resume(self, session: str) -> None:
        folder = self.library.sessions_folder / session
        if is_of_another_version(folder):
            raise ValueError("another version of Refrain has written it")
        numbers = [int(path.name) for path in (folder / "turns").iterdir() if path.name.isdecimal()]
        self._lock = Lock(folder / LOCK)
        self.session, self._count = session, max(numbers, default=0)
        self._numbers = {-number: number for number in numbers}

    @property
    def _turns(self) -> Path:
        """The folder of the session's turns."""
        return self.library.sessions_folder / self.session / "turns"

    def _append(self, name: str, samples: np.ndarray, rate: int) -> None:
        turn = self._turn
        if name not in self._files:
            # The rate has to be known to whoever finds the raw samples after a crash.
            turn.versions[f"{name}_rate"] = str(rate)
            write_json(turn.folder / TURN, turn.as_json())
            self._files[name], self._rates[name] = _open(turn.folder / f"{name}.pcm"), rate
        self._files[name].write(to_pcm(samples).tobytes())
        self._sync()

    def _event(self, event: Event) -> None:
        turn = self._turn
        match event:
            case Listened():
                turn.question_seconds = event.audio_seconds
            case Token():
                self._tokens += 1
                self._files[TOKENS].write((json.dumps(asdict(event)) + "\n").encode())
            case Drafts() if event.rejected:
                turn.rejected.append((self._tokens + event.accepted, len(event.rejected)))
            case Text(kind="heard"):
                turn.heard += event.text
            case Text():
                turn.text += event.text
                if "words.txt" not in self._files:
                    self._files["words.txt"] = _open(turn.folder / "words.txt")
                self._files["words.txt"].write(event.text.encode(errors="replace"))
            case Audio():
                turn.first_audio = event.at if turn.first_audio is None else turn.first_audio
                self._append("reply", event.samples, event.sample_rate)
            case TurnFinished() | TurnCancelled():
                turn.stats = asdict(event.stats)
                turn.schedule, turn.seed, turn.pooling = event.stats.schedule, event.stats.seed, event.stats.pooling
                turn.note = " ".join(event.stats.limits)
                self._end("finished" if isinstance(event, TurnFinished) else "cancelled")
            case TurnFailed():
                turn.note = event.message
                self._end("failed")

    def _end(self, state) -> None:
        turn = self._turn
        self._close_files()
        seal(turn, {"question": self._rates.get("question"), "reply": self._rates.get("reply")})
        turn.state = state
        write_json(turn.folder / TURN, turn.as_json())
        (turn.folder / "words.txt").unlink(missing_ok=True)
        self._turn = None
        self.library.touch(self.session)

    def _drop(self) -> None:
        folder = self._turn.folder
        self._close_files()
        self._turn = None
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        self._count -= 1
        del self._numbers[self._of]
        self.library.touch(self.session)

    def _sync(self) -> None:
        """Appended bytes leave the program at once (they survive its death) and reach the disk every second."""
        for file in self._files.values():
            file.flush()
        if time.monotonic() - self._synced > SYNC_SECONDS:
            for file in self._files.values():
                os.fsync(file.fileno())
            self._synced = time.monotonic()

    def _close(self) -> None:
        self._leave()
        if self._lock is not None:
            self._lock.release(keep=self._has_unsealed)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._lock, self.session, self._count, self._numbers = None, "", 0, {}
        self._has_unsealed, self._replaces = False, 0

    def _leave(self) -> None:
        """What a turn without an end has of a reply is kept; without any of it, it goes."""
        if self._turn is None:
            return
        if self._tokens:
            self._turn.note = ENDED
            self._end("unfinished")
        else:
            self._drop()

    def _close_files(self) -> None:
        files, self._files = self._files, {}
        for file in files.values():
            file.close()

    def _forget(self) -> None:
        """After a failure: nothing more of this turn is written; what is there is sealed at the next start."""
        self._has_unsealed = self._has_unsealed or self._turn is not None
        for file in self._files.values():
            try:
                file.close()
            except OSError:
                continue
        self._files, self._turn = {}, None


def _open(path: Path) -> IO:
    return open(path, "wb", opener=private.opener)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("refrain", "torch", "PySide6-Essentials"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
