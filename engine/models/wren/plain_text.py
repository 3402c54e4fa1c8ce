"""As `text`, for a Wren that was taught whole numbers up to 9,999 alone: others are refused."""

from __future__ import annotations

import re
import unicodedata

from engine.models.wren.numbers import in_words
from engine.models.wren.text import OPERATOR, SIGNS, refuse_unreadable, typed_plainly, words_of

_UNREADABLE = {
    r"\d+(?:[.,]\d+)+|(?<![\w.])[.,]\d+": "fractions are",
    r"(?<![\d\w)])(?<![\d)]\s)-\s?\d+": "negative numbers are",
    r"\d{5,}": "numbers above 9,999 are",
    r"\d+\s?%\s?of\b": "percentages are",
    rf"\d+\s?(?:\*\*|\^)\s?\d+|\d+[⁰¹²³⁴-⁹]|[√∛½¼¾⅐-⅞⁄]|{OPERATOR}\s?\(|\)\s?{OPERATOR}\s?\d": "such arithmetic is",
}
"""What would be read as something else than it is, and how that is named."""


def spoken_form(text: str) -> str:
    """As `text.spoken_form`."""
    text = re.sub(r"(?<![\d.,])(\d),(\d{3})(?![\d.,]*\d)", r"\1\2", typed_plainly(text))
    refuse_unreadable(text.lower(), _UNREADABLE)
    text = unicodedata.normalize("NFKD", text).lower()
    text = re.sub(r"(?<=\d)\s*([-+*×x÷/=])\s*(?=\d)", lambda m: SIGNS.get(m[1], " divided by "), text)
    return words_of(re.sub(r"\d+", lambda m: f" {in_words(int(m[0]))} ", text))
