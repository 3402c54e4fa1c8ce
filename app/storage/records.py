"""What a stored turn and a stored session are, and the one place where they are checked before anybody uses them. No Qt."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np

from app.engine_client.commands import ModelFacts
from app.storage.fields import FieldChecks, Unfit
from app.storage.files import read_bytes, read_json, read_sound
from engine.events import Token, TurnStats

FORMAT = 1
State = Literal["running", "finished", "cancelled", "failed", "unfinished"]
QUESTION, REPLY, TOKENS, TURN, SESSION = "question.flac", "reply.flac", "tokens.jsonl", "turn.json", "session.json"
LARGEST_TRACE = 32 << 20  # bytes of all tokens of a turn
MOST_TOKENS = 50_000
LATEST = 32_503_680_000.0  # the year 3000: what every system's calendar knows
_SECONDS = (-1e6, 1e6)
_COUNT = (0, 1e9)
_SEED = (-(2**64), 2**64)


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
    rejected: list[tuple[int, int]] = field(default_factory=list)
    pooling: str = "none"
    """How the speech of the question was merged."""
    heard_tokens: int | None = None
    """How many of the reply's tokens were heard and are remembered, if it was stopped before its end."""
    heard_text: str = ""
    """The words of those."""
    source: str = ""
    """The name of the sound file that was the question; empty for one that was spoken here, or typed."""
    replaces: int = 0
    """The earlier turn whose place this one takes in what the model remembers; 0 is none."""
    problem: str = field(default="", compare=False)
    """A sentence about what of it could not be read; empty if all could."""

    @classmethod
    def read(cls, folder: Path) -> StoredTurn:
        """Raises `OSError`, or `ValueError` with a sentence for a folder that holds no readable turn."""
        return cls.from_json(read_json(folder / TURN), folder)

    @classmethod
    def from_json(cls, found: dict[str, Any], folder: Path) -> StoredTurn:
        """What fits its field is taken, the rest is named in `problem`. Raises `ValueError` with a sentence."""
        check_format(found, TURN)
        values, unfit = _TURN.sort({**_UNKNOWN, **{key: value for key, value in found.items() if key not in _OWN}})
        unfit += [name for name in _UNKNOWN if name not in found]
        if values.get("stats") is not None and stats_of(values["stats"]) is None:
            unfit.append("stats")
        if not _names_a_turn(found, unfit):
            raise ValueError(f"{TURN} does not hold a turn.")
        number = values.get("number") or (int(folder.name) if folder.name.isdecimal() and len(folder.name) < 9 else 0)
        values = {**_UNKNOWN, **{key: value for key, value in values.items() if key not in unfit}, "number": number}
        return cls(folder=folder, **values, problem=f"Of this turn {_listed(unfit)} cannot be read." if unfit else "")

    def as_json(self) -> dict[str, Any]:
        """Everything but the folder, for `write_json`."""
        return {"format": FORMAT, **{key: value for key, value in asdict(self).items() if key not in _OWN}}

    @property
    def tokens(self) -> list[Token]:
        """As `read_tokens`, without what it says."""
        return self.read_tokens()[0]

    def read_tokens(self) -> tuple[list[Token], str]:
        """The trace up to the first token that cannot be read, and a sentence about it unless that one was merely cut off."""
        path = self.folder / TOKENS
        if not path.exists():
            return [], ""
        try:
            lines = io.BytesIO(read_bytes(path, LARGEST_TRACE))
        except OSError as error:
            return [], f"Its trace cannot be read: {(error.strerror or str(error)).lower()}."
        except ValueError as error:
            return [], f"Its trace cannot be read: {error}"
        found: list[Token] = []
        for place, line in enumerate(lines, 1):
            try:
                found.append(token_of(line))
            except Unfit:
                is_cut_off = not line.endswith(b"\n")
                return found, "" if is_cut_off else f"Its trace cannot be read from token {place} on."
            if place == MOST_TOKENS:
                return found, f"Its trace is longer than {MOST_TOKENS:,} tokens; the rest is left out."
        return found, ""

    def question_audio(self) -> tuple[np.ndarray, int] | None:
        """float32 mono and its rate; None for a typed question. Raises as `read_sound`."""
        return read_sound(self.folder / QUESTION)

    def reply_audio(self) -> tuple[np.ndarray, int] | None:
        """float32 mono and its rate; None where no sound was made. Raises as `read_sound`."""
        return read_sound(self.folder / REPLY)


