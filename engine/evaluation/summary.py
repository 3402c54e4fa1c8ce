"""Results added up, and written as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.evaluation.answers import Result
from engine.evaluation.scoring import wilson

_COLUMNS = ("Questions", "Right", "95 %", "Exact", "WER heard", "WER speech", "Judged", "Depth", "Tokens/s")


@dataclass(frozen=True)
class Summary:
    """Word error rates and the depth are means over words and tokens; None where there was nothing to measure."""

    count: int
    right: int
    exact: int
    failed: int
    interval: tuple[float, float]
    heard_wer: float | None
    speech_wer: float | None
    speech_judged: int
    speech_depth: float | None
    tokens_per_second: float | None


def summarise(results: Sequence[Result]) -> Summary:
    """Adds up any selection of results."""
    right, answered = sum(r.right for r in results), [r for r in results if not r.failed]
    return Summary(
        count=len(results),
        right=right,
        exact=sum(r.exact for r in results),
        failed=len(results) - len(answered),
        interval=wilson(right, len(results)),
        heard_wer=_ratio(r.heard_errors for r in results if r.heard_errors),
        speech_wer=_ratio(r.speech_errors for r in results if r.speech_errors),
        speech_judged=sum(r.speech_errors is not None for r in results),
        speech_depth=_ratio((r.speech_depth * r.speech_tokens, r.speech_tokens) for r in answered),
        tokens_per_second=_ratio((r.tokens_per_second, 1) for r in answered),
    )


def table(results: Sequence[Result], label: str, key: Callable[[Result], tuple[str, ...]]) -> str:
    """A row for each value of `key`, in the order of their first; `label` heads its columns ("Set | Schedule")."""
    order = {value: place for place, value in enumerate(dict.fromkeys(map(key, results)))}
    found = groupby(sorted(results, key=lambda r: order[key(r)]), key=key)
    columns = [*label.split(" | "), *_COLUMNS]
    rows = [[*value, *_cells(summarise(list(group)))] for value, group in found]
    rule = ["---"] * (len(columns) - len(_COLUMNS)) + ["---:"] * len(_COLUMNS)
    return "\n".join("| " + " | ".join(row) + " |" for row in (columns, rule, *rows))


def report(results: Sequence[Result]) -> str:
    """The whole story: by set and schedule, then by area and by voice."""
    parts = [table(results, "Set | Schedule", lambda r: (r.set, r.schedule))]
    parts.append(table(results, "Set | Schedule | Area", lambda r: (r.set, r.schedule, r.area)))
    spoken = [r for r in results if r.voice]
    if spoken:
        parts.append(table(spoken, "Set | Schedule | Voice", lambda r: (r.set, r.schedule, r.voice)))
    failed = [f"- {r.set} · {r.schedule} · {r.id}: {r.failed}" for r in results if r.failed]
    return "\n\n".join([*parts, *(["\n".join(failed)] if failed else [])]) + "\n"


def _cells(s: Summary) -> list[str]:
    low, high = s.interval
    return [
        str(s.count),
        f"{s.right / s.count:.1%}",
        f"{low:.1%} - {high:.1%}",
        f"{s.exact / s.count:.1%}",
        _share(s.heard_wer),
        _share(s.speech_wer),
        str(s.speech_judged),
        _number(s.speech_depth, ".2f"),
        _number(s.tokens_per_second, ".0f"),
    ]


def _share(value: float | None) -> str:
    return _number(value, ".1%")


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _ratio(pairs: Iterable[tuple[float, float]]) -> float | None:
    pairs = list(pairs)
    below = sum(pair[1] for pair in pairs)
    return sum(pair[0] for pair in pairs) / below if below else None
