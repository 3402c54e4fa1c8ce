"""What a schedule means for a model: whether it can run there, and how deep its speech tokens go."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from engine.schedules.forms import Entropy, Fixed, Full, Schedule, ScheduleError, Spark


class FrameShape(NamedTuple):
    """Of the speech tokens of a model that are frames: how many codes one has, and how many layers what chooses them has."""

    codebooks: int
    layers: int


def check(schedule: Schedule, layers: int, exit_layers: Collection[int], frames: FrameShape | None = None) -> None:
    """Raises `ScheduleError` if a model of `layers` layers with exit heads at `exit_layers` cannot run `schedule`."""
    _check_frames(schedule, frames)
    if schedule.layer is None:
        return
    if schedule.layer >= layers:
        raise ScheduleError(
            f"{schedule} exits at layer {schedule.layer}, but the model has {layers} layers: choose a lower layer."
        )
    if not exit_layers:
        raise ScheduleError(
            f"{schedule} exits at layer {schedule.layer}, but the model has no exit heads: use full. (None can be had where "
            "text and speech are decoded in parallel: every step says text, and text runs every layer.)"
        )
    if schedule.layer not in exit_layers:
        have = ", ".join(map(str, sorted(exit_layers)))
        raise ScheduleError(f"{schedule} exits at layer {schedule.layer}, where the model has no exit head (it has: {have}).")


def _check_frames(schedule: Schedule, frames: FrameShape | None) -> None:
    for option, wanted, there, what in (
        ("codes", schedule.codes, frames and frames.codebooks, "codes in a frame"),
        ("code-layers", schedule.code_layers, frames and frames.layers, "layers that choose the codes of a frame"),
    ):
        if wanted is None:
            continue
        if there is None:
            raise ScheduleError(f"+{option} is for speech tokens of several codes, which this model does not have: leave it out.")
        if not 1 <= wanted <= there:
            raise ScheduleError(f"+{option}={wanted} cannot be: the model has {there} {what}.")


def mean_depth(schedule: Schedule, chunk_length: int, layers: int) -> float | None:
    """Mean depth in layers over one speech chunk of `chunk_length` tokens; None where it is not known beforehand.

    That is under an entropy schedule. Under review it is what it is if every draft is kept, and where text exits early,
    too, it is the mean over a whole group of either.
    """
    return None if isinstance(schedule, Entropy) else _planned_mean_depth(schedule, chunk_length, layers)


def depth_bounds(schedule: Schedule, chunk_length: int, layers: int) -> tuple[float, float]:
    """The least and the highest mean depth in layers over one speech chunk; equal where it is known beforehand.

    A review that keeps no draft, and entropies that are never low enough, leave every token to full depth.
    """
    if isinstance(schedule, Entropy):
        return float(schedule.layer), float(layers)
    mean = _planned_mean_depth(schedule, chunk_length, layers)
    return mean, float(layers) if schedule.review else mean


def _planned_mean_depth(schedule: Full | Fixed | Spark, chunk_length: int, layers: int) -> float:
    whole: int | None = chunk_length
    places = chunk_length
    if schedule.text:
        whole, places = None, schedule.period if isinstance(schedule, Spark) else 1
    depths = [schedule.depth(index, whole, layers) or layers for index in range(places)]
    return sum(depths) / len(depths)
