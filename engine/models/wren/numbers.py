"""Numbers in words, as they are said: 21 -> "twenty one"."""

from __future__ import annotations

_SMALL = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
          "seventeen eighteen nineteen").split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(n: int) -> str:
    """n, from 0 to 999,999, in words without hyphens or "and"."""
    if not 0 <= n <= 999_999:
        raise ValueError(f"only 0 to 999,999 can be put in words, not {n}")
    if n < 20:
        return _SMALL[n]
    for size, name in ((1000, " thousand"), (100, " hundred")):
        if n >= size:
            head, rest = in_words(n // size) + name, n % size
            break
    else:
        head, rest = _TENS[n // 10], n % 10
    return f"{head} {in_words(rest)}" if rest else head
