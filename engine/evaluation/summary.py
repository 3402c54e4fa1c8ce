"""Results added up, and written as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from engine.evaluation.bootstrap import Estimate, difference, rate
from engine.evaluation.metrics import COST, DIFFERENCES, POOLING, QUALITY, Metric, first_of
from engine.evaluation.results import Result

Group = tuple[str, ...]
_CASE = "Set | Schedule | Pooling"


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is about, how many questions, and each metric that could be measured, by its name."""

    group: Group
    questions: int
    figures: dict[str, Estimate]


def case_of(result: Result) -> Group:
    """What the main tables tell apart."""
    return result.set, result.schedule, result.pooling


def rows(results: Sequence[Result], metrics: Sequence[Metric], key: Callable[[Result], Group] = case_of) -> list[Row]:
    """A row for each value of `key`, in the order of their first; replies to one question with several seeds belong together."""
    first = first_of(list(results))
    found = []
    for group, members in _groups(results, key).items():
        pairs = {m.name: _pairs(members, m, first) for m in metrics}
        figures = {name: estimate for name, one in pairs.items() if (estimate := rate(_array(one)))}
        found.append(Row(group, _questions(members), figures))
    return found


def differences(results: Sequence[Result], metrics: Sequence[Metric] = DIFFERENCES) -> list[Row]:
    """As `rows`, each metric minus that of the first case, over the questions that both could be measured for."""
    first = first_of(list(results))
    cases = _groups(results, case_of)
    found = []
    for group, members in cases.items():
        reference = cases.get((group[0], results[0].schedule, results[0].pooling), [])
        if group[1:] == (results[0].schedule, results[0].pooling) or not reference:
            continue
        figures = {}
        for metric in metrics:
            ours, theirs = (_pairs(one, metric, first) for one in (members, reference))
            both = [question for question in ours if question in theirs]
            estimate = difference(_array(ours, both), _array(theirs, both))
            if estimate:
                figures[metric.name] = estimate
        found.append(Row(group, _questions(members), figures))
    return found


