"""GLM-4-Voice's tokens: byte-level BPE by ranks (`tokenizer.model`, tiktoken's format) and added tokens by name.

The same as the release's `ChatGLM4Tokenizer`: added tokens are cut out first, the rest is split by a pattern, and in every piece
the pair of lowest rank is merged until none is left.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

from engine.models.checkpoints.config_file import read_json
from engine.models.checkpoints.files import AGAIN, read_text

_PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_PREFIX = ("[gMASK]", "<sop>")
_AUDIO = "<|audio_{}|>"
_LONGEST_NAME = 200  # letters of an added token
_MOST_TOKENS = 10_000_000
_LARGEST = 50_000_000  # bytes; the release's file has 2.6 million


class GLMTokenizer:
    """Text <-> ids. `prefix` stands before every conversation; `audio` are the ids of the speech codes, in order."""

    def __init__(self, ranks: dict[bytes, int], added: dict[str, int], hidden: Iterable[str], source: Path):
        """`hidden` are the added tokens that `decode` can leave out; `source` is named in errors."""
        self._ranks, self._added, self._hidden, self._source = ranks, added, frozenset(hidden), source
        self._bytes = {rank: token for token, rank in ranks.items()} | {id: name.encode() for name, id in added.items()}
        lengths: dict[str, set[int]] = {}
        for name in added:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {letter: sorted(found, reverse=True) for letter, found in lengths.items()}
        self._split = Split(Regex(_PATTERN), "isolated")
        self._merge = lru_cache(10_000)(self._merge_piece)
        self.text = range(len(ranks))
        self.stop = 1 + max((len(ranks) - 1, *added.values()))
        """One more than the highest id."""
        self.prefix = tuple(map(self.id, _PREFIX))
        codes = 0
        while _AUDIO.format(codes) in added:
            codes += 1
        first = self.id(_AUDIO.format(0))
        self.audio = range(first, first + codes)
        if any(self.id(_AUDIO.format(code)) != token for code, token in enumerate(self.audio)):
            raise ValueError(f"{source} does not number the speech tokens one after the other: {AGAIN}.")

    @classmethod
    def load(cls, folder: Path) -> GLMTokenizer:
        """Raises `ValueError` or `FileNotFoundError` with a sentence for files that are missing or damaged."""
        config = read_json(folder / "tokenizer_config.json")
        path = folder / "tokenizer_config.json"
        try:
            added = {token["content"]: int(id) for id, token in config["added_tokens_decoder"].items()}
            hidden = [name if isinstance(name, str) else name["content"] for name in config["additional_special_tokens"]]
            if not all(isinstance(name, str) and len(name) <= _LONGEST_NAME for name in (*added, *hidden)):
                raise ValueError
            if not all(0 <= id < _MOST_TOKENS for id in added.values()):
                raise ValueError
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ValueError(f"{path} lacks the added tokens: {AGAIN}.") from None
        return cls(_read_ranks(folder / "tokenizer.model"), {name: id for name, id in added.items() if name}, hidden, path)

    def id(self, name: str) -> int:
        """Of an added token, such as `<|user|>`. Raises `ValueError` with a sentence for one that there is not."""
        if name not in self._added:
            raise ValueError(f"{self._source} has no token {name}: it is of another model, or damaged.")
        return self._added[name]

    def encode(self, text: str, specials: bool = True) -> list[int]:
        """The ids of a text, without `prefix`. Without `specials` the names of added tokens are read as plain text."""
        ids = []
        for part in self._cut(text) if specials else [text]:
            if isinstance(part, int):
                ids.append(part)
                continue
            for piece, _ in self._split.pre_tokenize_str(part):
                ids += self._merge(piece.encode())
        return ids

    def to_bytes(self, ids: Iterable[int]) -> bytes:
        """The UTF-8 bytes of text tokens (maybe ending inside a character); added tokens give their names."""
        return b"".join(self._bytes.get(id, b"") for id in ids)

    def decode(self, ids: Iterable[int], specials: bool = True) -> str:
        """The text; bytes that are no whole character become U+FFFD. Without `specials`, `hidden` tokens are left out."""
        left_out = () if specials else {self._added[name] for name in self._hidden if name in self._added}
        return self.to_bytes(id for id in ids if id not in left_out).decode("utf-8", "replace")

    def _cut(self, text: str) -> Iterator[str | int]:
        """Pieces of text and, between them, the added tokens; of two that begin at one place the longer one."""
        start = place = 0
        while place < len(text):
            for length in self._lengths.get(text[place], ()):
                found = self._added.get(text[place : place + length])
                if found is not None:
                    yield text[start:place]
                    yield found
                    start = place = place + length
                    break
            else:
                place += 1
        yield text[start:]

    def _merge_piece(self, piece: bytes) -> tuple[int, ...]:
        if piece in self._ranks:
            return (self._ranks[piece],)
        parts = [piece[place : place + 1] for place in range(len(piece))]
        unknown = len(self._ranks)
        while len(parts) > 1:
            ranks = [self._ranks.get(one + other, unknown) for one, other in zip(parts, parts[1:])]
            best = min(ranks)
            if best == unknown:
                break
            place = ranks.index(best)
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        return tuple(self._ranks[part] for part in parts)


def _read_ranks(path: Path) -> dict[bytes, int]:
    """Lines of a token in base 64 and its rank; ranks count up from 0, and every single byte has one."""
    text = read_text(path, _LARGEST)
    try:
        pairs = [line.split() for line in text.splitlines() if line]
        ranks = {base64.b64decode(token, validate=True): int(rank) for token, rank in pairs}
    except (ValueError, binascii.Error):
        raise ValueError(f"{path} is damaged or no tokenizer: {AGAIN}.") from None
    if sorted(ranks.values()) != list(range(len(ranks))) or any(bytes([value]) not in ranks for value in range(256)):
        raise ValueError(f"{path} is incomplete: {AGAIN}.")
    return ranks
