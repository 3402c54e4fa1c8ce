"""The anchors of a MUSHRA test (ITU-R BS.1534-3): the reference with its upper frequencies taken away."""

from __future__ import annotations

import numpy as np

LOW, MID = 3500.0, 7000.0  # Hz up to which the two anchors are as the reference
ROLL_OFF = 500.0  # Hz from there to where nothing is left: within the standard's mask
ATTENUATION = 60.0  # dB


def low_passed(samples: np.ndarray, rate: int, cutoff: float) -> np.ndarray:
    """Mono float32 [n] at `rate` Hz, flat up to `cutoff` Hz, as long and at the same place. Unchanged where it has no more."""
    from scipy import signal  # takes a second, and few need it

    if cutoff + ROLL_OFF >= rate / 2:
        return samples
    count, beta = signal.kaiserord(ATTENUATION, ROLL_OFF / (rate / 2))
    taps = signal.firwin(count | 1, cutoff + ROLL_OFF / 2, window=("kaiser", beta), fs=rate)
    return signal.fftconvolve(samples, taps, mode="same").astype(np.float32) if len(samples) else samples
