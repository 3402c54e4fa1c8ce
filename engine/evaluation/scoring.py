"""What counts as right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from engine.edit_distance import edit_distance


def words(text: str) -> list[str]:
    """The words of a text, lower case, without punctuation and accents."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'")).lower()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    found = (word.strip("'") for word in re.findall(r"[\w']+", text))
    return [word for word in found if word]


def right(reply: str, key: Sequence[str]) -> bool:
    """Whether the reply says every word of the key, in the key's order (a spelled word's letters come one by one)."""
    said = iter(words(reply))
    return all(word in said for part in key for word in words(part))


def same(reply: str, answer: str) -> bool:
    """Whether two texts are the same words."""
    return words(reply) == words(answer)


def word_errors(text: str, reference: str) -> tuple[int, int]:
    """(word edits that lead from the reference to the text, words of the reference)."""
    wanted = words(reference)
    return edit_distance(words(text), wanted), len(wanted)
