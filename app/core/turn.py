"""One turn of the conversation, as the screen knows it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.engine_client.commands import Sampling
from engine.events import Note
from engine.turn_record import TurnRecord


@dataclass(frozen=True)
class Played:
    """What was really played of a reply: from `began` (seconds since the question ended), `seconds` of it so far."""

    began: float
    seconds: float


@dataclass
class ChatTurn:
    """One question, how it was asked, and the record of what became of it, which the engine fills."""

    number: int
    """By which the engine knows it."""
    schedule: str
    spoken: bool
    typed: str = ""
    """The question's words, if it was typed."""
    pooling: str = "none"
    """How the speech of the question was merged."""
    seed: int = 0
    sampling: Sampling | None = None
    question_samples: list[np.ndarray] = field(default_factory=list)
    """The spoken question in pieces: mono float32 at `question_rate` Hz. The list only grows."""
    question_rate: int = 0
    record: TurnRecord = field(default_factory=TurnRecord)
    played: Played | None = None
    waiting: list[tuple[float, float]] = field(default_factory=list)
    """(seconds since the question ended, seconds of the reply that were made and not yet played), while it sounded."""
    is_over: bool = False
    """The record is complete, and on disk if it is to be kept."""
    note: str = ""  # a sentence about an early end
    place: int = 1
    """Which turn of its session it is."""
    began: float = field(default_factory=time.time)
    """Seconds since 1970."""
    source: str = ""
    """The name of the sound file that was the question."""
    file_notes: tuple[Note, ...] = ()
    """What was found out while reading it."""
    folder: Path | None = None
    """Where all of it is in the library; None while it is not."""
    is_soundless: bool = False
    """Its sounds were let go: words and figures are here, samples in the library at most."""

    def end(self, record: TurnRecord | None = None) -> None:
        """The turn is over: with that record, or before a reply began."""
        self.record, self.is_over = record or self.record, True
        if self.has_failed:
            self.note = self.record.message
        else:
            self.note = " ".join(self.record.limits) if self.record.state == "finished" else "Stopped."

    @property
    def heard(self) -> str:
        """What was understood, or typed."""
        return self.typed or self.record.heard

    @property
    def text(self) -> str:
        """The reply's words."""
        return self.record.text

    @property
    def reply_samples(self) -> list[np.ndarray]:
        """The reply's sound in pieces: mono float32 at `reply_rate` Hz."""
        return [] if self.is_soundless else [piece.samples for piece in self.record.audio]

    @property
    def reply_rate(self) -> int:
        return self.record.sample_rate

    @property
    def samples(self) -> int:
        """How many of its sounds are in memory."""
        return sum(map(len, (*self.question_samples, *self.reply_samples)))

    @property
    def has_lost_its_sound(self) -> bool:
        """Its sounds were let go, and are nowhere else."""
        return self.is_soundless and self.folder is None

    def let_sounds_go(self) -> None:
        """The memory of its samples is free again. For a turn that is over."""
        self.question_samples, self.is_soundless = [], True
        self.record.let_sound_go()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was measured of the question's sound."""
        return self.record.notes or self.file_notes

    @property
    def has_failed(self) -> bool:
        return self.record.state == "failed"
