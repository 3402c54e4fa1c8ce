"""What the reply patterns of the released models share: a phase of text or speech, and a count within its chunk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, Self

from engine.events import Kind
from engine.lm.allowed_ids import AllowedIds

Phase = Literal["text", "speech", "tail", "over"]
"""`tail` is what follows the interleaved chunks: speech alone or text alone, as the model has it."""


class PatternRules(Protocol):
    """What a vocabulary's patterns share: which ids are what, and which ones each phase allows."""

    @property
    def text(self) -> range: ...

    @property
    def audio(self) -> range: ...

    @property
    def allowed(self) -> Mapping[Phase, AllowedIds]: ...


@dataclass(frozen=True)
class ChunkPattern:
    """See `engine.decoding.pattern.Pattern`. `index` counts within the chunk; `after` is the family's."""

    rules: PatternRules
    phase: Phase = "text"
    index: int = 0

    kinds: ClassVar[Mapping[Phase, Kind]]
    """What stands in each phase."""
    chunks: ClassVar[Mapping[Phase, int]]
    """Tokens in a chunk, for the phases that have chunks."""

    @property
    def kind(self) -> Kind:
        return self.kinds[self.phase]

    @property
    def speech_step(self) -> bool:
        return self.kind == "speech"

    @property
    def chunk_index(self) -> int:
        return self.index

    @property
    def chunk_length(self) -> int | None:
        return self.chunks.get(self.phase)

    @property
    def done(self) -> bool:
        return self.phase == "over"

    def allowed(self) -> AllowedIds:
        return self.rules.allowed[self.phase]

    def kind_of(self, token: int) -> Kind:
        if token in self.rules.audio:
            return "speech"
        return "text" if token in self.rules.text else "control"

    def at(self, phase: Phase, index: int = 0) -> Self:
        return type(self)(self.rules, phase, index)
