"""What the engine says while it works: plain frozen values that may cross threads. No torch, no Qt.

A turn yields, in order: `Listened`, `Prefilled`, then `Token`, `Text`, `Drafts` and `Audio` as they come (audio is made on a
thread of its own), and at last exactly one of `TurnFinished`, `TurnCancelled` or `TurnFailed`.
All times are seconds since the turn's last input sample (or since the typed text was sent), unless named otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.samples import Samples

Kind = Literal["heard", "text", "speech", "control"]
"""heard: transcript of the question; text: the reply's words; speech: a speech unit; control: everything else."""


@dataclass(frozen=True)
class Note:
    """What was measured of a question's sound and may explain how it was understood: a lasting short code, and a sentence."""

    code: str
    text: str


NO_VOICE = "no-voice"
"""The code of a question's sound in which nobody spoke, and which was sent all the same."""


@dataclass(frozen=True)
class Listened:
    """The question is in: `positions` prompt positions came from `audio_seconds` of speech (0 for typed text)."""

    audio_seconds: float
    positions: int
    seconds: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Prefilled:
    """The whole prompt is in the cache; `reused` positions were there from earlier turns.

    `pooling` and `cost` are `pooling` and `prefill` of `TurnStats`.
    """

    positions: int
    reused: int
    seconds: float
    pooling: str = "none"
    cost: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Token:
    """One decoded token.

    `depth` counts the layers that chose it. `refresh` is true for a full-depth step that a schedule placed among tokens
    that exit early. `caught_up` is how many pending positions that step brought to full depth. Under review a draft's token comes
    once, after its review, with the depth of the step that drafted it.
    `at` is the time of the choice, `milliseconds` what its step took.
    `entropy` is that of the exit head's choice in nats, where an entropy schedule asked for it. `codes` are those of a token that
    is a frame of several; its id is a number made of them.
    """

    index: int
    id: int
    kind: Kind
    depth: int
    refresh: bool
    caught_up: int
    milliseconds: float
    at: float
    entropy: float | None = None
    codes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Drafts:
    """One review: `accepted` drafts were kept, `rejected` ids were thrown away (the first of them was corrected).

    `drafted` has `at` and `milliseconds`, as of a token, of the step that made each draft, kept or not: the kept ones' tokens
    have the time after the review. `at` and `milliseconds` are the review's own.
    """

    accepted: int
    rejected: tuple[int, ...]
    drafted: tuple[tuple[float, float], ...] = ()
    at: float = 0.0
    milliseconds: float = 0.0


@dataclass(frozen=True)
class Text:
    """More text, complete characters only; `kind` is "heard" or "text"."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Audio:
    """More of the reply's sound: mono float32 `samples` at `sample_rate`, from speech tokens before `token_index`.

    It was ready `at` that time, after `milliseconds` of the vocoder's work.
    """

    samples: Samples
    sample_rate: int
    token_index: int
    at: float
    milliseconds: float = 0.0


@dataclass(frozen=True)
class TurnStats:
    """What a turn cost. `seconds` has listen, prefill, first_token, first_audio, decode, speak, total; absent values are None.

    `prefill` counts what the question cost under `pooling` (its text form), empty if it was never prefilled: its speech
    positions as they were `heard`, after `input` pooling, and as the top layer holds them after `deep` pooling; `flops`,
    and `flops_unpooled` if nothing in the conversation were pooled (the formula is in `engine.prefill.flops`); `kv_bytes`
    that the whole conversation's keys and values take once it is prefilled, and `kv_bytes_unpooled`.

    `sampling` is how the tokens were drawn: temperature, top_p, top_k and repetition_penalty.
    """

    schedule: str
    seed: int
    heard: str
    text: str
    tokens: dict[str, int]
    depth: dict[str, float]
    refreshes: int
    accepted: int
    rejected: int
    seconds: dict[str, float | None]
    tokens_per_second: float
    real_time_factor: float | None
    audio_seconds: float
    sample_rate: int
    question_seconds: float = 0.0
    limits: tuple[str, ...] = ()
    """Sentences about what was cut short: a question or a reply that hit a limit."""
    notes: tuple[Note, ...] = ()
    """As `Listened` had them."""
    pooling: str = "none"
    prefill: dict[str, int] = field(default_factory=dict)
    sampling: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TurnFinished:
    stats: TurnStats


@dataclass(frozen=True)
class TurnCancelled:
    """The turn was stopped by the user; `stats` says how far it came."""

    stats: TurnStats


@dataclass(frozen=True)
class TurnFailed:
    """The turn could not go on; `message` is a sentence the user can act on.

    `no_voice`: nothing was said in the question, which can be answered all the same if the user insists.
    """

    message: str
    no_voice: bool = False


Event = Listened | Prefilled | Token | Drafts | Text | Audio | TurnFinished | TurnCancelled | TurnFailed
