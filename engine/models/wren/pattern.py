"""What Wren may say next: transcript, then chunks of 4 text and 16 speech tokens, then speech alone.

Early-stop interleaving (arXiv 2506.04518): the end of the text is a token of its own, after it only speech follows, so no
padding keeps the ratio up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import torch

from engine.events import Kind
from engine.models.wren.vocabulary import Vocabulary


class Rules:
    """Chunk sizes and the masks of each place, made once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, text_chunk: int, speech_chunk: int) -> None:
        self.vocabulary, self.text_chunk, self.speech_chunk = vocabulary, text_chunk, speech_chunk

    @cached_property
    def masks(self) -> dict[str, torch.Tensor]:
        v = self.vocabulary
        return {
            "heard": v.mask(text=True, marks=[v.answer]),
            "text": v.mask(text=True, marks=[v.end_text]),
            "speech": v.mask(units=True),
            "tail": v.mask(units=True, marks=[v.end]),
        }


@dataclass(frozen=True)
class WrenPattern:
    """`place` is one of the masks of `Rules`, or "over"; `index` counts within the chunk."""

    rules: Rules
    place: str
    index: int = 0

    @property
    def kind(self) -> Kind:
        return {"heard": "heard", "text": "text", "over": "control"}.get(self.place, "speech")

    @property
    def speech_step(self) -> bool:
        return self.place in ("speech", "tail")

    @property
    def chunk_index(self) -> int:
        return self.index

    @property
    def chunk_length(self) -> int | None:
        return {"text": self.rules.text_chunk, "speech": self.rules.speech_chunk}.get(self.place)

    @property
    def done(self) -> bool:
        return self.place == "over"

    def allowed(self) -> torch.Tensor:
        return self.rules.masks[self.place]

    def kind_of(self, token: int) -> Kind:
        v = self.rules.vocabulary
        return "control" if token in (v.answer, v.end_text, v.end) else self.kind

    def after(self, token: int) -> WrenPattern:
        v, rules, index = self.rules.vocabulary, self.rules, self.index + 1
        if token == v.end:
            return replace(self, place="over", index=0)
        if token == v.answer:
            return replace(self, place="text", index=0)
        if token == v.end_text:
            return replace(self, place="tail", index=0)
        if self.place == "text" and index == rules.text_chunk:
            return replace(self, place="speech", index=0)
        if self.place == "speech" and index == rules.speech_chunk:
            return replace(self, place="text", index=0)
        return replace(self, index=index)
