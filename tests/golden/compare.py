"""How recorded arrays are compared, and the indices that say how."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import torch

from tests.golden import golden_folder


@cache
def index(name: str) -> dict:
    """A set's `expected.json`: its cases, arrays and tolerances."""
    return json.loads((golden_folder(name) / "expected.json").read_text(encoding="utf-8"))


def assert_within(found, wanted, bound: float, what: str = "") -> None:
    """Same shape, and no element further than `bound` from what is wanted."""
    found, wanted = (torch.as_tensor(np.asarray(x)).double() for x in (found, wanted))
    assert found.shape == wanted.shape, f"{what} has shape {list(found.shape)}, not {list(wanted.shape)}"
    difference = float((found - wanted).abs().max()) if wanted.numel() else 0.0
    assert difference <= bound, f"{what} is off by {difference:.3g}, more than {bound:.3g}"
