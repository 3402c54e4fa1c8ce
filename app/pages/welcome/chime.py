"""The sound of the speaker test: three soft bells, one after the other."""

from __future__ import annotations

import numpy as np

RATE = 48000
NOTES = ((0.0, 523.25), (0.22, 659.26), (0.44, 783.99))  # seconds, Hz: C, E, G
PARTIALS = ((1.0, 1.0, 0.55), (2.0, 0.35, 0.3), (3.01, 0.12, 0.16))  # of the note's frequency, amplitude, decay in seconds
SECONDS = 1.8
LEVEL_DB = -20.0  # dBFS, root mean square of the loudest tenth of a second
ATTACK, RELEASE = 0.008, 0.25  # seconds


def chime() -> np.ndarray:
    """Mono float32 at `RATE` Hz, `SECONDS` long; begins and ends in silence."""
    sound = np.zeros(round(SECONDS * RATE))
    for start, hertz in NOTES:
        first = round(start * RATE)
        time = np.arange(len(sound) - first) / RATE
        rise = np.minimum(1, time / ATTACK)
        for multiple, amplitude, decay in PARTIALS:
            sound[first:] += amplitude * rise * np.exp(-time / decay) * np.sin(2 * np.pi * hertz * multiple * time)
    sound[-round(RELEASE * RATE) :] *= np.linspace(1, 0, round(RELEASE * RATE)) ** 2
    window = RATE // 10
    energy = (sound[: len(sound) // window * window].reshape(-1, window) ** 2).mean(axis=1).max()
    return (sound * 10 ** (LEVEL_DB / 20) / np.sqrt(energy)).astype(np.float32)
