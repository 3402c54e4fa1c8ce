"""Which exit layer and schedule a wanted quality loss allows, by replies to questions that no head was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from engine import schedules
from engine.evaluation.cases import Case
from engine.evaluation.evaluate import EvaluationPlan, Times, measure
from engine.evaluation.metrics import COST, QUALITY
from engine.evaluation.results import Result
from engine.evaluation.sets import QuestionSet
from engine.evaluation.summary import Row, differences, rows
from engine.heads.recording import HELD_OUT_EVERY
from engine.models.spoken_lm import SpokenLM
from engine.schedules import Full, Schedule, Spark

PERIODS = (2, 4, 8)
DRAFTS = 3
"""Drafts in a group whose acceptance is measured."""
MOST_LAYERS = 4


@dataclass(frozen=True)
class Candidate:
    """One schedule beside full depth; shares and rates are of 1, `loss` is in points (percent), speeds are times full depth's.

    `loss` is the largest of what is lost in the word error rate of the speech, in right answers in text and in those in speech.
    Where nothing was judged it is the share of tokens that full depth would not have chosen (`judged` false). `depth` and
    `predicted` count a rejected draft's layers, too: where reading weights takes the time, time goes by them.
    """

    schedule: Schedule
    depth: float
    agreement: float | None
    acceptance: float | None
    wer: float | None
    loss: float
    judged: bool
    predicted: float
    measured: float | None


def held_out(questions: QuestionSet, count: int) -> QuestionSet:
    """At most `count` of the questions that training with the same ones only reports on."""
    return QuestionSet(questions.name, questions.items[::HELD_OUT_EVERY][:count], questions.notes)


def candidates(layers: int, exits: Sequence[int], wanted: Sequence[int] = ()) -> list[Schedule]:
    """Schedules to try at the `wanted` exit layers (by default a few, spread over all): trusting ones, and one reviewed.

    Raises `ScheduleError` for a layer without a head.
    """
    chosen = list(wanted) or _spread(sorted(layer for layer in exits if layer < layers))
    found: list[Schedule] = [Full()]
    for layer in chosen:
        found += [Spark(period, "last", layer) for period in PERIODS]
        found.append(Spark(DRAFTS + 1, "last", layer, review=True))
    for schedule in found:
        schedules.check(schedule, layers, exits)
    return found


def compare(
    model: SpokenLM,
    tried: Sequence[Schedule],
    questions: QuestionSet,
    folder: Path,
    judge: str,
    progress: Progress,
    times: Times | None = None,
) -> list[Candidate]:
    """What each of the schedules costs and saves; full depth is the first of them. Replies are kept in `folder`."""
    cases = [Case(str(schedule)) for schedule in tried]
    results = measure(model, EvaluationPlan([questions], cases, folder, judge), progress, times)
    apart = {row.group: row for row in differences(results)}
    table = rows(results, (*QUALITY, *COST))
    drafted = {schedules.parse(row.group[1]).layer: _value(row, "acceptance") for row in table if "acceptance" in row.figures}
    layers = model.decoder.config.layers
    full = table[0]
    return [
        _candidate(row, apart.get(row.group), full, drafted, layers, [r for r in results if r.schedule == row.group[1]])
        for row in table
    ]


def best(found: Sequence[Candidate], loss: float) -> Candidate:
    """The one that predicts the highest speed among those that lose at most `loss` points; full depth loses none."""
    return max((one for one in found if one.loss <= loss), key=lambda one: (one.predicted, -one.loss))


def table(found: Sequence[Candidate]) -> str:
    """Markdown."""
    header = ["Schedule", "Layer", "K", "Mean depth", "Same tokens", "Accepted", "WER", "Loss", "Speed predicted", "measured"]
    lines = [header, ["---", *["---:"] * (len(header) - 1)]]
    lines += [list(_cells(one)) for one in found]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _candidate(
    row: Row, apart: Row | None, full: Row, drafted: Mapping[int | None, float | None], layers: int, results: Sequence[Result]
) -> Candidate:
    schedule = schedules.parse(row.group[1])
    tokens = sum(result.tokens for result in results)
    wasted = sum(result.rejected for result in results) * (schedule.layer or 0)
    depth = (sum(result.mean_depth * result.tokens for result in results) + wasted) / max(1, tokens)
    acceptance, judged = drafted.get(schedule.layer), "wer" in row.figures
    losses = _losses(apart)
    if schedule.layer is None or schedule.review:
        loss = max(losses, default=0.0) if judged else 0.0
    elif judged:
        loss = max(losses, default=0.0)
    else:
        early = _early(results, schedule.layer, layers)
        loss = 100 * early * (1 - (acceptance or 0.0))
    speed, reference = _value(row, "speed"), _value(full, "speed")
    return Candidate(
        schedule=schedule,
        depth=depth,
        agreement=_value(row, "agreement"),
        acceptance=acceptance,
        wer=_value(row, "wer"),
        loss=max(0.0, loss),
        judged=judged,
        predicted=layers / depth if depth else 1.0,
        measured=speed / reference if speed and reference else None,
    )


def _losses(apart: Row | None) -> list[float]:
    """In points; a gain counts as none."""
    if apart is None:
        return []
    signs = {"wer": 100, "right": -100, "right_in_speech": -100}
    return [sign * apart.figures[name].value for name, sign in signs.items() if name in apart.figures]


def _early(results: Sequence[Result], layer: int, layers: int) -> float:
    """The share of all tokens that left at `layer`, by their mean depth."""
    tokens = sum(result.tokens for result in results)
    saved = sum((layers - result.mean_depth) * result.tokens for result in results)
    return saved / (tokens * (layers - layer)) if tokens else 0.0


def _spread(layers: Sequence[int]) -> list[int]:
    if len(layers) <= MOST_LAYERS:
        return list(layers)
    return [layers[round(i * (len(layers) - 1) / (MOST_LAYERS - 1))] for i in range(MOST_LAYERS)]


def _value(row: Row, name: str) -> float | None:
    return row.figures[name].value if name in row.figures else None


def _cells(one: Candidate) -> Iterator[str]:
    layer = one.schedule.layer
    yield str(one.schedule)
    yield "-" if layer is None else str(layer)
    yield str(one.schedule.period) if isinstance(one.schedule, Spark) else "-"
    yield f"{one.depth:.2f}"
    yield from ("-" if share is None else f"{share:.1%}" for share in (one.agreement, one.acceptance, one.wer))
    yield f"{one.loss:.2f}"
    yield f"{one.predicted:.2f}"
    yield "-" if one.measured is None else f"{one.measured:.2f}"
