"""Damage by layer, as Markdown tables and as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.evaluation.oracle.measure import NOTHING, Intervention, Outcome
from engine.evaluation.plots import check
from engine.prefill.interventions import METHODS


@dataclass(frozen=True)
class Damage:
    """One intervention over all questions: shares from 0 to 1, None where there was nothing to measure.

    `kept` is the share of the words' states, `wer` the word error rate of what was heard, `same` the share of replies that
    are word for word those without intervention.
    """

    intervention: Intervention
    questions: int
    kept: float
    wer: float | None
    right: float | None
    same: float


def damages(outcomes: Sequence[Outcome]) -> list[Damage]:
    """Without intervention first, then layer by layer."""
    groups: dict[Intervention, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.intervention, []).append(outcome)
    untouched = {outcome.id: outcome.text for outcome in groups.get(NOTHING, ())}
    return [_damage(one, groups[one], untouched) for one in sorted(groups)]


def markdown(found: Sequence[Damage]) -> str:
    """A table for each number of states that words were left with."""
    by_intervention = {one.intervention: one for one in found}
    base = by_intervention.get(NOTHING)
    parts = []
    if base:
        parts.append(
            f"Without intervention, {base.questions} questions: word error rate of what was heard {_percent(base.wer)}, "
            f"right answers {_percent(base.right)}."
        )
    for keep in _keeps(found):
        cells = [one for one in found if one.intervention.keep == keep]
        kept = sum(one.kept for one in cells) / len(cells)
        heads = [f"{kind}, {method}" for kind in ("WER", "Right", "Same") for method in METHODS]
        rows = [["Layer", *heads], ["---:"] * (len(heads) + 1)]
        for layer in sorted({one.intervention.layer for one in cells}):
            row = [by_intervention.get(Intervention(layer, method, keep)) for method in METHODS]
            figures = [_percent(None if one is None else getattr(one, kind)) for kind in ("wer", "right", "same") for one in row]
            rows.append([str(layer), *figures])
        states = "1 state" if keep == 1 else f"{keep} states"
        title = f"Words left with {states} at most ({kept:.0%} of theirs), at one layer and all above"
        parts.append("\n".join([title, "", *("| " + " | ".join(row) + " |" for row in rows)]))
    return "\n\n".join(parts) + "\n"


def draw(found: Sequence[Damage], path: Path) -> None:
    """Word error rate and right answers by layer, a column for each number of states. Raises `ValueError` with a sentence."""
    check()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    keeps, base = _keeps(found), next((one for one in found if one.intervention == NOTHING), None)
    kinds = [("wer", "WER of what was heard, %"), ("right", "Right answers, %")]
    kinds = [(kind, title) for kind, title in kinds if any(getattr(one, kind) is not None for one in found)]
    figure = Figure(figsize=(4 * len(keeps) + 1.5, 3 * len(kinds) + 0.5), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(kinds), len(keeps), squeeze=False, sharex=True, sharey="row")
    for (kind, title), row in zip(kinds, grid, strict=True):
        row[0].set_ylabel(title)
        for keep, axes in zip(keeps, row, strict=True):
            for method in METHODS:
                line = [one for one in found if (one.intervention.keep, one.intervention.method) == (keep, method)]
                points = [(one.intervention.layer, 100 * getattr(one, kind)) for one in line if getattr(one, kind) is not None]
                if points:
                    axes.plot(*zip(*points, strict=True), "o-", markersize=4, label=method)
            if base and getattr(base, kind) is not None:
                axes.axhline(100 * getattr(base, kind), color="gray", linestyle="--", label="no intervention")
            axes.grid(alpha=0.3)
            axes.xaxis.get_major_locator().set_params(integer=True)
    for keep, top, bottom in zip(keeps, grid[0], grid[-1], strict=True):
        top.set_title(f"{keep} state{'s' if keep > 1 else ''} a word")
        bottom.set_xlabel("Layer")
    grid[0][-1].legend(fontsize=8)
    figure.savefig(path)


def _damage(intervention: Intervention, outcomes: Sequence[Outcome], untouched: dict[str, str]) -> Damage:
    errors = [one.heard_errors for one in outcomes if one.heard_errors]
    judged = [one.right for one in outcomes if one.right is not None]
    return Damage(
        intervention,
        len(outcomes),
        kept=sum(one.kept for one in outcomes) / max(1, sum(one.states for one in outcomes)),
        wer=sum(edits for edits, _ in errors) / sum(words for _, words in errors) if errors else None,
        right=sum(judged) / len(judged) if judged else None,
        same=sum(untouched.get(one.id) == one.text for one in outcomes) / len(outcomes),
    )


def _keeps(found: Sequence[Damage]) -> list[int]:
    return sorted({one.intervention.keep for one in found} - {NOTHING.keep})


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
