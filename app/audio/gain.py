"""How loud the speaker is: a factor that moves without a click."""

from __future__ import annotations

import numpy as np

RAMP_SECONDS = 0.03  # from silence to full


class Gain:
    """`wanted` may be set from any thread; `apply` belongs to the sound callback and allocates nothing."""

    def __init__(self, rate: int, longest: int) -> None:
        """`rate` in Hz; blocks have at most `longest` samples."""
        self.wanted = 1.0
        """From 0 to 1."""
        self._now = 1.0
        self._steepest = 1 / (RAMP_SECONDS * rate)  # a sample
        self._ones_up = np.arange(1, longest + 1, dtype=np.float32)
        self._factors = np.zeros(longest, np.float32)

    def settle(self) -> None:
        """What is wanted holds at once: nothing sounds yet."""
        self._now = self.wanted

    def apply(self, block: np.ndarray) -> None:
        """Scales float32 samples [n] in place."""
        wanted, count = self.wanted, len(block)
        if self._now == wanted:
            if wanted != 1.0:
                block *= wanted
            return
        most = count * self._steepest
        way = max(-most, min(most, wanted - self._now))
        factors = self._factors[:count]
        np.multiply(self._ones_up[:count], way / count, out=factors)
        factors += self._now
        block *= factors
        self._now = wanted if abs(wanted - self._now) <= most else self._now + way


def factor(percent: float) -> float:
    """0 to 100 on a control, as it is heard -> 0 to 1 of the amplitude: each tenth is about as much as the one before."""
    return (max(0.0, min(100.0, percent)) / 100) ** 2
