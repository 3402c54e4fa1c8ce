"""Writes turns down while they happen, on a thread of its own: a turn is on disk before the screen hears of its end.

Nothing here raises into the engine. What cannot be written becomes a sentence in `problem`, and the turn goes on.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import platform
import queue
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

import numpy as np

from app.engine_client.commands import ModelFacts
from app.storage.files import Lock, read_json, to_pcm, write_json
from app.storage.library import ENDED, LOCK, WORDS, Library, is_of_another_version, seal
from app.storage.records import TOKENS, TURN, State, StoredTurn
from engine import private
from engine.turn_record import TurnRecord
from engine.worker_thread import NoThread, Thread

_log = logging.getLogger(__name__)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
FOR_THE_SCREEN = ("about", "examples")  # of a model
LOOK = 0.05  # seconds between two looks at a reply that grows
SYNC_SECONDS = 1.0  # what was appended reaches the disk at least this often


class Journal:
    """The session that is being had. Its folder is made with its first turn.

    One thread calls, as the engine does. What the next turn depends on waits for the disk: `drop`, `resume`, `new_session`,
    `close` and `wait`.
    """

    def __init__(self, library: Library | None) -> None:
        """Without a library (it could not be opened) nothing is kept."""
        self.library = library
        self.problem = ""
        """A sentence about what could not be kept; empty if all is well."""
        self.session = ""
        self.is_private = False
        self.kept: dict[int, Path] = {}
        """Where each turn of the session is whole, with its sounds, by the engine's numbers; the thread fills it."""
        self._jobs: queue.SimpleQueue[tuple[Callable[[], object], threading.Event] | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        # All below belongs to the thread.
        self._lock: Lock | None = None
        self._count = 0
        self._numbers: dict[int, int] = {}  # of the turns that are kept, by the engine's numbers
        self._has_unsealed = False  # a turn could not be written to its end
        self._turn: StoredTurn | None = None
        self._of = 0  # the engine's number of the turn at work
        self._record: TurnRecord | None = None  # of its reply
        self._files: dict[str, IO[bytes]] = {}
        self._rates: dict[str, int] = {}
        self._tokens = self._letters = self._pieces = 0  # of the record, that are written
        self._synced = 0.0
        self._replaces = 0  # the turn whose place the coming one takes

    def begin(
        self, turn: int, *, schedule: str, pooling: str, spoken: bool, text: str, seed: int, model: ModelFacts, source: str = ""
    ) -> None:
        """A turn begins; an earlier one without an end is dropped if it has no reply. A typed question is complete in `text`.

        `source` is the file of one that was recorded before. What the reply was made with is in its record.
        """
        facts = {name: value for name, value in asdict(model).items() if name not in FOR_THE_SCREEN}
        self._do(lambda: self._begin(turn, schedule, pooling, spoken, text, seed, facts, source))

    def question(self, turn: int, samples: np.ndarray, rate: int) -> None:
        """More of a spoken question: mono float32."""
        self._do_for(turn, lambda stored: self._append(stored, "question", samples, rate))

    def reply(self, turn: int, record: TurnRecord) -> None:
        """The reply grows in `record`, and is written as it grows."""
        self._do_for(turn, lambda _: self._follow(record))

    def end(self, turn: int, then: Callable[[], object] = lambda: None) -> None:
        """The record is complete. `then` is called once the turn is on disk, on the journal's thread; at once if none is kept."""
        if self._is_idle:
            then()
        else:
            self._do_for(turn, self._complete)
            self._do(then)

    def drop(self, turn: int) -> None:
        """The question was given up before its reply began: nothing of it stays."""
        self._do_for(turn, self._drop, wait=True)

    def take_back(self, turn: int) -> None:
        """The coming turn takes that one's place in what the model remembers; both are kept."""
        self._do(lambda: self._take_back(turn))

    def heard(self, turn: int, tokens: int, text: str) -> None:
        """Of that turn's reply only so much was heard, and is remembered."""
        self._do(lambda: self._heard(turn, tokens, text))

    def resume(self, session: str) -> None:
        """The coming turns are written into that earlier session, whose own are known by the negatives of their places."""
        self.new_session()
        self._do(lambda: self._try_to_resume(session), wait=True)

    def new_session(self, private: bool = False) -> None:
        """The next turn begins another session, of which nothing is written if it is private."""
        self._do(self._close, wait=True)
        self.is_private = private

    def wait(self) -> None:
        """Until all that was told is written."""
        self._do(lambda: None, wait=True)

    def close(self) -> None:
        """The program ends."""
        self._do(self._close)
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    # --- the thread ---------------------------------------------------------------------------------------------------

    @property
    def _is_idle(self) -> bool:
        """Whether nothing is kept."""
        return self.library is None or self.is_private

    @property
    def _kept_in(self) -> Library:
        assert self.library is not None  # else the thread has nothing to do
        return self.library

    def _do_for(self, turn: int, action: Callable[[StoredTurn], object], wait: bool = False) -> None:
        """Only for the turn at work, if it is kept."""

        def act() -> None:
            if turn == self._of and self._turn is not None:
                action(self._turn)

        self._do(act, wait)

    def _do(self, action: Callable[[], object], wait: bool = False) -> None:
        if self._is_idle:
            return
        if self._thread is None:
            self._thread = Thread(self._run, "journal")
            try:
                self._thread.start()
            except NoThread:  # no memory for one more: it is done here
                self._thread = None
                return self._guarded(action)
        done = threading.Event()
        self._jobs.put((action, done))
        if wait:
            done.wait()

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=None if self._record is None else LOOK)
            except queue.Empty:
                self._guarded(self._grow)
                continue
            if job is None:
                return
            action, done = job
            self._guarded(action)
            done.set()

    def _guarded(self, action: Callable[[], object]) -> None:
        try:
            action()
        except BaseException as error:  # whatever it is, later turns shall be kept; ValueError: somebody else wrote into it
            _log.warning("A turn cannot be kept.", exc_info=error)
            why = (getattr(error, "strerror", None) or str(error).rstrip(".") or type(error).__name__).lower()
            hint = "Make room there. " if getattr(error, "errno", None) in _NO_ROOM else ""
            self.problem = (
                f"This turn is not kept: {why} ({self._kept_in.folder}). {hint}The talk goes on, and later turns are kept as "
                "soon as they can be."
            )
            self._forget()


    def _begin(
        self, turn: int, schedule: str, pooling: str, spoken: bool, text: str, seed: int, model: dict[str, Any], source: str
    ) -> None:
        self._leave()
        if self._lock is not None and not self._lock.is_there:  # the folder was taken away under it
            self._lock.release(keep=True)
            self._begin_anew()
        if self._lock is None:
            session = self._kept_in.new_id()
            self._lock, self.session = self._kept_in.create(session), session
        number = self._count + 1
        folder = self._turns / f"{number:04d}"
        begun = StoredTurn(
            folder, number, "running", schedule, spoken, seed, heard=text, began=time.time(), model=model,
            versions=dict(_versions()), pooling=pooling, source=source, replaces=self._replaces,
        )  # fmt: skip
        private.make_folder(folder, is_new=True)
        try:
            write_json(folder / TURN, begun.as_json())
            self._files[TOKENS] = _open(folder / TOKENS)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)  # the beginning of a turn is none
            raise
        self._turn, self._of, self._count, self._rates = begun, turn, number, {}
        self._tokens = self._letters = self._pieces = 0
        self._replaces, self._numbers[turn] = 0, number
        self.problem = ""

    def _heard(self, turn: int, tokens: int, text: str) -> None:
        number = self._numbers.get(turn)
        if self._turn is not None or number is None:
            return
        path = self._turns / f"{number:04d}" / TURN
        write_json(path, {**read_json(path), "heard_tokens": tokens, "heard_text": text})

    def _take_back(self, turn: int) -> None:
        self._replaces = self._numbers.get(turn, 0)

    def _try_to_resume(self, session: str) -> None:
        try:
            self._resume(session)
        except (OSError, ValueError) as error:  # ValueError: another version's
            _log.warning("A session cannot be continued.", exc_info=error)
            why = (getattr(error, "strerror", None) or "").lower() or str(error)
            if isinstance(error, BlockingIOError):
                why = "another program writes it"
            self.problem = f"What follows is kept as a session of its own: the old one cannot be added to ({why})."

    def _resume(self, session: str) -> None:
        folder = self._kept_in.sessions_folder / session
        if is_of_another_version(folder):
            raise ValueError("another version of Refrain has written it")
        numbers = [int(path.name) for path in (folder / "turns").iterdir() if path.name.isdecimal()]
        self._lock = Lock(folder / LOCK)
        self.session, self._count = session, max(numbers, default=0)
        self._numbers = {-number: number for number in numbers}

    @property
    def _turns(self) -> Path:
        """The folder of the session's turns."""
        return self._kept_in.sessions_folder / self.session / "turns"

    def _append(self, turn: StoredTurn, name: str, samples: np.ndarray, rate: int) -> None:
        if name not in self._files:
            # The rate has to be known to whoever finds the raw samples after a crash.
            turn.versions[f"{name}_rate"] = str(rate)
            write_json(turn.folder / TURN, turn.as_json())
            self._files[name], self._rates[name] = _open(turn.folder / f"{name}.pcm"), rate
        self._files[name].write(to_pcm(samples).tobytes())
        self._sync()

    def _follow(self, record: TurnRecord) -> None:
        self._record = record

    def _grow(self) -> None:
        """Writes what is new in the record."""
        turn, record = self._turn, self._record
        if turn is None or record is None:
            return
        turn.question_seconds, turn.first_audio = record.question_seconds, record.first_audio
        turn.rejected, turn.text = list(record.rejected), record.text
        if turn.spoken:
            turn.heard = record.heard
        tokens, words = record.tokens[self._tokens :], turn.text[self._letters :]
        if tokens:
            self._files[TOKENS].write("".join(json.dumps(vars(token)) + "\n" for token in tokens).encode())
            self._tokens += len(tokens)
        if words:
            if WORDS not in self._files:
                self._files[WORDS] = _open(turn.folder / WORDS)
            self._files[WORDS].write(words.encode(errors="replace"))
            self._letters += len(words)
        for piece in record.audio[self._pieces :]:
            self._append(turn, "reply", piece.samples, piece.sample_rate)
            self._pieces += 1
        if tokens or words:
            self._sync()

    def _complete(self, turn: StoredTurn) -> None:
        record = self._record
        assert record is not None  # a turn ends with its reply
        self._grow()
        turn.note = record.message or " ".join(record.limits)
        if record.stats is not None:
            turn.stats = asdict(record.stats)
            turn.schedule, turn.seed, turn.pooling = record.schedule, record.seed, record.pooling
        self._end(turn, record.state)

    def _end(self, turn: StoredTurn, state: State) -> None:
        self._close_files()
        seal(turn, {"question": self._rates.get("question"), "reply": self._rates.get("reply")})
        turn.state = state
        write_json(turn.folder / TURN, turn.as_json())
        (turn.folder / WORDS).unlink(missing_ok=True)
        if not any(turn.folder.glob("*.pcm")):  # a sound of an unknown rate stays as it is
            self.kept[self._of] = turn.folder
        self._turn = self._record = None
        self._kept_in.touch(self.session, turn.folder.name)

    def _drop(self, turn: StoredTurn) -> None:
        folder = turn.folder
        self._close_files()
        self._turn = self._record = None
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        self._count -= 1
        del self._numbers[self._of]
        self._kept_in.touch(self.session, folder.name)

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
        self.kept, self._has_unsealed, self._replaces = {}, False, 0

    def _leave(self) -> None:
        """What a turn without an end has of a reply is kept; without any of it, it goes."""
        turn = self._turn
        if turn is None:
            return
        self._grow()
        if self._tokens:
            turn.note = ENDED
            self._end(turn, "unfinished")
        else:
            self._drop(turn)

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
        self._files, self._turn, self._record = {}, None, None


def _open(path: Path) -> IO[bytes]:
    return open(path, "wb", opener=private.opener)


@cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in ("refrain", "torch", "PySide6-Essentials"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
