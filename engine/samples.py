"""What sound is in the program: numbers of 32 bits, full scale at 1. No torch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""[n], or [n, channels] where that is said; the rate stands beside it."""
