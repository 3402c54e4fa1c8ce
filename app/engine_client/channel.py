"""The one door between the screen and the engine: plain commands go in, plain reports come out.

Nothing that crosses it is a tensor, a Qt object or a callback into the other side, so an engine in a process of its own
would be one more class like `EngineThread`.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence

import numpy as np

from app.engine_client.commands import (
    REPORTS,
    Abandon,
    Ask,
    Begin,
    BeginAgain,
    Command,
    Feed,
    LetGo,
    Load,
    Look,
    Mailbox,
    Microphone,
    PlayedUntil,
    Render,
    RenderQuestion,
    Reply,
    Report,
    Resume,
    Sampling,
    SoundSink,
    TakeBack,
)
from app.engine_client.models import Loader
from app.engine_client.worker import Worker
from app.storage.journal import Journal
from engine.earlier import EarlierTurn
from engine.events import Note
from engine.worker_thread import Thread

_PATIENCE = 20.0  # seconds: loading a large model cannot be interrupted


class EngineThread:
    """Runs the commands in order on a thread of its own. The methods belong to the screen's thread.

    Turns and renders are numbered together from 1. One that was asked for a reply ends with `Dropped` or with `Ended`;
    while its reply is made, the record that `Replying` gave grows. A `seed` fixes how tokens are drawn; `sampling` is
    (temperature, top-p), or None for the model's own.
    """

    def __init__(self, sound: SoundSink, load: Loader | None = None, journal: Journal | None = None, threads: int = 0) -> None:
        """`load`: a model's name or folder -> a `SpokenLM` (by default `engine.models.load`).

        `journal` is told of the turns of the conversation on the engine's thread. `threads` are the cores to compute
        with; 0 is all but one.
        """
        self._mailbox = Mailbox()
        self._worker = Worker(self._mailbox, sound, load, journal, threads)
        self._numbers = 0
        self._thread = Thread(self._worker.run, "engine")

    def start(self) -> None:
        """Begins to obey."""
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def load(self, name: str) -> None:
        """Loads a model by name or folder -> `Loading`, then `Ready` or `LoadFailed`; renders that wait fail."""
        self._put(Load(name), urgent=True)

    @property
    def coming(self) -> int:
        """The number that the next turn or render will have."""
        return self._numbers + 1

    def begin(
        self,
        schedule: str = "full",
        seed: int = 0,
        pooling: str = "none",
        source: str = "",
        notes: tuple[Note, ...] = (),
        microphone: Microphone | None = None,
    ) -> int:
        """Opens a spoken turn and returns its number; `reply` follows, and `feed` before it where there is no `microphone`.

        `schedule` and `seed` are what the journal is told for now; those of `reply` count. `pooling` is how the question's
        speech is merged, which happens while it is heard. `source` names the file of one that was recorded before, and `notes`
        are what is known of its sound. A `microphone` is read until the question is complete.
        """
        self._numbers += 1
        self._put(Begin(self._numbers, schedule, seed, pooling, source, notes, microphone), urgent=True)
        return self._numbers

    def feed(self, turn: int, samples: np.ndarray, rate: int) -> None:
        """More of a question that was recorded before, mono float32."""
        self._put(Feed(turn, samples, rate))

    def reply(
        self, turn: int, schedule: str, seed: int = 0, sampling: Sampling | None = None, needs_voice: bool = True
    ) -> None:
        """The question is complete: the reply's events follow. `needs_voice`: there is none if nobody spoke."""
        self._put(Reply(turn, schedule, seed, sampling, needs_voice))

    def ask(self, text: str, schedule: str, seed: int = 0, sampling: Sampling | None = None) -> int:
        """Opens a typed turn, whose reply follows, and returns its number."""
        self._numbers += 1
        self._put(Ask(self._numbers, text, schedule, seed, sampling), urgent=True)
        return self._numbers

    def cancel(self) -> None:
        """Stops every turn begun so far, but no render; the one at work stops within one block of its question or one token."""
        self._mailbox.cancelled = self._numbers
        self._worker.cancel_turn()
        self._put(Abandon(self._numbers))

    def heard(self, turn: int, seconds: float) -> None:
        """Of that turn's reply, if it was the last one, only so much was played: the rest shall not be remembered."""
        self._put(PlayedUntil(turn, seconds))

    def take_back(self, turn: int) -> None:
        """Forgets that turn if it was the last one: the next one takes its place."""
        self._put(TakeBack(turn))

    def resume(self, session: str, past: Sequence[EarlierTurn], last: int) -> None:
        """Goes on with an earlier session, of whose turns `past` shall be remembered if they fit -> `Resumed`.

        `last` is the number by which the last of them is known here, for `take_back`.
        """
        self._mailbox.conversations += 1
        self._put(Resume(session, tuple(past), last, self._mailbox.conversations), urgent=True)

    def begin_again(self, private: bool = False) -> None:
        """Forgets the conversation; cancel a reply that is at work first, or it is waited for.

        Nothing of a `private` one is told to the journal.
        """
        self._mailbox.conversations += 1
        self._put(BeginAgain(private))

    def render(
        self,
        question: RenderQuestion,
        schedule: str,
        seed: int = 0,
        sampling: Sampling | None = None,
        pooling: str = "none",
        model: str = "",
    ) -> int:
        """Renders a reply in a conversation of its own and returns its number; nothing of it is played or remembered.

        Its record has the sound, too. Renders wait for one another and for the conversation: one that is at work when a turn
        begins is `Interrupted` within one token and begins again afterwards. Another `model` than the conversation's
        ("") is loaded, by name or folder, when the render's turn comes: `Known` or `Unusable` tells.
        """
        self._numbers += 1
        self._put(Render(self._numbers, question, schedule, seed, sampling, pooling, model))
        return self._numbers

    def look(self, model: str) -> None:
        """Finds out what a model can do, by name or folder -> `Known` or `Unusable`, when nothing is to be rendered."""
        self._put(Look(model))

    def let_go(self) -> None:
        """Frees the memory of another model than the conversation's; one that is needed again is loaded again."""
        self._put(LetGo())

    def cancel_render(self, number: int) -> None:
        """Stops a render, waiting or at work; it ends with `Dropped` or `TurnCancelled`."""
        self._mailbox.unwanted.add(number)
        self._worker.renders.cancel(number)

    def reports(self) -> Iterator[Report]:
        """What was reported since the last call."""
        for _ in range(REPORTS):
            try:
                yield self._mailbox.reports.get_nowait()
            except queue.Empty:
                return

    def close(self) -> None:
        """Stops everything and waits for the thread's end, though not for ever."""
        self._mailbox.closing = True
        self.cancel()
        self._put(None, urgent=True)
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _put(self, command: Command | None, urgent: bool = False) -> None:
        """`urgent`: a render at work makes room for it."""
        self._mailbox.commands.put(command)
        if urgent:
            self._mailbox.calls += 1
            self._worker.renders.cancel()
