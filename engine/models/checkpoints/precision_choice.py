"""In how many bits a released model's weights may be kept, and which of these is wanted. No torch at import."""

from __future__ import annotations

import os
from typing import Literal, get_args

Precision = Literal["fp32", "bf16", "int8", "int4"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
"""The most bits first."""
AUTOMATIC = "auto"
"""The planner chooses one that fits the machine."""
VARIABLE = "REFRAIN_PRECISION"
"""An environment variable that names the one to use, before what was chosen."""

_chosen: Precision | None = None


def choose(name: str) -> None:
    """Released models are loaded in this one from now on, unless the environment names another. Raises as `wanted`."""
    global _chosen
    _chosen = _known(name, "The precision")


def wanted() -> Precision | None:
    """What they are to be loaded in, None for what fits. Raises `ValueError` with a sentence for one that does not exist."""
    named = os.environ.get(VARIABLE)
    return _known(named, VARIABLE) if named else _chosen


def _known(name: str, what: str) -> Precision | None:
    if name == AUTOMATIC:
        return None
    found = next((precision for precision in PRECISIONS if precision == name), None)
    if found is None:
        raise ValueError(f"{what} is {name!r}: it may be one of {', '.join((AUTOMATIC, *PRECISIONS))}.")
    return found
