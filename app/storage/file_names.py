"""What files of turns and sessions are called: by their day and their words, as a person would name them."""

from __future__ import annotations

import re
import time
from itertools import count
from pathlib import Path

from app.core.turn import ChatTurn

LONGEST, LONGEST_BYTES = 60, 160  # of the words
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')  # by one file system or another


def name(when: float, words: str, otherwise: str) -> str:
    """The day of `when` (seconds since 1970) and the first words, without what file systems refuse; no ending."""
    day = time.strftime("%Y-%m-%d", time.localtime(when))
    plain = " ".join(_REFUSED.sub(" ", words).split())
    if len(plain) > LONGEST:
        plain = plain[: LONGEST + 1].rsplit(" ", 1)[0][:LONGEST]
    plain = plain.encode()[:LONGEST_BYTES].decode(errors="ignore")
    return f"{day} {plain.strip(' .') or otherwise}"


def name_of_turn(turn: ChatTurn) -> str:
    """For a turn of any kind: by its question, else by its place in the session."""
    return name(turn.began, turn.heard, f"turn {turn.place}")


def free(folder: Path, stem: str, ending: str) -> Path:
    """A file in `folder` that is not there yet."""
    names = (f"{stem}{'' if number == 1 else f' ({number})'}{ending}" for number in count(1))
    return next(path for path in map(folder.joinpath, names) if not path.exists())
