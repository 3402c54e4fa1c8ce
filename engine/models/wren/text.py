"""How Wren writes: typed questions are brought to the words that would be spoken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from engine.models.wren.numbers import in_words

LONGEST = 400
"""Characters of a typed question; more would not fit in Wren's context."""
LARGEST = 999_999

SIGNS = {
    "+": " plus ", "-": " minus ", "*": " times ", "×": " times ", "x": " times ", "÷": " divided by ", "=": " equals ",
    "%": " percent ", "&": " and ",
}  # fmt: skip
_PARTS = {"1/2": "half", "1/3": "a third", "1/4": "a quarter", "1/5": "a fifth", "1/10": "a tenth"}
_FRACTIONS = {"½": "1/2", "⅓": "1/3", "¼": "1/4", "⅕": "1/5", "⅒": "1/10"}
_POWERS = {"2": "squared", "3": "cubed", "²": "squared", "³": "cubed"}
OPERATOR = r"[-+*×÷/^x]"
_UNREADABLE = {
    r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?!\d)": "dates are",
    r"\d+,\d+|(?<!\d),\d+": "numbers with such a comma are",
    r"[1-9]\d{0,2}\.\d{3}(?!\d)": "thousands with a point are",
    r"\d+\.\d{4,}|\d+(?:\.\d+){2,}": "numbers with so many places are",
    r"\d{7,}": f"numbers above {LARGEST:,} are",
    rf"[a-z)]\s?\^|\^\s?-|[⁰¹⁴-⁹∛⅐-⅞⁄]|√(?!\s?\d)|{OPERATOR}\s?\(|\)\s?{OPERATOR}\s?\d": "such arithmetic is",
}
"""What would be read as something else than it is, and how that is named."""


def refuse_unreadable(text: str, unreadable: Mapping[str, str] = _UNREADABLE) -> None:
    """Raises `ValueError` with a sentence for numbers and arithmetic that the words Wren knows cannot say.

    `unreadable`: patterns, and how that which they find is named.
    """
    for pattern, named in unreadable.items():
        if found := re.search(pattern, text):
            raise ValueError(f"The question has “{found[0].strip()}” in it, and {named} nothing that Wren can read: ask without.")
    for found in re.finditer(r"(\d+)\s?/\s?(\d+)", text):
        if not int(found[2]) or int(found[1]) % int(found[2]):
            raise ValueError(
                f"The question has “{found[0]}” in it, which may be a date, a fraction or a division that leaves a rest: "
                "write what you mean in words."
            )


def _parts_said(text: str) -> str:
    """"1/2 of 8" -> "half of 8": before "of" such a fraction is no date."""
    for sign, written in _FRACTIONS.items():
        text = text.replace(sign, written)
    return re.sub(r"(?<![\d/.,])(1)\s?/\s?(10|[2-5])(?=\s+of\b)", lambda m: _PARTS[f"1/{m[2]}"], text)


def _powers_said(text: str) -> str:
    """"5²", "5^2" -> "5 squared", "√9" -> "the square root of 9"; only where nothing else is calculated."""
    text, powers = re.subn(r"√\s?(?=\d)", " the square root of ", text)
    for pattern in (r"(?<=\d)\s?(?:\*\*|\^)\s?(\d+)", r"(?<=\d)([²³])"):
        text, count = re.subn(pattern, lambda m: f" {_POWERS.get(m[1]) or f'to the power of {m[1]}'} ", text)
        powers += count
    if powers and (powers > 1 or re.search(r"\d\s*[-+*×÷/]|\b(?:plus|minus|times|divided)\b", text)):
        raise ValueError("The question has a power or a root beside other arithmetic, which Wren cannot work out: ask one thing.")
    return text


def _times_said(text: str) -> str:
    """"3:05" -> "3 oh 5", "3:00" -> "3 o'clock"."""

    def said(found: re.Match[str]) -> str:
        minutes = int(found[2])
        return f"{found[1]} o'clock" if not minutes else f"{found[1]} {'oh ' * (minutes < 10)}{minutes}"

    return re.sub(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])", said, text)


def _number(found: re.Match[str]) -> str:
    """"12" or "12.5" in words, the places one by one; a last 0 after the point says nothing."""
    whole, _, places = found[0].partition(".")
    places = places.rstrip("0")
    point = " ".join(["", "point", *map(in_words, map(int, places))]) if places else ""
    return f" {in_words(int(whole or 0))}{point} "


def spoken_form(text: str) -> str:
    """Lower case, letters and apostrophes only, numbers and signs of arithmetic as words.

    Raises `ValueError` with a sentence when nothing can be read, when something would be read as what it is not, or when it
    is too long.
    """
    text = typed_plainly(text)
    text = re.sub(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![,\d])", lambda m: m[0].replace(",", ""), text)
    text = _times_said(_parts_said(text.lower()))
    refuse_unreadable(text)
    text = unicodedata.normalize("NFKD", _powers_said(text)).lower()
    text = re.sub(r"(?<![\d\w)])(?<![\d)]\s)-\s?(?=\.?\d)", " minus ", text)
    text = re.sub(r"(?<=\d)\s*([-+*x×÷/=])\s*(?=\.?\d)", lambda m: SIGNS.get(m[1], " divided by "), text)
    text = re.sub(r"(?<=\d)\s*([-+*x×÷/])\s*(?=minus )", lambda m: SIGNS.get(m[1], " divided by "), text)
    text = re.sub(r"\d*\.\d+|\d+", _number, text)
    return words_of(text)


def typed_plainly(text: str) -> str:
    """With one kind of dash and of apostrophe. Raises `ValueError` for a text that is too long."""
    if len(text) > LONGEST:
        raise ValueError(f"The question has {len(text)} characters; Wren takes up to {LONGEST}: ask something shorter.")
    return re.sub(r"[\u2010\u2011\u2013\u2014\u2212]", "-", text.replace("’", "'"))


def words_of(text: str) -> str:
    """Letters and apostrophes of a text whose numbers are words already. Raises `ValueError` where there are none."""
    text = re.sub(r"[+%&=*×÷]", lambda m: SIGNS[m[0]], text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[^a-z' ]", " ", text.replace("-", " "))
    text = " ".join(word.strip("'") for word in text.split() if word.strip("'"))
    if not text:
        raise ValueError("There is nothing to read in the question: type it in English words.")
    return text
