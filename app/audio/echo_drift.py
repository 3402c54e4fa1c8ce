"""How fast two devices' clocks run apart, by two seconds of an echo: at the right pace one filter makes all of it.

A path that is learnt at a wrong pace fits the middle of those seconds, and neither end. So the pace is searched for at which it
fits best.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from app.audio.echo_path import SILENT, PathFit

RATE = 4000  # Hz: enough to tell, and a sixteenth of the work
TAPS = round(0.4 * RATE)
SIZE = 8000  # samples of both: transforms of so many are fast
STEPS = 15
STRIDE, STRIDES = 8e-5, 4  # so far and often to either side it is searched at first
FINE = 2e-5  # then around the best: there what is left grows with the square of what the pace is wrong by
SURE = 1.5  # times as much must be left where the pace is wrong by `STRIDE`: else the room or the speaker hides it


def found_drift(played: Callable[[float], np.ndarray], heard: np.ndarray, rate: int) -> tuple[float, float] | None:
    """By which part the microphone's clock is faster than the speaker's, and which part of the echo's power is left then.

    `played(drift)` float32 [n] is what was played at the pace of such a drift, and `heard` what was heard up to the same moment,
    both two seconds at least. None where it cannot be told.
    """
    goal = _slow(heard, rate)

    def left(drift: float) -> float:
        sound = _slow(played(drift), rate)
        if float(sound @ sound) < SILENT * SIZE:
            return 1.0
        fit = PathFit(sound, goal, TAPS)
        return float(10 ** (-fit.lowered(fit.improved(np.zeros(TAPS), STEPS)) / 10))

    coarse = [STRIDE * step for step in range(-STRIDES, STRIDES + 1)]
    all_left = [left(drift) for drift in coarse]
    best = int(np.argmin(all_left))
    if best in (0, 2 * STRIDES):
        return None
    near = _valley(coarse[best], STRIDE, *all_left[best - 1 : best + 2])
    before, here, after = (left(near + step) for step in (-FINE, 0.0, FINE))
    drift = _valley(near, FINE, before, here, after)
    return (drift, here) if max(all_left[best - 1], all_left[best + 1]) > SURE * here else None


def _valley(place: float, step: float, before: float, here: float, after: float) -> float:
    """Where a parabola through three heights is lowest, at most one step from the middle."""
    bend = before - 2 * here + after
    return place + step * float(np.clip((before - after) / (2 * bend), -1, 1)) if bend > 0 else place


def _slow(sound: np.ndarray, rate: int) -> np.ndarray:
    return soxr.resample(sound, rate, RATE)[-SIZE:].astype(np.float64)
