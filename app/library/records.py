"""What a stored turn and a stored session are. No Qt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile

from app.library.files import read_json
from engine.events import Token, TurnStats

FORMAT = 1
State = Literal["running", "finished", "cancelled", "failed", "unfinished"]
QUESTION, REPLY, TOKENS, TURN, SESSION = "question.flac", "reply.flac", "tokens.jsonl", "turn.json", "session.json"


@dataclass
class StoredTurn:
    """One question and its reply on disk, in `folder`. Sounds and tokens are read when they are asked for."""

    folder: Path
    number: int
    state: State
    schedule: str
    spoken: bool
    seed: int = 0
    heard: str = ""
    text: str = ""
    note: str = ""
    began: float = 0.0
    """Seconds since 1970."""
    question_seconds: float = 0.0
    first_audio: float | None = None
    model: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    stats: dict[str, Any] | None = None
    rejected: list[list[int]] = field(default_factory=list)
    pooling: str = "none"
    """How the speech of the question was merged."""
    replaces: int = 0
    """The earlier turn whose place this one takes in what the model remembers; 0 is none."""

    @classmethod
    def read(cls, folder: Path) -> StoredTurn:
        """Raises `OSError` or `ValueError` for a folder that holds no readable turn."""
        found = read_json(folder / TURN)
        known = {one.name for one in fields(cls)} - {"folder"}
        try:
            return cls(folder=folder, **{key: value for key, value in found.items() if key in known})
        except TypeError as error:
            raise ValueError(f"{folder / TURN} is damaged: {error}.") from error

    def as_json(self) -> dict[str, Any]:
        """Everything but the folder, for `write_json`."""
        value = asdict(self)
        del value["folder"]
        return {"format": FORMAT, **value}

    @property
    def tokens(self) -> list[Token]:
        """The trace, as far as it was written; a last line that was cut off is left out."""
        path = self.folder / TOKENS
        found = []
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    found.append(Token(**json.loads(line)))
                except (ValueError, TypeError):
                    break
        return found

    def question_audio(self) -> tuple[np.ndarray, int] | None:
        """float32 mono and its rate; None for a typed question."""
        return _sound(self.folder / QUESTION)

    def reply_audio(self) -> tuple[np.ndarray, int] | None:
        """float32 mono and its rate; None where no sound was made."""
        return _sound(self.folder / REPLY)


@dataclass(frozen=True)
class SessionInfo:
    """What the list shows of a session. `created` and `updated` are seconds since 1970."""

    id: str
    title: str
    pinned: bool
    created: float
    updated: float
    turns: int
    words: str
    """The first words of the first question."""


def stats_of(value: Mapping[str, Any] | None) -> TurnStats | None:
    """Stored figures as the event that they were."""
    if value is None:
        return None
    known = {one.name for one in fields(TurnStats)}
    kept = {key: item for key, item in value.items() if key in known}
    return TurnStats(**{**kept, "limits": tuple(kept.get("limits", ()))})


def _sound(path: Path) -> tuple[np.ndarray, int] | None:
    if not path.exists():
        return None
    try:
        samples, rate = soundfile.read(path, dtype="float32")
    except soundfile.LibsndfileError as error:
        raise OSError(f"{path} is damaged ({error})") from error
    return samples, rate
