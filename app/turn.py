"""One turn of the conversation, as the screen knows it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from app.engine_commands import Sampling
from engine.events import (
    Audio,
    Drafts,
    Event,
    Listened,
    Note,
    Prefilled,
    Text,
    Token,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnStats,
)


@dataclass(frozen=True)
class Played:
    """What was really played of a reply: from `began` (seconds since the question ended), `seconds` of it so far."""

    began: float
    seconds: float


@dataclass
class Turn:
    """One question and its reply, as far as they have come."""

    number: int
    """By which the engine knows it."""
    schedule: str
    spoken: bool
    heard: str = ""
    """What was understood, or typed."""
    text: str = ""
    pooling: str = "none"
    """How the speech of the question was merged."""
    seed: int = 0
    sampling: Sampling | None = None
    question_samples: list[np.ndarray] = field(default_factory=list)
    """The spoken question in pieces: mono float32 at `question_rate` Hz. The list only grows."""
    question_rate: int = 0
    question_seconds: float = 0.0
    reply_samples: list[np.ndarray] = field(default_factory=list)
    """The reply's sound in pieces: mono float32 at `reply_rate` Hz. The list only grows."""
    reply_rate: int = 0
    listened: Listened | None = None
    prefilled: Prefilled | None = None
    sounds: list[tuple[float, float]] = field(default_factory=list)
    """(seconds since the question ended, seconds of sound) of each piece of the reply."""
    played: Played | None = None
    waiting: list[tuple[float, float]] = field(default_factory=list)
    """(seconds since the question ended, seconds of the reply that were made and not yet played), while it sounded."""
    tokens: list[Token] = field(default_factory=list)
    rejected: list[tuple[int, int]] = field(default_factory=list)  # (token index, drafts thrown away before it)
    first_audio: float | None = None
    made_seconds: float = 0.0
    stats: TurnStats | None = None
    is_over: bool = False
    note: str = ""  # a sentence about an early end
    has_failed: bool = False
    no_voice: bool = False
    """It failed because nobody spoke, and can be sent all the same."""
    notes: tuple[Note, ...] = ()
    """What was measured of the question's sound."""
    place: int = 1
    """Which turn of its session it is."""
    began: float = field(default_factory=time.time)
    """Seconds since 1970."""
    source: str = ""
    """The name of the sound file that was the question."""

    def take(self, event: Event) -> None:
        """Grows by what the engine reported."""
        match event:
            case Listened():
                self.listened, self.question_seconds, self.notes = event, event.audio_seconds, event.notes
            case Prefilled():
                self.prefilled = event
            case Token():
                self.tokens.append(event)
            case Drafts() if event.rejected:
                self.rejected.append((len(self.tokens) + event.accepted, len(event.rejected)))
            case Text(kind="heard"):
                self.heard += event.text
            case Text():
                self.text += event.text
            case Audio():
                self.first_audio = event.at if self.first_audio is None else self.first_audio
                self.reply_rate = event.sample_rate
                self.reply_samples.append(event.samples)
                seconds = len(event.samples) / event.sample_rate
                self.sounds.append((event.at, seconds))
                self.made_seconds += seconds
            case TurnFinished() | TurnCancelled():
                self.stats, self.is_over = event.stats, True
                limits = " ".join(event.stats.limits)
                self.note = limits if isinstance(event, TurnFinished) else "Stopped."
            case TurnFailed():
                self.note, self.is_over, self.has_failed, self.no_voice = event.message, True, True, event.no_voice
