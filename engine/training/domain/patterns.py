"""A short way to write many wordings: alternatives in square brackets, one pattern per line."""

from __future__ import annotations

import re
from itertools import product


def expand(patterns: str) -> tuple[str, ...]:
    """Every wording of every line, in order, each once: "[hi|hello] [there|]" -> hi there, hi, hello there, hello.

    Brackets do not nest; slots in braces pass through untouched.
    """
    wordings: dict[str, None] = {}
    for line in patterns.strip().splitlines():
        parts = [part[1:-1].split("|") if part.startswith("[") else [part] for part in re.split(r"(\[[^]]*\])", line)]
        for choice in product(*parts):
            wordings[" ".join("".join(choice).split())] = None
    return tuple(wording for wording in wordings if wording)
