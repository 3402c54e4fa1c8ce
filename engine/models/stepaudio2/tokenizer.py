"""Step-Audio 2's tokens: Qwen2's byte-level BPE from `tokenizer.json`, and the added tokens by name.

The same as the release's `Qwen2TokenizerFast`, whose file this is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.models.checkpoints.byte_level import bytes_of
from engine.models.checkpoints.files import AGAIN
from engine.models.checkpoints.tokenizer_file import TokenizerFile

_AUDIO = "<audio_{}>"
_NOT_TEXT = ("<audio_start>", "<tts_pad>")
"""In a reply ids below the first are text, ids above the second speech, as in upstream's `StepAudio2.__call__`."""


@dataclass(frozen=True)
class Split:
    """A reply taken apart: what was written, and the speech codes, among which the padding is left out in `codes`."""

    text_ids: list[int]
    raw_codes: list[int]
    codes: list[int]


class StepTokenizer:
    """Text <-> ids. `audio` are the ids of the speech codes, in order; `audio_pad` stands where the sound has ended."""

    def __init__(self, tokenizer: TokenizerFile):
        source = tokenizer.path
        self._tokenizer, self._source = tokenizer, source
        self._added = names = tokenizer.added
        self.stop = tokenizer.stop
        """One more than the highest id."""
        self.text = range(min(names.values(), default=0))
        codes = 0
        while _AUDIO.format(codes) in names:
            codes += 1
        first = self.id(_AUDIO.format(0))
        if codes < 2 or any(names[_AUDIO.format(code)] != first + code for code in range(codes)):
            raise ValueError(f"{source} does not number the speech tokens one after the other: {AGAIN}.")
        self.audio = range(first, first + codes - 1)
        self.audio_pad = self.audio.stop
        self._text_end, self._speech_begin = map(self.id, _NOT_TEXT)

    @classmethod
    def load(cls, folder: Path) -> StepTokenizer:
        """Raises `ValueError` or `FileNotFoundError` with a sentence for a file that is missing or damaged."""
        return cls(TokenizerFile(folder / "tokenizer.json"))

    def id(self, name: str) -> int:
        """Of an added token, such as `<|EOT|>`. Raises `ValueError` with a sentence for one that there is not."""
        if name not in self._added:
            raise ValueError(f"{self._source} has no token {name}: it is of another model, or damaged.")
        return self._added[name]

    def encode(self, text: str, specials: bool = True) -> list[int]:
        """The ids of a text. Without `specials` the names of added tokens are read as plain text."""
        return self._tokenizer.encode(text, specials)

    def to_bytes(self, ids: Iterable[int]) -> bytes:
        """The UTF-8 bytes of tokens (maybe ending inside a character); added tokens give their names."""
        return b"".join(map(self._bytes_of, ids))

    def decode(self, ids: Iterable[int]) -> str:
        """The text; bytes that are no whole character become U+FFFD."""
        return self.to_bytes(ids).decode("utf-8", "replace")

    def split(self, ids: Iterable[int]) -> Split:
        """Takes a reply apart as upstream does, where everything else (`<tts_start>` and its like) is dropped."""
        ids = list(ids)
        raw = [id - self.audio[0] for id in ids if id > self._speech_begin]
        return Split([id for id in ids if id < self._text_end], raw, [code for code in raw if code < len(self.audio)])

    def _bytes_of(self, id: int) -> bytes:
        piece = self._tokenizer.piece(id)
        if piece is None:
            return b""  # a padding row of the vocabulary
        return bytes_of(piece) if id in self.text else piece.encode()
