"""Where replies differ: in their words, and in their tokens. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from engine.events import Token


class ComparedWord(NamedTuple):
    text: str
    differs: bool


def mark(texts: Sequence[str]) -> list[list[ComparedWord]]:
    """The words of each text; one differs if it is not at its place in the first text (there: in every other one).

    Case and punctuation do not count.
    """
    words = [text.split() for text in texts]
    if not words:
        return []
    first = words[0]
    plain = [[_plain(word) for word in line] for line in words]
    missed: set[int] = set()
    marked: list[list[ComparedWord]] = []
    for line, bare in zip(words[1:], plain[1:], strict=True):
        same_here: set[int] = set()
        same_there: set[int] = set()
        for block in SequenceMatcher(None, plain[0], bare, autojunk=False).get_matching_blocks():
            same_there.update(range(block.a, block.a + block.size))
            same_here.update(range(block.b, block.b + block.size))
        missed |= set(range(len(first))) - same_there
        marked.append([ComparedWord(word, at not in same_here) for at, word in enumerate(line)])
    return [[ComparedWord(word, at in missed) for at, word in enumerate(first)], *marked]


def same_words(texts: Sequence[str]) -> bool:
    """Whether all texts have the same words."""
    return len({tuple(map(_plain, text.split())) for text in texts}) <= 1


def first_difference(first: Sequence[Token], other: Sequence[Token]) -> int | None:
    """The index of the first token at which two replies part; None if they are the same."""
    for index, (one, two) in enumerate(zip(first, other, strict=False)):
        if one.id != two.id:
            return index
    return None if len(first) == len(other) else min(len(first), len(other))


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum()) or word
