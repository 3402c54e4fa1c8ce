"""A release's `tokenizer.json`, read only as far as byte-level BPE goes, and never a panic of the library that runs it.

The format can describe much more: nested normalizers, padding to any length, regular expressions that never end. The released
tokenizers have none of it: a vocabulary with its merges, added tokens, perhaps NFC, one of two ways to split, bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from engine.failures import STOPS
from engine.models.checkpoints.config_file import read_json
from engine.models.checkpoints.files import AGAIN
from engine.quoting import quoted, reason, shown

_LARGEST = 50_000_000  # bytes; Qwen's have 11 million
_MOST_TOKENS = 2_000_000
_LONGEST_NAME = 200
_SPLITS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
)
"""Where words end, as the releases have it (Qwen 2's, GPT-4's with up to three digits): of another none knows whether it ends."""
_UNUSED = ("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")
"""Of BPE models."""


class TokenizerFile:
    """Text <-> ids. Every method raises `ValueError` with a sentence where the library fails."""

    def __init__(self, path: Path) -> None:
        """Raises `ValueError` or `FileNotFoundError` with a sentence for a file that is missing, damaged or of another kind."""
        self.path = path
        document = read_json(path, _LARGEST)
        _check(document, path)
        with self._sentence("is damaged"):
            # What would put tokens around a text is left out: `encode` never asks for them.
            self._tokenizer = Tokenizer.from_str(json.dumps(document | {"post_processor": None}))
            added = self._tokenizer.get_added_tokens_decoder()
            self.added = {token.content: id for id, token in added.items()}
            """Ids of the added tokens by name."""
            self.special = frozenset(id for id, token in added.items() if token.special)
            """Those of them that are no text."""
            self.size = self._tokenizer.get_vocab_size()
            """How many tokens there are."""
        self.stop = 1 + max((*document["model"]["vocab"].values(), *self.added.values()), default=-1)
        """One more than the highest id."""

    def encode(self, text: str, specials: bool = True) -> list[int]:
        """The ids of a text. Without `specials` the names of added tokens are read as plain text."""
        with self._sentence("cannot read this text"):
            return (self._tokenizer if specials else self._plain).encode(text, add_special_tokens=False).ids

    def piece(self, id: int) -> str | None:
        """What the vocabulary writes for a token; None where there is no such token."""
        with self._sentence("cannot write this token"):
            return self._tokenizer.id_to_token(id)

    @cached_property
    def _plain(self) -> Tokenizer:
        """The same without the added tokens."""
        plain = Tokenizer(self._tokenizer.model)
        plain.normalizer, plain.pre_tokenizer = self._tokenizer.normalizer, self._tokenizer.pre_tokenizer
        return plain

    @contextmanager
    def _sentence(self, problem: str) -> Iterator[None]:
        try:
            yield
        except STOPS:
            raise
        except BaseException as error:  # the library knows no finer kind, and its panics are no Exceptions
            raise ValueError(f"{self.path} {problem} ({reason(error)}): {AGAIN}.") from error


def _check(document: Mapping[str, Any], path: Path) -> None:
    """Raises unless a file describes what this module runs."""
    for name, ours in (
        ("truncation", lambda part: part is None),
        ("padding", lambda part: part is None),
        ("normalizer", lambda part: part is None or part == {"type": "NFC"}),
        ("pre_tokenizer", _splits),
        ("decoder", lambda part: part is None or _is_bytes(part)),
        ("model", _is_bpe),
        ("added_tokens", _are_tokens),
    ):
        if not ours(document.get(name)):
            kind = document[name].get("type", "") if isinstance(document.get(name), dict) else ""
            what = quoted(name) + (f" of type {shown(kind)}" if kind else "")
            raise ValueError(f"{path} has {what} such as Refrain does not run: it is of another model, or damaged.")


def _splits(part: Any) -> bool:
    if not isinstance(part, dict) or part.get("type") != "Sequence":
        return _is_bytes(part)
    parts = part.get("pretokenizers")
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], dict):
        return False
    split, pattern = parts[0], parts[0].get("pattern")
    ours = isinstance(pattern, dict) and pattern.get("Regex") in _SPLITS
    return ours and split.get("type") == "Split" and split.get("behavior") == "Isolated" and _is_bytes(parts[1])


def _is_bytes(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "ByteLevel"


def _is_bpe(part: Any) -> bool:
    if not isinstance(part, dict) or part.get("type", "BPE") != "BPE":
        return False
    if any(part.get(name) not in (None, "") for name in _UNUSED):
        return False
    vocabulary, merges = part.get("vocab"), part.get("merges")
    return isinstance(vocabulary, dict) and isinstance(merges, list) and all(map(_is_id, vocabulary.values()))


def _are_tokens(part: Any) -> bool:
    return isinstance(part, list) and all(
        isinstance(token, dict)
        and _is_id(token.get("id"))
        and isinstance(token.get("content"), str)
        and 0 < len(token["content"]) <= _LONGEST_NAME
        for token in part
    )


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST_TOKENS
