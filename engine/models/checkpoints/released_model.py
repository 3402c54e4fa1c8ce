"""What the released models have in common of `engine.models.spoken_lm.SpokenLM`: the parts of it that are only handed on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from engine.models.spoken_lm import PromptPiece


class Prompt(Protocol):
    """How a family frames questions and replies; each method is that of `SpokenLM`."""

    def before_speech(self) -> PromptPiece: ...

    def after_speech(self) -> PromptPiece: ...

    def typed(self, text: str) -> PromptPiece: ...

    def end_reply(self, ids: Sequence[int]) -> PromptPiece: ...


class Tokenizer(Protocol):
    """A family's text tokens."""

    def encode(self, text: str, specials: bool = True) -> list[int]: ...

    def to_bytes(self, ids: Iterable[int]) -> bytes: ...


class ReleasedModel:
    """A family's `SpokenLM` as far as its prompt and its tokenizer answer for it; both are set when it is made."""

    _prompt: Prompt
    _tokenizer: Tokenizer

    def before_speech(self) -> PromptPiece:
        return self._prompt.before_speech()

    def after_speech(self) -> PromptPiece:
        return self._prompt.after_speech()

    def typed(self, text: str) -> PromptPiece:
        return self._prompt.typed(text)

    def decode_text(self, ids: list[int]) -> bytes:
        return self._tokenizer.to_bytes(ids)

    def encode_text(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, specials=False)

    def end_reply(self, ids: list[int]) -> PromptPiece:
        return self._prompt.end_reply(ids)
