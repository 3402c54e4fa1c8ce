"""The one door between the screen and the engine: plain commands go in, plain reports come out.

Nothing that crosses it is a tensor, a Qt object or a callback into the other side, so an engine in a process of its own
would be one more class like `EngineThread`.
"""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QThread

from engine.events import Audio, Event, TurnCancelled, TurnFailed, TurnFinished
from engine.log import explain

REPORTS = 4096  # beyond these the engine waits for the screen


class NoModel(RuntimeError):
    """There is no model to talk to; the message is a sentence for the user."""


@dataclass(frozen=True)
class ModelFacts:
    """What the screen needs to know of a model."""

    name: str
    folder: str
    layers: int
    exit_layers: tuple[int, ...]
    chunk_length: int
    speech_rate: float  # speech tokens per second of sound
    context: int


@dataclass(frozen=True)
class Loading:
    name: str


@dataclass(frozen=True)
class Ready:
    model: ModelFacts
    seconds: float


@dataclass(frozen=True)
class LoadFailed:
    """No model is loaded; `message` is a sentence."""

    message: str


@dataclass(frozen=True)
class OfTurn:
    """`event` of the turn with that number."""

    turn: int
    event: Event


@dataclass(frozen=True)
class Dropped:
    """The turn was stopped before its reply began."""

    turn: int


Report = Loading | Ready | LoadFailed | OfTurn | Dropped


class SoundSink(Protocol):
    """Takes the reply's sound on the engine's thread, so that it does not wait for the screen."""

    def write(self, turn: int, samples: np.ndarray, rate: int) -> None: ...

    def finish(self, turn: int) -> None: ...


@dataclass(frozen=True)
class _Load:
    name: str


@dataclass(frozen=True)
class _Begin:
    turn: int


@dataclass(frozen=True)
class _Feed:
    turn: int
    samples: np.ndarray
    rate: int


@dataclass(frozen=True)
class _Reply:
    turn: int
    schedule: str


@dataclass(frozen=True)
class _Ask:
    turn: int
    text: str
    schedule: str


@dataclass(frozen=True)
class _Heard:
    seconds: float


