"""As `text`, for a Wren that was taught whole numbers up to 9,999 alone: others are refused."""

from __future__ import annotations

import re
import unicodedata

from engine.models.wren.numbers import in_words
from engine.models.wren.text import LONGEST

_SIGNS = {
    "+": " plus ", "-": " minus ", "*": " times ", "×": " times ", "x": " times ", "÷": " divided by ", "=": " equals ",
    "%": " percent ", "&": " and ",
}  # fmt: skip


_OPERATOR = r"[-+*×÷/^x]"
_UNREADABLE = {
    r"\d+(?:[.,]\d+)+|(?<![\w.])[.,]\d+": "fractions are",
    r"(?<![\d\w)])(?<![\d)]\s)-\s?\d+": "negative numbers are",
    r"\d{5,}": "numbers above 9,999 are",
    r"\d+\s?%\s?of\b": "percentages are",
    rf"\d+\s?(?:\*\*|\^)\s?\d+|\d+[⁰¹²³⁴-⁹]|[√∛½¼¾⅐-⅞⁄]|{_OPERATOR}\s?\(|\)\s?{_OPERATOR}\s?\d": "such arithmetic is",
}
"""What would be read as something else than it is, and how that is named."""


def _refuse_unreadable(text: str) -> None:
    """Raises `ValueError` with a sentence for numbers and arithmetic that the words Wren knows cannot say."""
    for pattern, named in _UNREADABLE.items():
        if found := re.search(pattern, text):
            raise ValueError(f"The question has “{found[0].strip()}” in it, and {named} nothing that Wren can read: ask without.")
    for found in re.finditer(r"(\d+)\s?/\s?(\d+)", text):
        if not int(found[2]) or int(found[1]) % int(found[2]):
            raise ValueError(
                f"The question has “{found[0]}” in it, which may be a date, a fraction or a division that leaves a rest: "
                "write what you mean in words."
            )


def spoken_form(text: str) -> str:
    """Lower case, letters and apostrophes only, numbers and signs of arithmetic as words.

    Raises `ValueError` with a sentence when nothing can be read, when something would be read as what it is not, or when it
    is too long.
    """
    if len(text) > LONGEST:
        raise ValueError(f"The question has {len(text)} characters; Wren takes up to {LONGEST}: ask something shorter.")
    text = re.sub(r"[\u2010\u2011\u2013\u2014\u2212]", "-", text.replace("’", "'"))
    text = re.sub(r"(?<![\d.,])(\d),(\d{3})(?![\d.,]*\d)", r"\1\2", text)
    _refuse_unreadable(text.lower())
    text = unicodedata.normalize("NFKD", text).lower()
    text = re.sub(r"(?<=\d)\s*([-+*×x÷/=])\s*(?=\d)", lambda m: _SIGNS.get(m[1], " divided by "), text)
    text = re.sub(r"\d+", lambda m: f" {in_words(int(m[0]))} ", text)
    text = re.sub(r"[+%&=*×÷]", lambda m: _SIGNS[m[0]], text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[^a-z' ]", " ", text.replace("-", " "))
    text = " ".join(word.strip("'") for word in text.split() if word.strip("'"))
    if not text:
        raise ValueError("There is nothing to read in the question: type it in English words.")
    return text
