"""How Wren writes: typed questions are brought to the words that would be spoken."""

from __future__ import annotations

import re
import unicodedata

from engine.models.wren.numbers import in_words

LONGEST = 400
"""Characters of a typed question; more would not fit in Wren's context."""

_SIGNS = {
    "+": " plus ", "-": " minus ", "*": " times ", "×": " times ", "x": " times ", "÷": " divided by ", "=": " equals ",
    "%": " percent ", "&": " and ",
}  # fmt: skip


def spoken_form(text: str) -> str:
    """Lower case, letters and apostrophes only, numbers and signs of arithmetic as words.

    Raises `ValueError` with a sentence when nothing can be read or when it is too long.
    """
    if len(text) > LONGEST:
        raise ValueError(f"The question has {len(text)} characters; Wren takes up to {LONGEST}: ask something shorter.")
    text = unicodedata.normalize("NFKD", text.replace("’", "'")).lower()
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(?<=\d)\s*([-+*×x÷/=])\s*(?=\d)", lambda m: _SIGNS.get(m[1], " divided by "), text)
    text = re.sub(r"\d+", lambda m: f" {_number(m[0])} ", text)
    text = re.sub(r"[+%&=*×÷]", lambda m: _SIGNS[m[0]], text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[^a-z' ]", " ", text.replace("-", " "))
    text = " ".join(word.strip("'") for word in text.split() if word.strip("'"))
    if not text:
        raise ValueError("There is nothing to read in the question: type it in English words.")
    return text


def _number(digits: str) -> str:
    """Up to 9999 as one number, longer ones digit by digit."""
    return in_words(int(digits)) if len(digits) <= 4 else " ".join(in_words(int(d)) for d in digits)
