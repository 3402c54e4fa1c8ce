"""Where a model is loaded: on which device, in which precision, with how long a context."""

from __future__ import annotations

from typing import NamedTuple

from engine.models.checkpoints import precision_choice
from engine.models.checkpoints.memory import free_video_memory, main_memory
from engine.models.checkpoints.plan import Device, Sizes, plan
from engine.models.checkpoints.precision_choice import Precision


class Placement(NamedTuple):
    """What was chosen, and why, as `engine.models.checkpoints.plan` tells it."""

    device: Device
    precision: Precision
    context: int
    sentence: str


def choose_placement(sizes: Sizes, device: Device | None = None, precision: Precision | None = None) -> Placement:
    """What fits this machine now; what is given, or wanted of all models, is not chosen.

    Raises `ValueError` with a sentence if nothing fits, or for a precision that there is not, there.
    """
    precision = precision or precision_choice.wanted()
    video_memory = 0 if device == "cpu" else free_video_memory()
    if device == "cuda" and not video_memory:
        from engine.gpu import standing  # which knows the reason

        raise ValueError(f"{standing.look().sentence} Choose the processor (cpu), or see that the card can be used.")
    made = plan(sizes, main_memory()[1], video_memory, precision=precision, device=device)
    if made.chosen is None:
        raise ValueError(made.sentence)
    return Placement(made.device, made.chosen.precision, made.chosen.context, made.sentence)
