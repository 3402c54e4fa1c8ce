"""Three pictures of a run: depth against word error rate and against speed (over all sets), acceptance by exit layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine import installed, schedules
from engine.evaluation.metrics import COST, QUALITY
from engine.evaluation.results import Result
from engine.evaluation.summary import Row, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DEPTH = "speech_depth"
_BLUE, _PALE = "#0072b2", "#b9d7e8"  # Okabe and Ito's blue, and the same for intervals


def draw(results: Sequence[Result], folder: Path) -> list[Path]:
    """Writes those PNG files that there are figures for, and gives their paths.

    Raises `ValueError` with a sentence where matplotlib is not installed.
    """
    check()
    metrics = (*QUALITY, *COST)
    found, together = rows(results, metrics), rows(results, metrics, lambda result: ("all", result.schedule, result.pooling))
    drawn = [
        _scatter(together, "wer", "WER of speech, %", 100, folder / "depth-wer.png"),
        _scatter(together, "speed", "Tokens/s", 1, folder / "depth-speed.png"),
        _acceptance(found, folder / "acceptance.png"),
    ]
    return [path for path in drawn if path]


def check() -> None:
    """Raises `ValueError` with a sentence where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        how = installed.how_to_get("eval")
        raise ValueError(f"matplotlib is not installed, which draws the plots: {how}.") from None


def _scatter(found: Sequence[Row], y: str, y_title: str, scale: float, path: Path) -> Path | None:
    """A numbered point for each case over its speech tokens' depth; the key beside the plot says what the numbers are."""
    points = [row for row in found if _DEPTH in row.figures and y in row.figures]
    if not points:
        return None
    figure, axes = _figure("Mean depth of speech tokens", y_title)
    across = [row.figures[_DEPTH].value for row in points]
    up = [scale * row.figures[y].value for row in points]
    ends = [[scale * getattr(row.figures[y], end) for row in points] for end in ("low", "high")]
    bars = [[max(0.0, abs(height - end)) for height, end in zip(up, side, strict=True)] for side in ends]
    axes.errorbar(across, up, yerr=bars, fmt="o", capsize=3, color=_BLUE, ecolor=_PALE)
    axes.set_ylim(bottom=0)
    for left, height, numbers in _labels(across, up, axes.get_xlim(), axes.get_ylim()):
        axes.annotate(numbers, (left, height), xytext=(5, 4), textcoords="offset points", fontsize=8)
    key = "\n".join(f"{number}  {_label(row)}" for number, row in enumerate(points, 1))
    axes.annotate(key, (1.02, 1), xycoords="axes fraction", va="top", fontsize=8)
    return _write(figure, path)


def _labels(
    across: Sequence[float], up: Sequence[float], x_range: tuple[float, float], y_range: tuple[float, float]
) -> list[tuple[float, float, str]]:
    """Places of labels: points that would hide each other's share one, at the first of them."""
    width, height = (end - begin for begin, end in (x_range, y_range))
    found: list[tuple[float, float, str]] = []
    for number, (x, y) in enumerate(zip(across, up, strict=True), 1):
        for place, (left, low, numbers) in enumerate(found):
            if abs(x - left) < 0.02 * width and abs(y - low) < 0.03 * height:
                found[place] = left, low, f"{number}\n{numbers}"
                break
        else:
            found.append((x, y, str(number)))
    return found


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
    axes.set_xticks(sorted({layer for _, layer in points}))
    axes.legend()
    return _write(figure, path)


def _without_layer(schedule: str) -> str:
    before, _, after = schedule.partition("@")
    return before + after.lstrip("0123456789")


def _label(row: Row) -> str:
    return " · ".join(part for part in row.group[1:] if part != "none")


def _figure(x_title: str, y_title: str) -> tuple[Figure, Axes]:
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


def _write(figure: Figure, path: Path) -> Path:
    figure.savefig(path)
    return path
