"""What became of each question: one line of `results.jsonl` as soon as it is there, so that a stopped run can go on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One answer; errors are (edits, words), times are seconds, memory is bytes.

    `right` has the key's words (in the area "unknown": says so), None where there is no key; `exact` is the given answer word
    for word. `heard_errors` is about the transcript of a spoken question, None where it was typed. `speech` is what `judge`
    understood of the reply, with `speech_errors` against the reply's own text and `right_in_speech`; None where it was not
    judged. `ids` are the reply's tokens. `memory` is the process's at the end of the reply (on a GPU: torch's peak there).
    `prefill` is that of `engine.events.TurnStats`. `failed` is a sentence, or empty.
    """

    weights: str
    set: str
    schedule: str
    pooling: str
    seed: int
    sampling: str
    id: str
    asked: str
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
    def place(self) -> tuple[str | int, ...]:
        """What tells it from all others."""
        return self.weights, self.set, self.schedule, self.pooling, self.seed, self.sampling, self.id, self.asked

    @property
    def tokens(self) -> int:
        return len(self.ids)


class Results:
    """The lines of `results.jsonl` in a folder, which is made; a later line about the same question counts.

    Raises `OSError` with a sentence where nothing can be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "results.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._known = {result.place: result for result in _read(self._path)}
            self.compact()  # also drops a last line that the end of a run has cut off
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise OSError(f"Results cannot be written to {folder}: {why}. Give another folder.") from error

    def __getitem__(self, place: tuple) -> Result | None:
        return self._known.get(place)

    def add(self, result: Result) -> None:
        """Keeps a result; it is on the disk when this returns."""
        self._known[result.place] = result
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(result))

    def compact(self) -> None:
        """One line for each question."""
        new = self._path.with_suffix(".new")
        new.write_text("".join(map(_line, self._known.values())), encoding="utf-8")
        os.replace(new, self._path)


def _line(result: Result) -> str:
    return json.dumps(asdict(result)) + "\n"


def _read(path: Path) -> Iterable[Result]:
    """Earlier results; a line that cannot be read is passed over."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            fields = json.loads(line)
            pairs = {name: fields[name] and tuple(fields[name]) for name in ("heard_errors", "speech_errors")}
            yield Result(**{**fields, **pairs, "ids": tuple(fields["ids"])})
        except (ValueError, KeyError, TypeError):
            continue
