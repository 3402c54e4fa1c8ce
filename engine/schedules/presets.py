"""Schedules to offer for a model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.schedules.forms import Fixed, Full, Schedule, Spark
from engine.schedules.model_fit import FrameShape


@dataclass(frozen=True)
class SchedulePreset:
    """A schedule worth offering, by name."""

    name: str
    schedule: Schedule
    description: str


_PUBLISHED = {28: 22, 40: 36}
"""The exit layers of SPAR-K's paper, chosen for trained heads by ear, by layers: Step-Audio-2-mini, GLM-4-Voice."""
_PUBLISHED_SHARE = 5 / 6
"""Of the depth, between the two, for models that the paper has not."""
_TRAINED_SHARE = 2 / 3
"""Of the depth, for heads trained by this project: measured on Wren, where layer 8 of 12 sounds like full depth."""


def presets(
    layers: int, exit_layers: Collection[int], trained: bool = True, frames: FrameShape | None = None
) -> list[SchedulePreset]:
    """Schedules to offer for a model: the paper's, at the paper's exit layer or the exit that is nearest to it.

    `trained`: whether the heads at these exits were, or are the model's own (the logit lens). Drafts that full depth reviews
    come from the shallowest trained head, since a wrong draft costs no sound. A head that was not trained seldom agrees from
    far below (the paper's oracle: layer 16 of 40 on 19 % of the tokens, where a draft pays only above 16/40): its drafts come
    from the paper's layer, one at a time.
    """
    found = [SchedulePreset("Full depth", Full(), "Every token runs every layer: the reference."), *_of_codes(frames)]
    usable = sorted(layer for layer in exit_layers if 0 < layer < layers)
    if not usable:
        return found
    wanted = _PUBLISHED.get(layers, layers * (_TRAINED_SHARE if trained else _PUBLISHED_SHARE))
    deep = min(usable, key=lambda layer: abs(layer - wanted))
    if trained:
        drafts = Spark(4, "last", usable[0], review=True)
        reviewed = f"Three drafts from layer {usable[0]}, then full depth reviews them: full depth's reply, up to rounding."
    else:
        drafts = Spark(2, "last", deep, review=True)
        reviewed = (
            f"One draft from layer {deep}, then full depth reviews it: its reply, hardly sooner without trained heads."
        )
    return found + [
        SchedulePreset("SPAR-K Even", Spark(2, "first", deep), f"Every other speech token exits at layer {deep}."),
        SchedulePreset("SPAR-K Odd", Spark(2, "last", deep), f"As Even, but each chunk begins at layer {deep}."),
        SchedulePreset("SPAR-K Triple", Spark(3, "first", deep), f"Two of three speech tokens exit at layer {deep}."),
        SchedulePreset("SPAR-K, period 4", Spark(4, "first", deep), f"Three of four speech tokens exit at layer {deep}."),
        SchedulePreset("Fixed", Fixed(deep), f"Every speech token exits at layer {deep}, never refreshed: expect worse sound."),
        SchedulePreset("Reviewed drafts", drafts, reviewed),
    ]


def _of_codes(frames: FrameShape | None) -> list[SchedulePreset]:
    """Exits inside of what chooses the codes of a frame: half of them, and all of them by half of its layers."""
    found = []
    if frames and frames.codebooks > 1:
        half = frames.codebooks // 2
        sentence = f"Speech tokens have the first {half} of their {frames.codebooks} codes: expect coarser sound."
        found.append(SchedulePreset("Half the codes", Full(codes=half), sentence))
    if frames and frames.layers > 1:
        half = frames.layers // 2
        sentence = f"Codes are chosen after {half} of {frames.layers} layers: expect worse sound without heads for it."
        found.append(SchedulePreset("Half the code layers", Full(code_layers=half), sentence))
    return found
