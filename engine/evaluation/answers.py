"""Puts a test set to a model, question by question, and writes down what became of each.

Every result is a line of `results.jsonl` as soon as it is there; a run that was stopped goes on where it stopped. A
result counts only for the very weights and question that it was measured with.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.progress import Progress

from engine import audio_files
from engine.asking import Answer, AskError, Question, ask
from engine.dialogue import Dialogue
from engine.evaluation import scoring
from engine.evaluation.judge import Recogniser, read_pronunciations
from engine.evaluation.sets import Item
from engine.lm.sampling import Sampling
from engine.models.spoken_lm import SpokenLM

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """One answer; errors are (edits, words).

    `right` has the key's words (in the area "unknown": says so), `exact` is the taught answer word for word.
    `heard_errors` is about the transcript of a spoken question, None where it was typed. `speech` is what the judge
    understood of the reply, `speech_errors` against the reply's own text, None where it was not judged. `failed` is a
    sentence, or empty.
    """

    weights: str
    set: str
    schedule: str
    id: str
    asked: str
    voice: str
    area: str
    heard: str = ""
    text: str = ""
    right: bool = False
    exact: bool = False
    heard_errors: tuple[int, int] | None = None
    speech: str | None = None
    speech_errors: tuple[int, int] | None = None
    text_tokens: int = 0
    speech_tokens: int = 0
    speech_depth: float = 0.0
    tokens_per_second: float = 0.0
    failed: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        """What tells it from all others."""
        return self.weights, self.set, self.schedule, self.id, self.asked


def recogniser(folder: Path) -> Recogniser:
    """The judge of replies, with the answers and pronunciations that ship in `folder`."""
    answers = (folder / "answers.txt").read_text(encoding="utf-8").splitlines()
    return Recogniser(answers, read_pronunciations(folder / "pronunciations.txt"))


class Run:
    """Results in `folder`, of greedy replies; with a `judge`, the replies' sound is kept there, too."""

    def __init__(self, model: SpokenLM, folder: Path, judge: Recogniser | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._model, self._folder, self._judge = model, folder, judge
        self._weights = _fingerprint(model.folder)
        self._file = folder / "results.jsonl"
        self._done = {result.place: result for result in _read(self._file)}
        if self._file.exists() and not self._file.read_text(encoding="utf-8").endswith("\n"):
            self._file.write_text("".join(json.dumps(asdict(r)) + "\n" for r in self._done.values()), encoding="utf-8")

    def measure(self, name: str, items: Iterable[Item], schedule: str, speech: int, progress: Progress) -> list[Result]:
        """One result per item, in order; the speech of the first `speech` replies is judged.

        Raises `ScheduleError` for a schedule the model cannot run.
        """
        items = list(items)
        dialogue = Dialogue(self._model, schedule, Sampling())
        task = progress.add_task(f"{name} · {schedule}", total=len(items))
        results = []
        for index, item in enumerate(items):
            judged = index < speech and self._judge is not None
            done = self._done.get((self._weights, name, schedule, item.id, item.text))
            if done is None or (judged and done.speech is None and not done.failed):
                done = self._measure(dialogue, name, item, schedule, judged)
                self._done[done.place] = done
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(done)) + "\n")
            results.append(done)
            progress.advance(task)
        return results

    def _measure(self, dialogue: Dialogue, name: str, item: Item, schedule: str, judged: bool) -> Result:
        place = (self._weights, name, schedule, item.id, item.text, item.voice, item.area)
        dialogue.reset()
        try:
            if item.before:
                _whole(ask(dialogue, Question(item.before)))
            answer = _whole(ask(dialogue, Question(item.text if item.audio is None else None, item.audio)))
        except (AskError, ValueError) as error:
            return Result(*place, failed=str(error))
        stats = answer.stats
        exact = scoring.same(stats.text, item.answer)
        stem = self._folder / name / _file_name(schedule) / item.id
        transcript, errors = self._judged(answer, stem) if judged else (None, None)
        return Result(
            *place,
            heard=stats.heard,
            text=stats.text,
            right=exact if item.area == UNKNOWN else scoring.right(stats.text, item.key),
            exact=exact,
            heard_errors=scoring.word_errors(stats.heard, item.text) if item.audio else None,
            speech=transcript,
            speech_errors=errors,
            text_tokens=stats.tokens["text"],
            speech_tokens=stats.tokens["speech"],
            speech_depth=stats.depth["mean_speech"],
            tokens_per_second=stats.tokens_per_second,
        )

    def _judged(self, answer: Answer, stem: Path) -> tuple[str, tuple[int, int]]:
        samples, rate = answer.samples, answer.stats.sample_rate
        stem.parent.mkdir(parents=True, exist_ok=True)
        audio_files.write(stem.with_suffix(".ogg"), samples if len(samples) else np.zeros(1, np.float32), rate)
        transcript = self._judge.transcribe(samples, rate)
        return transcript, scoring.word_errors(transcript, answer.stats.text)


def _whole(answer: Answer) -> Answer:
    if answer.interrupted:
        raise KeyboardInterrupt
    return answer


def _file_name(schedule: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", schedule)


def _fingerprint(folder: Path) -> str:
    """Changes with any of the model's files of weights."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.glob("*.safetensors")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> Iterable[Result]:
    """Earlier results; a last line that was cut off by the end of a run is passed over."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            fields = json.loads(line)
        except json.JSONDecodeError:
            continue
        pairs = {name: fields[name] and tuple(fields[name]) for name in ("heard_errors", "speech_errors")}
        yield Result(**{**fields, **pairs})
