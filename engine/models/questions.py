"""A question on its way into the history: heard as it is spoken, or typed; never longer than there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from engine.events import Listened, Note
from engine.failures import STOPS
from engine.models.pooled_speech import Heard, PooledSpeech, part
from engine.models.spoken_lm import GuessingListener, PromptPiece, SpokenLM
from engine.prefill.history import Exchange
from engine.speech.pauses import VoicePauses
from engine.speech.recording import LOUDEST
from engine.speech.resample import Resampler, mono
from engine.speech.sound_check import SoundCheck
from engine.speech.voice import RATE
from engine.turn_record import AUDIBLE, TurnRecord

SHORTEST = 0.1
"""Seconds of sound that a spoken question needs."""
LOOK_SECONDS = 0.5
"""Of sound that is heard, at most, between two looks at whether the question is still wanted."""


class QuestionError(ValueError):
    """A question that cannot be answered; the message is a sentence for the user."""


class NoVoice(QuestionError):
    """There is sound in the question, but nobody spoke."""


class Page(Protocol):
    """What a question needs of a `History`."""

    exchanges: list[Exchange]

    def add(self, piece: PromptPiece) -> None: ...

    def take_back(self, pieces: int) -> None: ...

    def make_room(self, positions: int) -> int: ...

    def prefill(self, cancelled: Callable[[], bool]) -> object: ...


class _Recording(NamedTuple):
    """How a recording is heard, from its first samples on."""

    rate: float
    resampler: Resampler
    check: SoundCheck


class SpokenQuestion:
    """A question recorded bit by bit, for the latest exchange of `history`; it leaves `reply_room` positions free.

    Once it is `cancelled` no more of it is heard: at most one block of the listener's or of the prefill is finished.

    A listener that settles nothing before the end is asked at each pause of the voice for what it would give if the question had
    ended there. That is prefilled, and taken back if somebody speaks on. So nothing is heard of what follows the last pause,
    however the sound came: asked live, from a file or in a conversation that is gone back to, a question has one prompt.
    """

    spoken = True

    def __init__(self, model: SpokenLM, history: Page, reply_room: int, cancelled: Callable[[], bool] = lambda: False):
        self._model, self._history, self._cancelled = model, history, cancelled
        self._listener, self._end = model.listener(), model.after_speech()
        self._pauses = _pauses(model.input_rate) if isinstance(self._listener, GuessingListener) else None
        self._guessed: int | None = None  # samples that the question has if it ends with the pause that it is in
        self._needed = len(self._end) + reply_room
        self.notes: list[Note] = []
        """What was known of the recording before."""
        self._recording: _Recording | None = None
        self._samples, self._peak = 0, 0.0
        self._exchange = history.exchanges[-1]
        self._speech = PooledSpeech(model.decoder, self._exchange.pooling.input)
        self._positions = 0
        self._lost = 0  # positions of the listener's that there is no room for
        self._error: BaseException | None = None
        history.add(model.before_speech())
        self._opening = len(self._exchange.question)  # pieces before anything is heard

    def feed(self, samples: np.ndarray, rate: float, live: bool = True) -> None:
        """See `Turn.feed`."""
        samples = mono(samples)
        if self._recording is None:
            self._recording = _Recording(rate, Resampler(rate, self._model.input_rate), SoundCheck(rate))
        elif rate != self._recording.rate:
            raise ValueError(f"The question began at {self._recording.rate} samples per second and cannot go on at {rate}.")
        if self._error is None:
            try:
                step = max(1, round(LOOK_SECONDS * rate))
                for start in range(0, max(1, len(samples)), step):
                    if self._cancelled():
                        return
                    self._hear(self._recording, samples[start : start + step])
                self._history.make_room(self._needed)  # earlier turns may fill it all before anything is heard
                if live:
                    self._guess()
                self._history.prefill(self._cancelled)
            except STOPS:
                raise
            except BaseException as error:  # told once the user has finished
                self._error = error

    def settle(self, record: TurnRecord, needs_voice: bool = True) -> Listened:
        """Adds what is left of the question. Raises `QuestionError`, or what the listener raised.

        `needs_voice`: a question in which nobody spoke is a `NoVoice`. A cancelled one is closed as far as it was heard.
        """
        if self._error is not None:
            raise self._error
        seconds = self._samples / self._recording.rate if self._recording else 0.0
        notes: tuple[Note, ...] = ()
        if not self._cancelled():
            recording = self._checked(seconds, needs_voice)
            notes = (*self.notes, *recording.check.notes())
            self._listen(recording.resampler.finish())
        if not self._cancelled():
            if recording.check.said:
                self._guess()
            else:
                self._take_back()
        if not self._cancelled() and self._guessed is None:
            self._hear_piece(self._listener.finish())
        for heard in self._speech.finish():
            self._add(heard)
        self._history.add(self._end)
        if self._lost:
            kept = seconds * self._exchange.heard / (self._exchange.heard + self._lost)
            given = f"the first {kept:.1f} s of {seconds:.1f} s"
            record.limits.append(f"The question was too long: the model was given only {given}.")
        return Listened(seconds, self._positions, record.now(), notes)

    def _checked(self, seconds: float, needs_voice: bool) -> _Recording:
        """What heard it, if there is something to answer. Raises `QuestionError`."""
        if self._recording is None or seconds == 0:
            raise QuestionError("I heard nothing: no sound arrived. Check that a microphone is connected and allowed.")
        if self._peak < AUDIBLE:
            raise QuestionError("I heard nothing: the recording is silent. Check that the microphone is not muted.")
        if seconds < SHORTEST:
            raise QuestionError(f"I heard nothing: the question was shorter than {SHORTEST} s. Speak a little longer.")
        self._recording.check.finish()
        if needs_voice and not self._recording.check.said:
            raise NoVoice("I heard no voice in that, only other sound, so there is nothing to answer.")
        return self._recording

    def _hear(self, recording: _Recording, samples: np.ndarray) -> None:
        if samples.size:
            peak = float(np.abs(samples).max())
            if not peak < LOUDEST / 2:  # resampling may go beyond the peak
                raise QuestionError("The recording is damaged: it has samples that are not numbers. Record it again.")
            self._peak = max(self._peak, peak)
            self._samples += samples.size
            recording.check.feed(samples)
        self._listen(recording.resampler.feed(samples))

    def _listen(self, samples: np.ndarray) -> None:
        if self._pauses is not None:
            self._pauses.feed(samples)
        self._hear_piece(self._listener.feed(samples))

    def _guess(self) -> None:
        """That the question ends with the pause that it is in, if it is in one."""
        end = self._pauses.end if self._pauses is not None else None
        if end == self._guessed:
            return
        self._take_back()
        if end is not None and isinstance(self._listener, GuessingListener):
            self._hear_piece(self._listener.guess(end))
            for heard in self._speech.finish():
                self._add(heard)
            self._guessed = end

    def _take_back(self) -> None:
        if self._guessed is not None:
            self._history.take_back(self._opening)
            self._speech = PooledSpeech(self._model.decoder, self._exchange.pooling.input)
            self._exchange.heard = self._positions = self._lost = 0
            self._guessed = None

    def _hear_piece(self, piece: PromptPiece) -> None:
        for heard in self._speech.feed(piece):
            self._add(heard)

    def _add(self, heard: Heard) -> None:
        """As much of the piece as there is room for; the listener goes on beyond, to tell how much was lost."""
        piece, sizes = heard
        room = 0 if self._lost else max(0, self._history.make_room(len(piece) + self._needed) - self._needed)
        kept = min(room, len(piece))
        self._history.add(part(piece, 0, kept))
        self._positions += kept
        self._exchange.heard += sum(sizes[:kept])
        self._lost += sum(sizes[kept:])


def _pauses(rate: int) -> VoicePauses | None:
    """None where nobody can tell them: then the end is waited for."""
    try:
        return VoicePauses() if rate == RATE else None
    except (ImportError, OSError):
        return None  # the sound check writes down why


class TypedQuestion:
    """A question as text, for the latest exchange of `history`; it leaves `reply_room` positions free."""

    spoken = False

    def __init__(self, model: SpokenLM, history: Page, reply_room: int, text: str):
        self._model, self._history, self._reply_room, self._text = model, history, reply_room, text

    def settle(self, record: TurnRecord, needs_voice: bool = True) -> Listened:
        """Adds the question. Raises `QuestionError`."""
        try:
            self._history.add(self._fitting(record))
        except ValueError as error:
            raise QuestionError(str(error)) from error
        return Listened(0.0, 0, record.now())

    def _fitting(self, record: TurnRecord) -> PromptPiece:
        """The question, or the longest beginning of it that there is room for."""
        piece = self._model.typed(self._text)
        needed = self._reply_room + len(piece.opening)
        room = self._history.make_room(len(piece) + needed) - needed
        if len(piece) <= room:
            return piece
        fits, too_long, piece = 0, len(self._text), PromptPiece()
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            beginning = self._text[:middle]
            attempt = self._model.typed(beginning) if beginning.strip() else PromptPiece()
            if len(attempt) <= room:
                fits, piece = middle, attempt
            else:
                too_long = middle
        if not len(piece):
            raise QuestionError("There is no room for a question: let the conversation have more positions.")
        record.limits.append(
            f"The question was too long: the model was given only its first {fits} of {len(self._text)} characters."
        )
        return piece