def table(found: Sequence[Row], labels: str, metrics: Sequence[Metric], signed: bool = False) -> str:
    """Markdown; `labels` head the group's columns ("Set | Schedule"). A metric that no row has gets no column."""
    used = [m for m in metrics if any(m.name in row.figures for row in found)]
    columns = [*labels.split(" | "), "Questions", *(m.title for m in used)]
    lines = [columns, ["---"] * (len(columns) - len(used) - 1) + ["---:"] * (len(used) + 1)]
    for row in found:
        lines.append([*(part or "-" for part in row.group), str(row.questions), *(_cell(row, m, signed) for m in used)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def report(results: Sequence[Result], about: Sequence[str] = ()) -> str:
    """The whole story; `about` are sentences for its beginning."""
    results = list(results)
    if not results:
        return "No question was asked.\n"
    first = " · ".join(results[0].schedule if part == 1 else results[0].pooling for part in (1, 2)).removesuffix(" · none")
    parts = [
        *about,
        "Intervals hold the true figure with 95 % confidence (bootstrap over questions); one without width says that all "
        f"questions gave the same. Tokens are compared with those of `{first}` under the same seed.",
        "## Quality",
        table(rows(results, QUALITY), _CASE, QUALITY),
        "## Cost",
        table(rows(results, COST), _CASE, COST),
    ]
    if any(r.pooling != "none" for r in results):
        parts += ["## Prefill, as a share of that without pooling", table(rows(results, POOLING), _CASE, POOLING)]
        parts += _by_length(results)
    if apart := differences(results):
        parts += [f"## Difference to `{first}`, question by question", table(apart, _CASE, DIFFERENCES, True)]
    for name in ("area", "voice"):
        parts += _by(results, name)
    parts += _together(results)
    if failed := [r for r in results if r.failed and not r.right]:
        parts += ["## Could not be answered", "\n".join(f"- {' · '.join(case_of(r))} · {r.id}: {r.failed}" for r in failed)]
    return "\n\n".join(parts) + "\n"


def short(results: Sequence[Result]) -> str:
    """The two main tables."""
    return "\n\n".join(table(rows(results, metrics), _CASE, metrics) for metrics in (QUALITY, COST))


def as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Every case's figures with their intervals, by name."""
    metrics = (*QUALITY, *COST, *POOLING)
    return [
        {
            **dict(zip(("set", "schedule", "pooling"), row.group, strict=True)),
            "questions": row.questions,
            **{name: asdict(estimate) for name, estimate in row.figures.items()},
        }
        for row in rows(results, metrics)
    ]


def _by(results: Sequence[Result], name: str) -> list[str]:
    named = [r for r in results if getattr(r, name)]
    if len({getattr(r, name) for r in named}) < 2:
        return []
    wanted = [m for m in QUALITY if m.name in ("right", "right_in_speech", "wer", "heard_wer")]
    found = rows(named, wanted, lambda r: (*case_of(r), getattr(r, name)))
    return [f"## By {name}", table(found, f"Set | Schedule | Pooling | {name.capitalize()}", wanted)]


def _together(results: Sequence[Result]) -> list[str]:
    """Several sets as one, for what a few hundred questions more can tell apart."""
    if len({r.set for r in results}) < 2:
        return []
    one = [replace(r, set="all", id=f"{r.set} {r.id}") for r in results]
    names = "right", "right_in_speech", "wer", "agreement", "heard_wer", "speech_depth", "mean_depth", "acceptance"
    wanted = [m for m in (*QUALITY, *COST) if m.name in names]
    parts = ["## All sets together", table(rows(one, wanted), _CASE, wanted)]
    apart = differences(one)
    return [*parts, "Difference to the first:", table(apart, _CASE, DIFFERENCES, True)] if apart else parts


def _by_length(results: Sequence[Result]) -> list[str]:
    """Spoken questions in three parts of equal size, from the shortest to the longest."""
    spoken = [r for r in results if r.question_seconds]
    seconds = {(r.set, r.id): r.question_seconds for r in spoken}
    if len(seconds) < 3:
        return []
    ends = np.quantile(list(seconds.values()), [0, 1 / 3, 2 / 3, 1])
    parts = [f"{low:.1f}–{high:.1f} s" for low, high in zip(ends, ends[1:], strict=False)]
    names = "right", "heard_wer", "kept", "flops", "prompt_kv", "first_token"
    wanted = [m for m in (*QUALITY, *POOLING, *COST) if m.name in names]
    ordered = sorted(spoken, key=lambda r: r.question_seconds)
    found = rows(ordered, wanted, lambda r: (parts[int(np.searchsorted(ends[1:3], r.question_seconds))], r.schedule, r.pooling))
    order = list(dict.fromkeys(case_of(r)[1:] for r in results))
    found.sort(key=lambda row: (parts.index(row.group[0]), order.index(row.group[1:])))
    return ["## By length of the question", table(found, "Length | Schedule | Pooling", wanted)]


def _questions(results: Sequence[Result]) -> int:
    return len({(result.set, result.id) for result in results})


def _groups(results: Sequence[Result], key: Callable[[Result], Group]) -> dict[Group, list[Result]]:
    """In the order of their first, but those of one set side by side."""
    sets = list(dict.fromkeys(result.set for result in results))
    found: dict[Group, list[Result]] = {}
    for result in sorted(results, key=lambda one: sets.index(one.set)):
        found.setdefault(key(result), []).append(result)
    return found


def _pairs(
    members: Sequence[Result], metric: Metric, first: Mapping[tuple[str, str, int], Result]
) -> dict[Hashable, np.ndarray]:
    """By question, added up over its seeds."""
    found: dict[Hashable, np.ndarray] = {}
    for result in members:
        pair = metric.pair(result, first.get((result.set, result.id, result.seed)))
        if pair is not None:
            question = result.set, result.id
            found[question] = found.get(question, np.zeros(2)) + pair
    return found


def _array(pairs: dict[Hashable, np.ndarray], questions: Sequence[Hashable] | None = None) -> np.ndarray:
    chosen = list(pairs.values()) if questions is None else [pairs[question] for question in questions]
    return np.array(chosen, float).reshape(-1, 2)


def _cell(row: Row, metric: Metric, signed: bool) -> str:
    estimate = row.figures.get(metric.name)
    if estimate is None:
        return "-"
    sign = "+" if signed and estimate.value > 0 else ""
    value = sign + metric.form(estimate.value)
    return f"{value} [{metric.form(estimate.low)}, {metric.form(estimate.high)}]" if metric.interval else value
