"""What a model family provides, and nothing more: a checkpoint folder in, a `SpokenLM` out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch

from engine.decoding.pattern import Pattern
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampling
from engine.samples import Samples


@dataclass(frozen=True)
class PromptPiece:
    """Consecutive prompt positions: either token `ids`, or `states` [positions, dim] that take the embeddings' place.

    `opening` are ids that stand before this piece if a conversation begins with it; they are none of its positions.
    `marks` are the places in what a listener gives that are no speech and must stay as they are. In a prompt a piece is
    `speech` as a whole, or it is not.
    """

    ids: tuple[int, ...] = ()
    states: torch.Tensor | None = None
    opening: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    speech: bool = False

    def __len__(self) -> int:
        return len(self.ids) if self.states is None else self.states.shape[0]


class Listener(Protocol):
    """One spoken question, fed as it is recorded."""

    def feed(self, samples: Samples) -> PromptPiece:
        """Mono float32 at `SpokenLM.input_rate`, any length (also 0) -> the positions that are settled by now."""

    def finish(self) -> PromptPiece:
        """The last positions; the listener is used up then."""


@runtime_checkable
class GuessingListener(Listener, Protocol):
    """One that settles nothing before the end, but can say what would be settled then."""

    def guess(self, samples: int) -> PromptPiece:
        """What `finish` would give if the question had ended after its first `samples` samples; changes nothing."""


class Speaker(Protocol):
    """One reply's voice, fed as speech tokens are decoded. Lives on one thread, touches no global generator."""

    def feed(self, tokens: list[int]) -> Samples:
        """Speech token ids -> the mono float32 samples at `SpokenLM.output_rate` that are settled by now (maybe none)."""

    def finish(self) -> Samples:
        """The tail; the speaker is used up then."""


@runtime_checkable
class ManySided(Protocol):
    """A loaded model that can be asked for more than conversation."""

    modes: tuple[str, ...]
    """The first is conversation."""
    mode: str
    """The one that it is in."""

    def in_mode(self, name: str) -> SpokenLM:
        """The same model, with the same weights, for another purpose. Raises `ValueError` with a sentence for no mode of its."""


def in_mode(model: SpokenLM, name: str) -> SpokenLM:
    """As `ManySided.in_mode`, of any model."""
    if not isinstance(model, ManySided):
        raise ValueError(f"{model.name} has no modes: it is for conversation alone.")
    return model.in_mode(name)


class SpokenLM(Protocol):
    """A loaded model. Reading it changes nothing; per-turn state lives in what `listener` and `speaker` return."""

    name: str
    folder: Path
    decoder: Decoder
    exit_heads: dict[int, ExitHead]  # by exit layer
    sampling: Sampling  # the release's defaults
    input_rate: int
    output_rate: int
    speech_rate: float  # speech tokens per second of sound
    chunk_length: int  # speech tokens in one interleaved chunk
    context: int  # positions the model was trained for

    def listener(self) -> Listener: ...

    def speaker(self) -> Speaker: ...

    def before_speech(self) -> PromptPiece:
        """Opens a spoken question; what `listener` gives follows it."""

    def after_speech(self) -> PromptPiece:
        """Closes a spoken question; the reply follows it."""

    def typed(self, text: str) -> PromptPiece:
        """A whole typed question; the reply follows it. Raises `ValueError` with a sentence for text it cannot take."""

    def pattern(self, spoken: bool) -> Pattern:
        """The start of a reply to a spoken or typed question."""

    def decode_text(self, ids: list[int]) -> bytes:
        """The UTF-8 bytes of text tokens (maybe ending inside a character)."""

    def encode_text(self, text: str) -> list[int]:
        """The text tokens of words that the model might have said."""

    def end_reply(self, ids: list[int]) -> PromptPiece:
        """What closes a reply in the history that was cut after `ids` (empty when it ended by itself)."""
