"""The telephone's coarse steps, finer where it is quiet (ITU-T G.711)."""

from __future__ import annotations

import numpy as np

_MU = 255


def u_law(samples: np.ndarray) -> np.ndarray:
    """Samples within -1 to 1 -> the same in 8 bits and back."""
    curved = np.sign(samples) * np.log1p(_MU * np.abs(samples)) / np.log1p(_MU)
    curved = np.round(127 * curved) / 127
    return np.sign(curved) * np.expm1(np.abs(curved) * np.log1p(_MU)) / _MU
