"""One question put to a dialogue from beginning to end, for programs without a window."""

from __future__ import annotations

import json
import math
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from engine import audio_files
from engine.audio_files import Recording
from engine.dialogue import Dialogue, Turn
from engine.events import TurnStats
from engine.samples import Samples
from engine.turn_record import TurnRecord

LONGEST_TEXT = 2000
_FEED_SECONDS = 0.5  # fine enough that an interrupt is felt at once


class AskError(RuntimeError):
    """A question that could not be answered; the message is a sentence for the user."""


class NothingSaid(AskError):
    """There is no voice in the question; `Dialogue.needs_voice` says whether that matters."""


@dataclass(frozen=True)
class Question:
    """A typed question, or the sound file of a spoken one, brought to a loudest sample of `peak` dBFS if that is given.

    `made` makes the sound in place of the file.
    """

    text: str | None = None
    audio: Path | None = None
    peak: float | None = None
    made: Callable[[], Recording] | None = field(default=None, compare=False)

    @property
    def is_spoken(self) -> bool:
        return self.audio is not None or self.made is not None

    def sound(self) -> Recording | None:
        """The spoken question, None for a typed one; raises `ValueError` with a sentence if it cannot be asked."""
        if self.is_spoken:
            return self._recording
        text = self.text or ""
        if not text.strip():
            raise AskError("The question is empty: type some words.")
        if len(text) > LONGEST_TEXT:
            raise AskError(f"The question has {len(text):,} characters; at most {LONGEST_TEXT:,} can be asked.")
        return None

    @cached_property
    def _recording(self) -> Recording:
        """Kept, because a pipe can be read only once."""
        if self.made:
            found = self.made()
        else:
            assert self.audio is not None  # it is spoken
            found = audio_files.recording(self.audio, audio_files.LONGEST_QUESTION)
        if self.peak is not None:
            found = replace(found, samples=audio_files.at_peak(found.samples, self.peak))
        audio_files.check_question(found.samples, found.rate)
        return found


@dataclass(frozen=True)
class Answer:
    """What came of a question: the turn's `record`, and whether the user interrupted it."""

    record: TurnRecord
    interrupted: bool

    @property
    def stats(self) -> TurnStats:
        """The turn's figures."""
        assert self.record.stats is not None  # the turn is over and has not failed
        return self.record.stats

    @cached_property
    def samples(self) -> Samples:
        """The reply's sound: mono float32."""
        return self.record.samples()

    def as_json(self, model: str, audio: Path | None) -> dict[str, Any]:
        """Every figure by name, ready for `json.dumps`; `audio` is where the samples were written."""
        figures = asdict(self.stats)
        figures = {"heard": figures.pop("heard"), "text": figures.pop("text"), **figures}
        figures |= {"audio": audio and str(audio), "model": model, "interrupted": self.interrupted}
        return finite(figures)


Watch = Callable[[TurnRecord], None]
"""Is shown a turn's record whenever it has grown."""


def ask(dialogue: Dialogue, question: Question, watch: Watch = lambda record: None) -> Answer:
    """Asks, lets `watch` see the turn grow, and returns the answer.

    The first Ctrl-C ends the turn with what there is by then, a second one raises `KeyboardInterrupt`. Raises
    `ValueError` or `AskError` with a sentence.
    """
    sound, record = question.sound(), TurnRecord()
    with _interrupt(dialogue) as interrupted:
        if sound is None:
            events = dialogue.ask(question.text or "", record=record)
        else:
            events = _spoken(dialogue, sound, interrupted).reply(record=record)
        for _ in events:
            watch(record)
            if interrupted.is_set():
                dialogue.cancel()
    if record.state == "failed":
        raise NothingSaid(record.message) if record.no_voice else AskError(record.message)
    return Answer(record, record.state == "cancelled" and interrupted.is_set())


class Trace:
    """A file of one JSON line per decoded token; a turn whose speech was pooled says how in each of its lines."""

    def __init__(self, path: Path):
        self.how: dict[str, Any] = {}
        """What else each line says of how the coming turns are made."""
        self._record, self._written = TurnRecord(), 0
        self._file = open_trace(path)

    def __enter__(self) -> Trace:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def watch(self, record: TurnRecord, **place: int) -> None:
        """Writes the tokens that are new, with what says which of several turns it is."""
        if record is not self._record:
            self._record, self._written = record, 0
        pooling = {} if record.pooling == "none" else {"pooling": record.pooling}
        for token in record.tokens[self._written :]:
            self._file.write(json.dumps({**place, **self.how, **pooling, **finite(asdict(token))}) + "\n")
            self._written += 1


def open_trace(path: Path) -> TextIO:
    """A file to write lines into. Raises `AskError`."""
    try:
        return open(path, "w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise AskError(f"The trace {path} cannot be written: {(error.strerror or str(error)).lower()}.") from error


def _spoken(dialogue: Dialogue, sound: Recording, interrupted: threading.Event) -> Turn:
    turn = dialogue.open_turn()
    turn.spoken.notes += sound.notes
    step = max(1, int(_FEED_SECONDS * sound.rate))
    for start in range(0, len(sound.samples), step):
        if interrupted.is_set():
            raise KeyboardInterrupt
        turn.feed(sound.samples[start : start + step], sound.rate, live=False)
    return turn


@contextmanager
def _interrupt(dialogue: Dialogue) -> Iterator[threading.Event]:
    """While it lasts, the first Ctrl-C only sets the event and cancels the turn. Signals reach the main thread only."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        dialogue.cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def finite(value: Any) -> Any:
    """JSON knows no NaN: what could not be measured is null. Times keep microseconds."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
