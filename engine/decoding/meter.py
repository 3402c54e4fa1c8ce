"""Counting and timing what a turn does."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from engine.events import Audio, Drafts, Event, Note, Text, Token, TurnStats

SOUND = 1e-4
"""Peak from which on there is something to hear (-80 dB of full scale)."""


@dataclass
class Meter:
    """Sees a turn's events and adds up `TurnStats`. Times begin when the meter is made: at the last input sample."""

    schedule: str
    seed: int
    layers: int
    sample_rate: int
    question_seconds: float = 0.0
    listen: float | None = None
    prefill: float | None = None
    decode: float | None = None
    speak: float | None = None
    limits: list[str] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    pooling: str = "none"
    cost: dict[str, int] = field(default_factory=dict)
    sampling: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.perf_counter)
    _tokens: list[Token] = field(default_factory=list)
    _text: dict[str, str] = field(default_factory=lambda: {"heard": "", "text": ""})
    _accepted: int = 0
    _rejected: int = 0
    _samples: int = 0
    _first_audio: float | None = None
    _last_audio: float = 0.0

    def now(self) -> float:
        """Seconds since the last input sample."""
        return time.perf_counter() - self._began

    def see(self, event: Event) -> Event:
        """Counts an event and gives it back."""
        match event:
            case Token():
                self._tokens.append(event)
            case Text():
                self._text[event.kind] += event.text
            case Drafts():
                self._accepted += event.accepted
                self._rejected += len(event.rejected)
            case Audio():
                self._samples += len(event.samples)
                self._last_audio = event.at
                if self._first_audio is None and np.abs(event.samples).max() >= SOUND:
                    self._first_audio = event.at
        return event

    def stats(self) -> TurnStats:
        """Everything so far."""
        audio_seconds = self._samples / self.sample_rate
        depths = {kind: [t.depth for t in self._tokens if t.kind == kind] for kind in ("text", "speech", "heard")}
        return TurnStats(
            schedule=self.schedule,
            seed=self.seed,
            heard=self._text["heard"],
            text=self._text["text"],
            tokens={kind: len(found) for kind, found in depths.items()},
            depth={
                "full": float(self.layers),
                "mean_speech": _mean(depths["speech"]),
                "mean_all": _mean([token.depth for token in self._tokens]),
            },
            refreshes=sum(token.refresh for token in self._tokens),
            accepted=self._accepted,
            rejected=self._rejected,
            seconds={
                "listen": self.listen,
                "prefill": self.prefill,
                "first_token": self._tokens[0].at if self._tokens else None,
                "first_audio": self._first_audio,
                "decode": self.decode,
                "speak": self.speak,
                "total": self.now(),
            },
            tokens_per_second=len(self._tokens) / self.decode if self.decode else 0.0,
            real_time_factor=self._last_audio / audio_seconds if audio_seconds else None,
            audio_seconds=audio_seconds,
            sample_rate=self.sample_rate,
            question_seconds=self.question_seconds,
            limits=tuple(self.limits),
            notes=self.notes,
            pooling=self.pooling,
            prefill=self.cost,
            sampling=self.sampling,
        )


def _mean(values: list[int]) -> float:
    return sum(values) / len(values) if values else 0.0
