"""Values from elsewhere as they stand in a sentence: in one line, and never longer than that can bear."""

from __future__ import annotations

import reprlib

_MOST = 80  # characters


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict, self.maxset = 3, 6, 6, 4, 4
        self.maxstring = self.maxlong = self.maxother = _MOST

    def repr_int(self, value: int, level: int) -> str:
        if value.bit_length() > 1000:  # Python refuses to write the longest out
            return f"a number of {int(value.bit_length() * 0.30103) + 1:,} digits"
        return super().repr_int(value, level)


_SHORT = _Short()


def shown(value: object) -> str:
    """A value as Python writes it, cut where it is long: text in quotes, with what cannot be printed spelled out."""
    try:
        text = " ".join(_SHORT.repr(value).split())
    except (ValueError, RecursionError):
        return f"a {type(value).__name__}"
    return text if len(text) <= 2 * _MOST else f"{text[:_MOST]}…{text[-20:]}"


def clean(text: str) -> str:
    """A text, cut in the middle where it is long; what cannot be printed is spelled out."""
    if len(text) > _MOST:
        text = f"{text[:50]}…{text[-20:]}"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def quoted(text: str) -> str:
    """The same in double quotes."""
    return f'"{clean(text)}"'


def reason(error: BaseException) -> str:
    """What an error says, in one line and cut where it is long; its kind where it says nothing."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # whoever made it
        text = ""
    text = text or type(error).__name__
    return text if len(text) <= 300 else f"{text[:260]}…{text[-30:]}"
