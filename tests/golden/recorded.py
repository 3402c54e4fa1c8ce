"""Arrays of a golden set with what its expected.json says about each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.golden import golden_folder
from tests.golden.compare import assert_within, index


class Recorded:
    """One file of arrays: `recorded["mel"]` is a tensor, `recorded.check("mel", ours)` compares with its tolerance."""

    def __init__(self, path: Path, expected: Mapping[str, Mapping[str, Any]]):
        self.expected, self._arrays = expected, np.load(path)

    def __getitem__(self, name: str) -> Tensor:
        return torch.from_numpy(self._arrays[name])

    def check(self, name: str, ours: Tensor, tolerance: float | None = None, exact: Tensor | None = None) -> None:
        """`tolerance` takes the place of the array's own (for a staged comparison).

        `exact` is the same in 64 bits. What was recorded in 32 bits bears the rounding of the processor it was recorded on; on
        another one ours passes as well if it is no further from `exact` than the recording is.
        """
        wanted, how = self[name], self.expected[name]
        if tolerance is None:
            tolerance = 0.0 if how["compare"] in ("exact", "equal") else how.get("tol", how.get("atol"))
            if "tol_rms" in how:
                rms = (ours.double() - wanted.double()).square().mean().sqrt()
                assert rms <= how["tol_rms"], f"{name} is off by {rms:.3g} (rms), more than {how['tol_rms']}"
        if exact is not None and (ours.double() - wanted.double()).abs().max() > tolerance:
            rounding = float((wanted.double() - exact).abs().max())
            return assert_within(ours.double(), exact, rounding, f"{name}, from exact arithmetic,")
        assert_within(ours, wanted, tolerance, name)


def glm_case(case: str) -> tuple[Recorded, dict[str, Any]]:
    """A case of GLM-4-Voice's set: its arrays, and its entry in expected.json."""
    entry = next(one for one in index("glm4voice")["cases"] if one["id"] == case)
    return Recorded(golden_folder("glm4voice") / entry["file"], entry["arrays"]), entry


def step_file(name: str) -> Recorded:
    """A file of Step-Audio-2's set, such as `cases/hift_offline.npz`."""
    return Recorded(golden_folder("stepaudio2") / name, index("stepaudio2")["files"][name])


def lfm_file(name: str) -> Recorded:
    """A file of LFM2.5-Audio's set, such as `outputs/detokenizer.npz`."""
    return Recorded(golden_folder("lfm2audio") / name, index("lfm2audio")["files"][name])


def repeated(table: Tensor, samples: int) -> Tensor:
    """[waves, n] -> [1, waves, samples], from the first column on, around and around, as the recordings read their noise."""
    return table.repeat(1, samples // table.shape[1] + 1)[None, :, :samples].float()
