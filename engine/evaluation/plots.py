"""Three pictures of a run: depth against word error rate, depth against speed, acceptance by exit layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine import schedules
from engine.evaluation.metrics import COST, QUALITY
from engine.evaluation.results import Result
from engine.evaluation.summary import Row, rows


def draw(results: Sequence[Result], folder: Path) -> list[Path]:
    """Writes those PNG files that there are figures for, and gives their paths.

    Raises `ValueError` with a sentence where matplotlib is not installed.
    """
    check()
    found = rows(results, (*QUALITY, *COST))
    drawn = [
        _scatter(found, "speech_depth", "wer", "Mean depth of speech tokens", "WER of speech, %", 100, folder / "depth-wer.png"),
        _scatter(found, "speech_depth", "speed", "Mean depth of speech tokens", "Tokens/s", 1, folder / "depth-speed.png"),
        _acceptance(found, folder / "acceptance.png"),
    ]
    return [path for path in drawn if path]


def check() -> None:
    """Raises `ValueError` with a sentence where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ValueError("matplotlib is not installed, which draws the plots: run python3 dev.py setup eval.") from None


def _scatter(found: Sequence[Row], x: str, y: str, x_title: str, y_title: str, scale: float, path: Path) -> Path | None:
    points = [row for row in found if x in row.figures and y in row.figures]
    if not points:
        return None
    figure, axes = _figure(x_title, y_title)
    for name in dict.fromkeys(row.group[0] for row in points):
        members = [row for row in points if row.group[0] == name]
        across = [row.figures[x].value for row in members]
        up = [scale * row.figures[y].value for row in members]
        below = [scale * (row.figures[y].value - row.figures[y].low) for row in members]
        above = [scale * (row.figures[y].high - row.figures[y].value) for row in members]
        bars = [[max(0.0, one) for one in side] for side in (below, above)]
        axes.errorbar(across, up, yerr=bars, fmt="o", capsize=3, alpha=0.8, label=name)
        for row, left, height in zip(members, across, up, strict=True):
            axes.annotate(_label(row), (left, height), xytext=(5, 4), textcoords="offset points", fontsize=7)
    axes.legend(title="Set")
    return _write(figure, path)


def _acceptance(found: Sequence[Row], path: Path) -> Path | None:
    points = []
    for row in found:
        layer = getattr(schedules.parse(row.group[1]), "layer", None)
        if layer is not None and "acceptance" in row.figures:
            points.append((row, layer))
    if not points:
        return None
    figure, axes = _figure("Exit layer of the drafts", "Drafts that full depth keeps, %")
    for name in dict.fromkeys((row.group[0], _without_layer(row.group[1]), row.group[2]) for row, _ in points):
        of_name = [(layer, row.figures["acceptance"]) for row, layer in points
                   if (row.group[0], _without_layer(row.group[1]), row.group[2]) == name]  # fmt: skip
        layers, kept = zip(*sorted(of_name, key=lambda one: one[0]), strict=True)
        bars = [[max(0.0, 100 * (one.value - one.low)) for one in kept], [max(0.0, 100 * (one.high - one.value)) for one in kept]]
        label = " · ".join(part for part in name if part != "none")
        axes.errorbar(layers, [100 * one.value for one in kept], yerr=bars, fmt="o-", capsize=3, label=label)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()
    return _write(figure, path)


def _without_layer(schedule: str) -> str:
    before, _, after = schedule.partition("@")
    return before + after.lstrip("0123456789")


def _label(row: Row) -> str:
    return " · ".join(part for part in row.group[1:] if part != "none")


def _figure(x_title: str, y_title: str):
    """A figure of its own: nothing of matplotlib's global state is touched, so no screen is needed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 5), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_xlabel(x_title)
    axes.set_ylabel(y_title)
    axes.grid(alpha=0.3)
    return figure, axes


def _write(figure, path: Path) -> Path:
    figure.savefig(path)
    return path
