"""Wren's tokens: text pieces, a few marks and the speech units, all by name from the checkpoint's tokenizer.json."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from engine.lm.allowed_ids import AllowedIds
from engine.models.checkpoints.byte_level import bytes_of
from engine.models.checkpoints.tokenizer_file import TokenizerFile

MARKS = ("spoken", "typed", "reply", "write", "answer", "end_text", "end")
"""spoken and typed open a question; reply closes it, or write where only text is wanted (the transcript, or a typed question's
answer); answer ends the transcript, end_text says that only speech follows, end that the turn is over."""


@dataclass(frozen=True)
class Vocabulary:
    """Ids by what they are. `unit_ids[i]` is the id of speech unit i."""

    tokenizer: TokenizerFile
    spoken: int
    typed: int
    reply: int
    write: int
    answer: int
    end_text: int
    end: int
    unit_ids: range
    size: int
    _pieces: dict[int, bytes] = field(init=False, repr=False, default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Raises `ValueError` with a sentence for a file that is missing, damaged or lacks a token that Wren needs."""
        tokenizer = TokenizerFile(path)
        ids = {name: tokenizer.added[mark] for name in MARKS if (mark := f"<|{name}|>") in tokenizer.added}
        size, first = tokenizer.size, tokenizer.added.get("<|unit_0|>")
        if first is None or len(ids) < len(MARKS):
            missing = [name for name in MARKS if name not in ids] or ["unit_0"]
            raise ValueError(f"{path.name} is not Wren's: it has no token <|{missing[0]}|>.")
        units = range(first, size)
        if max(ids.values()) >= first or tokenizer.added.get(f"<|unit_{len(units) - 1}|>") != size - 1:
            raise ValueError(f"{path.name} is not Wren's: its speech units are not its last tokens.")
        return cls(tokenizer, **ids, unit_ids=units, size=size)

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text)

    def to_bytes(self, ids: Iterable[int]) -> bytes:
        """The UTF-8 bytes of text pieces; marks and units give nothing."""
        return b"".join(self._bytes_of(i) for i in ids)

    def _bytes_of(self, token: int) -> bytes:
        if token not in self._pieces:
            is_text = token < min(self.spoken, self.unit_ids[0])
            piece = self.tokenizer.piece(token) if is_text else ""
            self._pieces[token] = bytes_of(piece or "")
        return self._pieces[token]

    def allowed(self, text: bool = False, units: bool = False, marks: Iterable[int] = ()) -> AllowedIds:
        """The named kinds of token."""
        return AllowedIds(self.size, range(self.spoken if text else 0), self.unit_ids if units else (), marks, text=text)


def train(texts: Iterable[str], pieces: int, units: int) -> Tokenizer:
    """Byte-level BPE of `pieces` text pieces, then the marks, then the units."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=pieces, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(f"<|{name}|>", normalized=False) for name in MARKS])
    tokenizer.add_special_tokens([AddedToken(f"<|unit_{i}|>", normalized=False) for i in range(units)])
    return tokenizer
