"""What the reply patterns of the released models share: a place in the order of text and speech, and a count within its chunk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Protocol, Self

import torch

from engine.events import Kind

Place = Literal["text", "speech", "tail", "over"]
"""`tail` is what follows the interleaved chunks: speech alone or text alone, as the model has it."""


class PatternRules(Protocol):
    """What a vocabulary's patterns share: which ids are what, and what each place allows, bool masks [vocabulary]."""

    @property
    def text(self) -> range: ...

    @property
    def audio(self) -> range: ...

    @property
    def masks(self) -> Mapping[Place, torch.Tensor]: ...


@dataclass(frozen=True)
class ChunkPattern:
    """See `engine.decoding.pattern.Pattern`. `index` counts within the chunk; `after` is the family's."""

    rules: PatternRules
    place: Place = "text"
    index: int = 0

    kinds: ClassVar[Mapping[Place, Kind]]
    """What stands in each place."""
    chunks: ClassVar[Mapping[Place, int]]
    """Tokens in a chunk, for the places that have chunks."""

    @property
    def kind(self) -> Kind:
        return self.kinds[self.place]

    @property
    def speech_step(self) -> bool:
        return self.kind == "speech"

    @property
    def chunk_index(self) -> int:
        return self.index

    @property
    def chunk_length(self) -> int | None:
        return self.chunks.get(self.place)

    @property
    def done(self) -> bool:
        return self.place == "over"

    def allowed(self) -> torch.Tensor:
        return self.rules.masks[self.place]

    def kind_of(self, token: int) -> Kind:
        if token in self.rules.audio:
            return "speech"
        return "text" if token in self.rules.text else "control"

    def at(self, place: Place, index: int = 0) -> Self:
        return replace(self, place=place, index=index)
