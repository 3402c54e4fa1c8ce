"""LFM2-Audio's tokens: byte-level BPE from `tokenizer.json`, and the added tokens by name.

The same as the release's `PreTrainedTokenizerFast`, whose file this is, except that nothing is put before a text.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.models.checkpoints.byte_level import bytes_of
from engine.models.checkpoints.tokenizer_file import TokenizerFile


class LFMTokenizer:
    """Text <-> ids, and the ids of the added tokens that conversations are built of."""

    def __init__(self, tokenizer: TokenizerFile):
        """Raises `ValueError` with a sentence for a file without those added tokens."""
        self._tokenizer = tokenizer
        self._added = frozenset(tokenizer.added.values())
        self.stop = tokenizer.stop
        """One more than the highest id."""
        self.start = self.id("<|startoftext|>")
        """Stands once, before everything else."""
        self.turn_start, self.turn_end = self.id("<|im_start|>"), self.id("<|im_end|>")
        self.text_end = self.id("<|text_end|>")
        """Closes the words of a reply in which text and sound alternate."""
        self.audio_start = self.id("<|audio_start|>")
        """Stands between the words of a reply and its sound where they do not alternate."""
        self.words = tuple(id for id in range(self.stop) if id not in tokenizer.special and tokenizer.piece(id) is not None)
        """The ids of text."""

    @classmethod
    def load(cls, folder: Path) -> LFMTokenizer:
        """Raises `ValueError` or `FileNotFoundError` with a sentence for a file that is missing, damaged or another model's."""
        return cls(TokenizerFile(folder / "tokenizer.json"))

    def id(self, name: str) -> int:
        """Of an added token, such as `<|im_end|>`. Raises `ValueError` with a sentence for one that there is not."""
        if name not in self._tokenizer.added:
            raise ValueError(f"{self._tokenizer.path} has no token {name}: it is of another model, or damaged.")
        return self._tokenizer.added[name]

    def encode(self, text: str, specials: bool = True) -> list[int]:
        """The ids of a text. Without `specials` the names of added tokens are read as plain text."""
        return self._tokenizer.encode(text, specials)

    def to_bytes(self, ids: Iterable[int], specials: bool = True) -> bytes:
        """The UTF-8 bytes of tokens (maybe ending inside a character).

        Added tokens give their names; without `specials` those that the file calls special give nothing.
        """
        left_out = frozenset() if specials else self._tokenizer.special
        return b"".join(self._bytes_of(id) for id in ids if id not in left_out)

    def decode(self, ids: Iterable[int], specials: bool = True) -> str:
        """The text; bytes that are no whole character become U+FFFD. `specials` as in `to_bytes`."""
        return self.to_bytes(ids, specials).decode("utf-8", "replace")

    def _bytes_of(self, id: int) -> bytes:
        piece = self._tokenizer.piece(id)
        if piece is None:
            return b""  # a padding row of the vocabulary
        return piece.encode() if id in self._added else bytes_of(piece)
