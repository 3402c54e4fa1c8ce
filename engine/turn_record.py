"""One turn, as far as it has come: the one place where the engine's events are folded. No torch, no Qt.

Whoever shows, stores, prints or renders a turn reads its record. The thread that decodes applies the events, any thread may read:
lists only grow, and what is counted of a token is there before the token is.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, TypeVar, get_args

import numpy as np

from engine.events import (
    Audio,
    Drafts,
    Event,
    Kind,
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
from engine.samples import Samples
from engine.schedules import Full, Schedule, ScheduleError, parse

AUDIBLE = 1e-4
"""Peak from which on there is something to hear (-80 dB of full scale)."""
State = Literal["running", "finished", "cancelled", "failed"]
E = TypeVar("E", bound=Event)


@dataclass
class Depths:
    """Tokens of one kind: how many there are, the sum of their depths in layers, and how many of them exited early."""

    tokens: int = 0
    layers: int = 0
    early: int = 0

    @property
    def mean(self) -> float | None:
        """Layers per token; None without tokens."""
        return self.layers / self.tokens if self.tokens else None


@dataclass(eq=False)
class TurnRecord:
    """Grows by `apply`. Times are seconds since `begin`: since the question's last sample, or since its text was sent.

    A token chosen by an exit step pends until a later step's `caught_up` brings it through the upper layers; the end of the
    turn brings up the rest. Under a schedule with another `KV` nothing ever does.
    """

    schedule: str = "full"
    """Its text form."""
    seed: int = 0
    layers: int = 0
    """Of a step at full depth; 0 while nobody knows."""
    sample_rate: int = 0
    """Of the reply's sound, in Hz."""
    pooling: str = "none"
    sampling: dict[str, float] = field(default_factory=dict)
    state: State = "running"
    message: str = ""
    """Why it failed, as a sentence."""
    no_voice: bool = False
    """It failed because nobody spoke, and can be sent all the same."""
    stats: TurnStats | None = None
    """The figures of a turn that is over and has not failed."""
    heard: str = ""
    """What was understood of a spoken question."""
    text: str = ""
    """The reply's words."""
    words: dict[int, str] = field(default_factory=dict)
    """Text by the index of the token that completed it."""
    question_seconds: float = 0.0
    notes: tuple[Note, ...] = ()
    """What was measured of the question's sound."""
    listened: float | None = None
    """When the question was in."""
    prefilled: float | None = None
    """When the whole prompt was in the cache."""
    positions: int = 0
    """Of the prompt, then."""
    prefill_cost: dict[str, int] = field(default_factory=dict)
    """As `prefill` of `TurnStats`."""
    tokens: list[Token] = field(default_factory=list)
    caught_up: bytearray = field(default_factory=bytearray)
    """Per token, whether an early one was brought to full depth; never shorter than `tokens`."""
    depths: dict[Kind, Depths] = field(default_factory=lambda: {kind: Depths() for kind in get_args(Kind)})
    refreshes: int = 0
    accepted: int = 0
    """Drafts that reviews kept."""
    rejected: list[tuple[int, int]] = field(default_factory=list)
    """(index of the token that corrected them, drafts thrown away) of each review that threw some away."""
    reviews: list[tuple[int, Drafts]] = field(default_factory=list)
    """Every review, with the index of its first draft."""
    step_seconds: float = 0.0
    """What the decode steps took."""
    audio: list[Audio] = field(default_factory=list)
    """The reply's sound, piece by piece."""
    first_audio: float | None = None
    """When the first piece in which there is something to hear was ready."""
    work: dict[str, float] = field(default_factory=dict)
    """Seconds spent on "prefill", "decode" and "speak", as the engine measured them."""
    limits: list[str] = field(default_factory=list)
    """Sentences about what was cut short."""
    _began: float = field(default_factory=time.perf_counter)
    _pending: deque[int] = field(default_factory=deque)
    _samples: int = 0

    def begin(self, schedule: str, seed: int, layers: int, sample_rate: int, pooling: str, sampling: dict[str, float]) -> None:
        """The question is complete: times count from now. Says how the reply is made."""
        self.schedule, self.seed, self.layers, self.sample_rate = schedule, seed, layers, sample_rate
        self.pooling, self.sampling, self._began = pooling, sampling, time.perf_counter()

    def now(self) -> float:
        """Seconds since then."""
        return time.perf_counter() - self._began

    def apply(self, event: E) -> E:
        """Grows by an event, and gives it back."""
        match event:
            case Token():
                self._add(event)
            case Text(kind="heard"):
                self.heard += event.text
                self._name(event.text)
            case Text():
                self.text += event.text
                self._name(event.text)
            case Audio():
                if self.first_audio is None and np.abs(event.samples).max(initial=0) >= AUDIBLE:
                    self.first_audio = event.at
                self.sample_rate = event.sample_rate
                self._samples += len(event.samples)
                self.audio.append(event)
            case Drafts():
                self.reviews.append((len(self.tokens), event))
                self.accepted += event.accepted
                if event.rejected:
                    self.rejected.append((len(self.tokens) + event.accepted, len(event.rejected)))
            case Listened():
                self.question_seconds, self.notes, self.listened = event.audio_seconds, event.notes, event.seconds
            case Prefilled():
                self.positions, self.prefilled = event.positions, event.seconds
                self.pooling, self.prefill_cost = event.pooling, event.cost
            case TurnFinished():
                self.end("finished", event.stats)
            case TurnCancelled():
                self.end("cancelled", event.stats)
            case TurnFailed():
                self.message, self.no_voice = event.message, event.no_voice
                self.end("failed")
        return event

    def end(self, state: State, stats: TurnStats | None = None) -> None:
        """Nothing more comes."""
        self._catch_up(len(self._pending))
        self.stats = stats
        self.state = state

    @property
    def is_over(self) -> bool:
        return self.state != "running"

    @property
    def plan(self) -> Schedule:
        """The schedule; full depth where its text form is one of another version."""
        return _parsed(self.schedule)

    @property
    def ids(self) -> tuple[int, ...]:
        """The tokens' ids."""
        return tuple(token.id for token in self.tokens)

    @property
    def pending(self) -> int:
        """How many tokens were chosen early and are not yet in the upper layers."""
        return len(self._pending)

    @property
    def rejected_drafts(self) -> int:
        """How many drafts reviews threw away."""
        return sum(count for _, count in self.rejected)

    @property
    def mean_depth(self) -> float | None:
        """Layers per token of any kind; None without tokens."""
        return sum(kind.layers for kind in self.depths.values()) / len(self.tokens) if self.tokens else None

    @property
    def tokens_per_second(self) -> float | None:
        """As the turn's figures have it, or else of the decode steps so far; None without tokens."""
        if self.stats is not None:
            return self.stats.tokens_per_second
        return len(self.tokens) / self.step_seconds if self.step_seconds else None

    @property
    def audio_seconds(self) -> float:
        """Of the reply's sound so far."""
        return self._samples / self.sample_rate if self.sample_rate else 0.0

    def samples(self) -> Samples:
        """The reply's sound so far: mono float32."""
        parts = [piece.samples for piece in self.audio]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def let_sound_go(self) -> None:
        """Of the sound only its times and its length stay. For a turn that is over."""
        silence = np.zeros(0, np.float32)
        self.audio = [replace(piece, samples=silence) for piece in self.audio]

    def figures(self) -> TurnStats:
        """What the turn has cost so far."""
        decode = self.work.get("decode")
        return TurnStats(
            schedule=self.schedule,
            seed=self.seed,
            heard=self.heard,
            text=self.text,
            tokens={kind: self.depths[kind].tokens for kind in ("text", "speech", "heard")},
            depth={
                "full": float(self.layers),
                "mean_speech": self.depths["speech"].mean or 0.0,
                "mean_all": self.mean_depth or 0.0,
            },
            refreshes=self.refreshes,
            accepted=self.accepted,
            rejected=self.rejected_drafts,
            seconds={
                "listen": self.listened if self.question_seconds else None,
                "prefill": self.work.get("prefill"),
                "first_token": self.tokens[0].at if self.tokens else None,
                "first_audio": self.first_audio,
                "decode": decode,
                "speak": self.work.get("speak"),
                "total": self.now(),
            },
            tokens_per_second=len(self.tokens) / decode if decode else 0.0,
            real_time_factor=self.audio[-1].at / self.audio_seconds if self.audio_seconds else None,
            audio_seconds=self.audio_seconds,
            sample_rate=self.sample_rate,
            question_seconds=self.question_seconds,
            limits=tuple(self.limits),
            notes=self.notes,
            pooling=self.pooling,
            prefill=self.prefill_cost,
            sampling=self.sampling,
        )

    def _add(self, token: Token) -> None:
        self._catch_up(token.caught_up)
        depths, is_early = self.depths[token.kind], token.depth < self.layers
        depths.tokens += 1
        depths.layers += token.depth
        depths.early += is_early
        self.refreshes += token.refresh
        self.step_seconds += token.milliseconds / 1000
        if is_early and self.plan.kv == "catch-up":
            self._pending.append(len(self.tokens))
        self.caught_up.append(0)
        self.tokens.append(token)

    def _catch_up(self, count: int) -> None:
        for _ in range(min(count, len(self._pending))):
            self.caught_up[self._pending.popleft()] = 1

    def _name(self, text: str) -> None:
        if self.tokens:
            self.words[len(self.tokens) - 1] = text


@lru_cache(maxsize=64)
def _parsed(schedule: str) -> Schedule:
    try:
        return parse(schedule)
    except ScheduleError:
        return Full()
