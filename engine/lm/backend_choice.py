"""Which back end models are loaded with. No torch at import."""

from __future__ import annotations

import os
from typing import Literal, get_args

Backend = Literal["onnxruntime", "torch"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)
"""The first is used unless another one is chosen."""
VARIABLE = "REFRAIN_BACKEND"
"""An environment variable that names the one to use."""


_chosen = BACKENDS[0]


def choose(backend: str) -> None:
    """Models are loaded with this one from now on, unless the environment names another. Raises as `wanted`."""
    global _chosen
    _chosen = _known(backend, "The backend")


def wanted() -> Backend:
    """What models are to be loaded with. Raises `ValueError` with a sentence for one that does not exist."""
    named = os.environ.get(VARIABLE)
    return _known(named, VARIABLE) if named else _chosen


def _known(name: str, what: str) -> Backend:
    found = next((backend for backend in BACKENDS if backend == name), None)
    if found is None:
        raise ValueError(f"{what} is {name!r}: it may be one of {', '.join(BACKENDS)}.")
    return found