class EngineThread(QThread):
    """Runs the commands in order on a thread of its own. The methods belong to the screen's thread.

    Turns are numbered from 1. One that was asked for a reply ends with `Dropped`, or with `OfTurn` whose event is
    `TurnFinished`, `TurnCancelled` or `TurnFailed`.
    """

    def __init__(self, sound: SoundSink, load: Callable | None = None) -> None:
        """`load`: a model's name or folder -> a `SpokenLM` (by default `engine.models.load`)."""
        super().__init__()
        self.setObjectName("engine")
        self._sound, self._loader = sound, load
        self._commands: queue.SimpleQueue = queue.SimpleQueue()
        self._reports: queue.Queue[Report] = queue.Queue(REPORTS)
        self._turns = 0
        self._cancelled = 0  # turns up to this number
        self._closing = False
        self._dialogue = None
        self._listening: tuple[int, object] | None = None  # the turn that is being fed

    # --- the screen's side --------------------------------------------------------------------------------------------

    def load(self, name: str) -> None:
        """Loads a model by name or folder -> `Loading`, then `Ready` or `LoadFailed`."""
        self._commands.put(_Load(name))

    def begin(self) -> int:
        """Opens a spoken turn and returns its number; `feed` and `reply` follow."""
        self._turns += 1
        self._commands.put(_Begin(self._turns))
        return self._turns

    def feed(self, turn: int, samples: np.ndarray, rate: int) -> None:
        """More of the question, mono float32; it is prefilled while the user still speaks."""
        self._commands.put(_Feed(turn, samples, rate))

    def reply(self, turn: int, schedule: str) -> None:
        """The question is complete: the reply's events follow."""
        self._commands.put(_Reply(turn, schedule))

    def ask(self, text: str, schedule: str) -> int:
        """Opens a typed turn, whose reply follows, and returns its number."""
        self._turns += 1
        self._commands.put(_Ask(self._turns, text, schedule))
        return self._turns

    def cancel(self) -> None:
        """Stops every turn begun so far; the one at work stops within one token."""
        self._cancelled = self._turns
        dialogue = self._dialogue
        if dialogue is not None:
            dialogue.cancel()

    def heard(self, seconds: float) -> None:
        """Of the last reply only so much was played: the rest shall not be remembered."""
        self._commands.put(_Heard(seconds))

    def reports(self) -> Iterator[Report]:
        """What was reported since the last call."""
        for _ in range(REPORTS):
            try:
                yield self._reports.get_nowait()
            except queue.Empty:
                return

    def close(self) -> None:
        """Stops everything and waits for the thread's end."""
        self._closing = True
        self.cancel()
        self._commands.put(None)
        self.wait(20_000)  # loading a large model cannot be interrupted

    # --- the engine's side --------------------------------------------------------------------------------------------

    def run(self) -> None:
        # The decode loop is Python between short kernels: it must hand the interpreter over often, or the sound
        # callbacks and the screen wait for it.
        sys.setswitchinterval(0.001)
        while (command := self._commands.get()) is not None:
            if not self._closing:
                self._run(command)

    def _run(self, command) -> None:
        turn = getattr(command, "turn", None)
        if turn is not None and turn <= self._cancelled:
            self._abandon()
            if isinstance(command, _Reply | _Ask):
                self._report(Dropped(turn))
            return
        try:
            self._obey(command)
        except Exception as error:  # whatever it is, the window must go on and say so
            self._listening = None
            if turn is not None:
                self._sound.finish(turn)
                self._report(OfTurn(turn, TurnFailed(explain(error))))

    def _obey(self, command) -> None:
        if isinstance(command, _Load):
            return self._load(command.name)
        if self._dialogue is None:
            raise NoModel("No model is loaded, so nobody can answer.")
        open_turn, opened = self._listening or (None, None)
        match command:
            case _Begin(turn):
                self._listening = (turn, self._dialogue.open_turn())
            case _Feed(turn, samples, rate) if turn == open_turn:
                opened.feed(samples, rate)
            case _Reply(turn, schedule) if turn == open_turn:
                self._listening = None
                self._answer(turn, opened.reply(schedule))
            case _Ask(turn, text, schedule):
                self._answer(turn, self._dialogue.ask(text, schedule))
            case _Heard(seconds):
                self._dialogue.heard(seconds)

    def _abandon(self) -> None:
        if self._listening is not None:
            self._listening[1].abandon()
            self._listening = None

    def _load(self, name: str) -> None:
        self._report(Loading(name))
        began = time.monotonic()
        self._dialogue = None
        try:
            import torch  # takes a second or more: never on the screen's thread

            torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))  # one core stays for the screen and the sound
            from engine.dialogue import Dialogue

            if self._loader is None:
                from engine.models import load as loader
            else:
                loader = self._loader
            model = loader(name)
            self._dialogue = Dialogue(model)
        except Exception as error:
            self._report(LoadFailed(explain(error)))
            return
        facts = ModelFacts(
            model.name,
            str(model.folder),
            model.decoder.config.layers,
            tuple(sorted(model.exit_heads)),
            model.chunk_length,
            model.speech_rate,
            model.context,
        )
        self._report(Ready(facts, time.monotonic() - began))

    def _answer(self, turn: int, events: Iterator[Event]) -> None:
        event = None
        for event in events:
            if turn <= self._cancelled:
                self._dialogue.cancel()  # again: the first time may have been before the reply began
            elif isinstance(event, Audio):
                self._sound.write(turn, event.samples, event.sample_rate)
            if isinstance(event, TurnFinished | TurnCancelled | TurnFailed):
                self._sound.finish(turn)
            self._report(OfTurn(turn, event))
        if event is None:
            self._report(Dropped(turn))

    def _report(self, report: Report) -> None:
        while not self._closing:
            try:
                return self._reports.put(report, timeout=0.1)
            except queue.Full:
                continue

