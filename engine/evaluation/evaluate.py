"""A whole evaluation: every question under every case, then the judge, then tables and plots."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.progress import Progress

from engine.evaluation import cases, judges, plots, summary
from engine.evaluation.answers import EvaluationRun
from engine.evaluation.cases import Case
from engine.evaluation.judging import Predictor, judge_replies
from engine.evaluation.results import Result
from engine.evaluation.sets import QuestionSet, folder_of, open_set
from engine.lm.sampling import Sampling
from engine.models.spoken_lm import SpokenLM


@dataclass(frozen=True)
class EvaluationPlan:
    """What is to be measured. `sampling` is by default the model's; `predictor` gives opinion scores."""

    sets: Sequence[QuestionSet]
    cases: Sequence[Case]
    folder: Path
    judge: str = "none"
    predictor: Predictor | None = None
    sampling: Sampling | None = None
    max_tokens: int = 2000


@dataclass
class Times:
    """Seconds that each part took, in order."""

    parts: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.parts[part] = self.parts.get(part, 0.0) + time.perf_counter() - began

    def __str__(self) -> str:
        return ", ".join(f"{part} {seconds:.1f} s" for part, seconds in self.parts.items())


def measure(model: SpokenLM, plan: EvaluationPlan, progress: Progress, times: Times | None = None) -> list[Result]:
    """Asks and judges; what `plan.folder` has already is not measured again, and all that is measured is kept at once.

    Raises `ValueError` or `OSError` with a sentence.
    """
    times = times or Times()
    cases.check(plan.cases, model.decoder.config.layers, model.exit_heads, model.decoder.frame_shape)
    judges.check(plan.judge)
    listened = plan.judge != "none" or plan.predictor is not None
    run = EvaluationRun(model, plan.folder, plan.sampling, listened, plan.max_tokens)
    results: list[Result] = []
    with times.of("answering"):
        for case in plan.cases:
            for questions in plan.sets:
                results += run.answer(questions, case, progress)
    if listened and any(not result.failed for result in results):
        with times.of("judging"):
            texts = (result.text for result in results)
            judge = judges.make(plan.judge, [one.name for one in plan.sets], folder_of(model.name), texts)
            results = judge_replies(run, results, plan.sets, judge, plan.predictor, progress)
    run.results.compact()
    return results


def write(results: Sequence[Result], folder: Path, about: Sequence[str] = (), times: Times | None = None) -> list[Path]:
    """`summary.md` and the plots -> what was written. Raises `ValueError` or `OSError` with a sentence."""
    times = times or Times()
    with times.of("tables and plots"):
        (folder / "summary.md").write_text(summary.report(results, about), encoding="utf-8")
        return [folder / "results.jsonl", folder / "summary.md", *plots.draw(results, folder)]


def opened(
    data: Sequence[str], model: str, limit: int, note: Callable[[str], None], peak: float | None = None
) -> list[QuestionSet]:
    """Sets by name or place, at most the first `limit` questions of each (0: all), spoken ones at `peak` dBFS if that is
    given; `note` is told what was left out.

    Raises `ValueError` with a sentence.
    """
    found = []
    for one in data:
        questions = open_set(one, model)
        for sentence in questions.notes:
            note(f"{sentence} Those questions are left out.")
        items = tuple(replace(item, peak=peak) if item.is_spoken else item for item in questions.items[: limit or None])
        found.append(QuestionSet(questions.name, items, questions.notes))
    names = [questions.name for questions in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"Two sets are called {twice!r}: rename one folder, or measure them one after the other.")
    return found
