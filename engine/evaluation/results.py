"""What became of each question."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.evaluation.lines import Lines, pair


@dataclass(frozen=True)
class Result:
    """One answer; errors are (edits, words), times are seconds, memory is bytes.

    `right` has the key's words (in the area "unknown": says so; in the area "nothing": there is no reply), None where there is
    no key; `exact` is the given answer word for word. `heard_errors` is about the transcript of a spoken question, None where it
    was typed. `speech` is what `judge` understood of the reply, with `speech_errors` against the reply's own text and
    `right_in_speech`; None where it was not judged. `ids` are the reply's tokens. `memory` is the process's at the end of the
    reply (on a GPU: torch's peak there). `prefill` is that of `engine.events.TurnStats`, `positions` are the reply's in the
    model's context, `whole` says that it ended by itself. `mark` changes with the question's sound, the turn before it and the
    most tokens. `failed` is a sentence that says why there is no reply, or empty.
    """

    weights: str
    set: str
    schedule: str
    pooling: str
    seed: int
    sampling: str
    id: str
    asked: str
    mark: str
    voice: str = ""
    area: str = ""
    heard: str = ""
    text: str = ""
    right: bool | None = None
    exact: bool = False
    heard_errors: tuple[int, int] | None = None
    judge: str = ""
    speech: str | None = None
    speech_errors: tuple[int, int] | None = None
    right_in_speech: bool | None = None
    mos: float | None = None
    ids: tuple[int, ...] = ()
    positions: int = 0
    whole: bool = False
    text_tokens: int = 0
    speech_tokens: int = 0
    speech_depth: float = 0.0
    mean_depth: float = 0.0
    accepted: int = 0
    rejected: int = 0
    tokens_per_second: float = 0.0
    real_time_factor: float | None = None
    first_audio: float | None = None
    first_token: float | None = None
    audio_seconds: float = 0.0
    question_seconds: float = 0.0
    kv_bytes: int = 0
    memory: int = 0
    prefill: dict[str, int] = field(default_factory=dict)
    failed: str = ""

    @property
    def identity(self) -> tuple[str | int, ...]:
        """What tells it from all others."""
        case = self.schedule, self.pooling, self.seed, self.sampling
        return self.weights, self.set, *case, self.id, self.asked, self.mark

    @property
    def tokens(self) -> int:
        return len(self.ids)


class Results(Lines[Result]):
    """The lines of `results.jsonl` in a folder. Raises `OSError` with a sentence as `Lines` does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "results.jsonl", _result)


def _result(fields: dict[str, Any]) -> Result:
    pairs = {name: pair(fields, name) for name in ("heard_errors", "speech_errors")}
    return Result(**{**fields, **pairs, "ids": tuple(fields["ids"])})