@dataclass
class StoredSession:
    """What `session.json` holds."""

    title: str = ""
    pinned: bool = False
    created: float = 0.0
    problem: str = field(default="", compare=False)
    """A sentence about what of it could not be read; empty if all could."""

    @classmethod
    def read(cls, folder: Path) -> StoredSession:
        """What can be read of a session; with a `problem` if that is not all."""
        try:
            return cls.from_json(read_json(folder / SESSION))
        except OSError as error:
            return cls(problem=f"{SESSION} cannot be read: {(error.strerror or str(error)).lower()}.")
        except ValueError as error:
            return cls(problem=str(error))

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> StoredSession:
        """Raises `ValueError` with a sentence for one of another version."""
        check_format(found, SESSION)
        values, unfit = _SESSION.sort({key: value for key, value in found.items() if key not in _OWN})
        return cls(**values, problem=f"Of this session {_listed(unfit)} cannot be read." if unfit else "")

    def as_json(self) -> dict[str, Any]:
        """For `write_json`."""
        return {"format": FORMAT, "title": self.title, "pinned": self.pinned, "created": self.created}


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
    problem: str = ""
    """Sentences about what of it cannot be read."""


def check_format(found: dict[str, Any], name: str) -> None:
    """Raises `ValueError` with a sentence for a file of a version that this one does not know."""
    version = found.get("format", FORMAT)
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= FORMAT:
        raise ValueError(f"{name} was written by another version of Refrain, and this one cannot read it.")


def stats_of(value: Mapping[str, Any] | None) -> TurnStats | None:
    """Stored figures as the event that they were; None where they are not those of a turn."""
    try:
        stats = _STATS.make(value)
    except Unfit:
        return None
    return stats if not stats.prefill or {"heard", "deep"} <= stats.prefill.keys() else None


def model_of(value: Mapping[str, Any]) -> ModelFacts | None:
    """The model that answered; None where another version wrote it."""
    try:
        model = _MODEL.make(value)
    except Unfit:
        return None
    return model if all(layer < model.layers for layer in model.exit_layers) else None


def token_of(line: bytes) -> Token:
    """A line of the trace. Raises `Unfit`."""
    try:
        return _TOKEN.make(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise Unfit("no token") from error


_OWN = {"folder", "problem"}  # fields that are no part of the file
_UNKNOWN = {"state": "unfinished", "schedule": "", "spoken": False}
_NAMES = {
    "number": "its number", "state": "how it ended", "schedule": "its schedule", "spoken": "whether it was spoken",
    "seed": "its seed", "heard": "the question's words", "text": "the reply's words", "note": "its note",
    "began": "its time", "question_seconds": "the question's length", "first_audio": "when its sound began",
    "model": "its model", "versions": "its versions", "stats": "its figures", "rejected": "its rejected drafts",
    "pooling": "its pooling", "heard_tokens": "how much of it was heard", "heard_text": "the words that were heard",
    "source": "the file it came from", "replaces": "what it replaces",
    "title": "its name", "pinned": "whether it was pinned", "created": "its date",
}  # fmt: skip
_TURN = FieldChecks(
    StoredTurn,
    {"number": _COUNT, "seed": _SEED, "began": (0, LATEST), "question_seconds": (0, 1e6), "first_audio": _SECONDS,
     "rejected": (0, 1e6), "heard_tokens": _COUNT, "replaces": _COUNT},
)  # fmt: skip
_SESSION = FieldChecks(StoredSession, {"created": (0, LATEST)})
_STATS = FieldChecks(
    TurnStats,
    {"seed": _SEED, "tokens": _COUNT, "depth": (0, 1e4), "refreshes": _COUNT, "accepted": _COUNT, "rejected": _COUNT,
     "seconds": _SECONDS, "tokens_per_second": (0, 1e9), "real_time_factor": _SECONDS, "audio_seconds": (0, 1e6),
     "sample_rate": (0, 1e6), "question_seconds": (0, 1e6), "sampling": (0, 1e9)},
)  # fmt: skip
_TOKEN = FieldChecks(
    Token,
    {"index": (0, 1e6), "depth": (0, 1e4), "caught_up": (0, 1e6), "milliseconds": (0, 1e8), "at": _SECONDS, "entropy": (-1, 1e4)},
)
_MODEL = FieldChecks(
    ModelFacts,
    {"layers": (1, 1000), "exit_layers": (1, 1000), "chunk_length": _COUNT, "speech_rate": (1e-3, 1e5), "context": _COUNT},
)


def _names_a_turn(found: dict[str, Any], unfit: list[str]) -> bool:
    """Whether anything of a turn is there: an object of other things is none."""
    return any(one.name in found and one.name not in unfit for one in fields(StoredTurn) if one.name not in ("note", *_OWN))


def _listed(unfit: list[str]) -> str:
    names = [_NAMES[name] for name in unfit]
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
