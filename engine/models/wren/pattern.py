"""What Wren may say next: transcript, then text and speech, 4 tokens to 16, in one of three orders (arXiv 2506.04518).

Early-stop interleaving: chunks of text and of speech; the end of the text is a token of its own, after it only speech follows,
so no padding keeps the ratio up. Padded interleaving: chunks to the end, the text's places filled with its end token. Parallel:
each position says one text token and four speech tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch

from engine.events import Kind
from engine.lm.allowed_ids import AllowedIds
from engine.models.wren.vocabulary import Vocabulary

_KINDS: dict[str, Kind] = {"heard": "heard", "text": "text", "padding": "control", "over": "control"}
"""What stands in each phase that is not for speech."""


class WrenRules:
    """Chunk sizes and what each phase allows, made once for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, text_chunk: int, speech_chunk: int) -> None:
        self.vocabulary, self.text_chunk, self.speech_chunk = vocabulary, text_chunk, speech_chunk

    @property
    def share(self) -> int:
        """Speech tokens for each text token."""
        return self.speech_chunk // self.text_chunk

    @cached_property
    def allowed(self) -> dict[str, AllowedIds]:
        v = self.vocabulary
        return {
            "heard": v.allowed(text=True, marks=[v.answer]),
            "text": v.allowed(text=True, marks=[v.end_text]),
            "speech": v.allowed(units=True),
            "padding": v.allowed(marks=[v.end_text]),
            "tail": v.allowed(units=True, marks=[v.end]),
        }

    @property
    def spoken(self) -> AllowedIds:
        """What a head for speech chooses from."""
        return self.allowed["tail"]


@dataclass(frozen=True)
class WrenPattern:
    """Early-stop interleaving. `phase` is one of those of `WrenRules.allowed`, or "over"; `index` counts within the chunk."""

    rules: WrenRules
    phase: str
    index: int = 0

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.phase, "speech")

    @property
    def speech_step(self) -> bool:
        return self.phase in ("speech", "tail")

    @property
    def chunk_index(self) -> int:
        return self.index

    @property
    def chunk_length(self) -> int | None:
        return {"text": self.rules.text_chunk, "speech": self.rules.speech_chunk}.get(self.phase)

    @property
    def done(self) -> bool:
        return self.phase == "over"

    def allowed(self) -> AllowedIds:
        return self.rules.allowed[self.phase]

    def kind_of(self, token: int) -> Kind:
        v = self.rules.vocabulary
        return "control" if token in (v.answer, v.end_text, v.end) else self.kind

    def after(self, token: int) -> WrenPattern:
        v = self.rules.vocabulary
        if token == v.end:
            return self._at("over")
        if token == v.answer:
            return self._at("text")
        return self._at("heard", self.index + 1) if self.phase == "heard" else self._after_reply(token)

    def _after_reply(self, token: int) -> WrenPattern:
        """The phase after a token of the reply that does not end it."""
        if token == self.rules.vocabulary.end_text:
            return self._at("tail")
        if self.index + 1 == self.chunk_length:
            return self._at("speech" if self.phase == "text" else "text")
        return self._at(self.phase, self.index + 1)

    def _at(self, phase: str, index: int = 0) -> WrenPattern:
        return type(self)(self.rules, phase, index)


class PaddedPattern(WrenPattern):
    """Interleaving to the end: `end` may come in the speech chunks after the text's end."""

    @property
    def chunk_length(self) -> int | None:
        if self.phase in ("text", "padding"):
            return self.rules.text_chunk
        return self.rules.speech_chunk if self.speech_step else None

    def _after_reply(self, token: int) -> WrenPattern:
        padded = token == self.rules.vocabulary.end_text or self.phase == "tail"
        length = self.chunk_length
        if length is not None and self.index + 1 < length:
            return self._at("padding" if token == self.rules.vocabulary.end_text else self.phase, self.index + 1)
        if self.speech_step:
            return self._at("padding" if padded else "text")
        return self._at("tail" if padded else "speech")


class ParallelPattern(WrenPattern):
    """One text token (slot 0) and `WrenRules.share` speech tokens share each position of the reply; `index` is their slot.

    See `engine.decoding.parallel.SharedPattern`. After the text's end slot 0 holds its end token; a position ends with `end`.
    """

    @property
    def slot(self) -> int:
        return self.index if self.phase in ("speech", "tail") else 0

    @property
    def speech_step(self) -> bool:
        """No schedule chooses a depth here: every step says text."""
        return False

    @property
    def chunk_index(self) -> int:
        return max(0, self.slot - 1)

    @property
    def chunk_length(self) -> int | None:
        return self.rules.share if self.slot else None

    def logits(self, row: torch.Tensor) -> torch.Tensor:
        """The head's row, then each speech slot's over `WrenRules.spoken` -> those of the next token [vocabulary]."""
        size, spoken = self.rules.vocabulary.size, self.rules.spoken
        if not self.slot:
            return row[:size]
        start = size + (self.slot - 1) * len(spoken)
        return spoken.scatter(row[start : start + len(spoken)])

    def _after_reply(self, token: int) -> WrenPattern:
        if self.slot == 0:
            return self._at("tail" if token == self.rules.vocabulary.end_text else "speech", 1)
        if self.slot < self.rules.share:
            return self._at(self.phase, self.slot + 1)
        return self._at("padding" if self.phase == "tail" else "text")


PATTERNS: dict[str, type[WrenPattern]] = {
    "padded": PaddedPattern, "early-stop": WrenPattern, "parallel": ParallelPattern,
}  # fmt: skip
"""By the paradigm's name."""
