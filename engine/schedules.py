"""Decoding schedules: how many layers choose each speech token. Pure arithmetic, known before the step.

Text always runs every layer. Inside a speech chunk, SPAR-K (arXiv 2603.09215) forms groups of `period` tokens: one of
them runs every layer (the refresh), the others exit at one layer. A schedule's text form is its name everywhere:
`full`, `fixed:9`, `spark:even@9`, `spark:odd@9`, `spark:triple@9`, `spark:k=4,first@9`, `spark:k=4,last@9`, and with
`+review` after a `spark:` form, the early tokens are drafts that full depth reviews.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal


class ScheduleError(ValueError):
    """A schedule that cannot be read or cannot run on this model; the message is a sentence for the user."""


@dataclass(frozen=True)
class Full:
    """Every token at full depth."""

    layer = None
    review = False

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        """The exit layer of the speech token at `chunk_index` (from 0) of its chunk; None is full depth.

        `chunk_length` None is a chunk without a known end, `layers` the model's number of layers.
        """
        return None

    def __str__(self) -> str:
        return "full"


@dataclass(frozen=True)
class Fixed:
    """Every speech token exits at `layer`: no refresh, so the upper layers catch up only at the next text token."""

    layer: int
    review = False

    def __post_init__(self):
        _positive_layer(self.layer)

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        """As `Full.depth`."""
        return self.layer if self.layer < layers else None

    def __str__(self) -> str:
        return f"fixed:{self.layer}"


@dataclass(frozen=True)
class Spark:
    """Groups of `period` speech tokens, `refresh` ("first" or "last") of each group at full depth, the rest at `layer`.

    Groups restart at every chunk; a tail group shorter than the place of its refresh has it at its end. With `review`
    the groups instead restart after every full step: `drafts` drafts, then one full step that reviews them, wherever
    `refresh` says; `depth` is then what happens while every draft is kept.
    """

    period: int
    refresh: Literal["first", "last"]
    layer: int
    review: bool = False

    def __post_init__(self):
        _positive_layer(self.layer)
        if self.period < 2:
            raise ScheduleError(f"A period of {self.period} leaves no token to exit early: use k=2 or more, or full.")

    @property
    def drafts(self) -> int:
        """Early tokens in one whole group."""
        return self.period - 1

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        """As `Full.depth`."""
        if self.layer >= layers:
            return None
        place = chunk_index % self.period
        if self.review:
            return None if place == self.drafts else self.layer
        refresh = 0 if self.refresh == "first" else self.period - 1
        if chunk_length is not None:
            refresh = min(refresh, chunk_length - (chunk_index - place) - 1)
        return None if place == refresh else self.layer

    def __str__(self) -> str:
        names = {(2, "first"): "even", (2, "last"): "odd", (3, "first"): "triple"}
        name = names.get((self.period, self.refresh), f"k={self.period},{self.refresh}")
        return f"spark:{name}@{self.layer}" + ("+review" if self.review else "")


Schedule = Full | Fixed | Spark

_FORMS = "full, fixed:9, spark:even@9, spark:odd@9, spark:triple@9, spark:k=4,first@9 or spark:k=4,last@9"
_NAMED = {"even": (2, "first"), "odd": (2, "last"), "triple": (3, "first")}


def parse(text: str) -> Schedule:
    """Reads a schedule's text form; `str` of the result is its shortest form. Raises `ScheduleError`."""
    form, *options = (part.strip() for part in text.strip().lower().split("+"))
    unknown = [option for option in options if option != "review"]
    if unknown:
        raise ScheduleError(f"A schedule has no option +{unknown[0]}: the only one is +review.")
    review = bool(options)
    if form == "full" or (fixed := re.fullmatch(r"fixed:(\d+)", form)):
        if review:
            raise ScheduleError(f"{form}+review has no refresh that could review: use a spark: schedule for review.")
        return Full() if form == "full" else Fixed(int(fixed[1]))
    spark = re.fullmatch(r"spark:(?:(even|odd|triple)|k=(\d+),(first|last))@(\d+)", form)
    if not spark:
        raise ScheduleError(f'"{text}" is not a schedule: write {_FORMS}; +review may follow a spark: form.')
    name, period, refresh, layer = spark.groups()
    period, refresh = _NAMED[name] if name else (int(period), refresh)
    return Spark(period, refresh, int(layer), review)


def check(schedule: Schedule, layers: int, exit_layers: Collection[int]) -> None:
    """Raises `ScheduleError` if a model of `layers` layers with exit heads at `exit_layers` cannot run `schedule`."""
    if schedule.layer is None:
        return
    if schedule.layer >= layers:
        raise ScheduleError(
            f"{schedule} exits at layer {schedule.layer}, but the model has {layers} layers: choose a lower layer."
        )
    if schedule.layer not in exit_layers:
        have = ", ".join(map(str, sorted(exit_layers))) or "none"
        raise ScheduleError(
            f"{schedule} exits at layer {schedule.layer}, where the model has no exit head (it has: {have})."
        )


def mean_depth(schedule: Schedule, chunk_length: int, layers: int) -> float:
    """Mean depth in layers over one speech chunk of `chunk_length` tokens (under review: if every draft is kept)."""
    depths = [schedule.depth(index, chunk_length, layers) or layers for index in range(chunk_length)]
    return sum(depths) / chunk_length


@dataclass(frozen=True)
class Preset:
    """A schedule worth offering, by name."""

    name: str
    schedule: Schedule
    description: str


def presets(layers: int, exit_layers: Collection[int]) -> list[Preset]:
    """Schedules to offer for a model: the paper's at about two thirds of its depth, drafts from its shallowest exit."""
    found = [Preset("Full depth", Full(), "Every token runs every layer: the reference.")]
    usable = sorted(layer for layer in exit_layers if 0 < layer < layers)
    if not usable:
        return found
    deep, shallow = min(usable, key=lambda layer: abs(layer - layers * 2 / 3)), usable[0]
    return found + [
        Preset("SPAR-K Even", Spark(2, "first", deep), f"Every other speech token exits at layer {deep}."),
        Preset("SPAR-K Odd", Spark(2, "last", deep), f"As Even, but each chunk begins at layer {deep}."),
        Preset("SPAR-K Triple", Spark(3, "first", deep), f"Two of three speech tokens exit at layer {deep}."),
        Preset("SPAR-K, period 4", Spark(4, "first", deep), f"Three of four speech tokens exit at layer {deep}."),
        Preset("Fixed", Fixed(deep), f"Every speech token exits at layer {deep}, never refreshed: expect worse sound."),
        Preset(
            "Reviewed drafts",
            Spark(4, "last", shallow, review=True),
            f"Three drafts from layer {shallow}, then full depth reviews them: the same reply as full depth.",
        ),
    ]


def _positive_layer(layer: int) -> None:
    if layer < 1:
        raise ScheduleError("The exit layer must be at least 1: a token has to run some layer.")
