"""What is heard of a recording: its first channel, at the rate of a model."""

from __future__ import annotations

import numpy as np

from engine.speech.resample import Resampler
from engine.speech.windowed_sinc import resample

LOUDEST = 1e6
"""Full scale is 1: beyond this it is no sound, and powers would overflow."""


def checked(samples: np.ndarray) -> np.ndarray:
    """Floats [n] or [n, channels] -> float32 [n], the first channel.

    Raises `ValueError` with a sentence for anything else, and for samples that are not numbers.
    """
    samples = np.asarray(samples)
    if not np.issubdtype(samples.dtype, np.floating) or samples.ndim not in (1, 2) or 0 in samples.shape[1:]:
        raise ValueError(f"Sound must be floats, [samples] or [samples, channels], not {samples.dtype} {list(samples.shape)}.")
    samples = samples if samples.ndim == 1 else samples[:, 0]
    if not np.abs(samples).max(initial=0.0) <= LOUDEST:
        raise ValueError("The recording is damaged: it has samples that are not numbers. Record it again.")
    return np.ascontiguousarray(samples, np.float32)


def at_rate(samples: np.ndarray, rate: float, wanted: int, parity: bool = False) -> np.ndarray:
    """A whole recording as `checked` takes it, at `rate` -> float32 [n] at `wanted` samples per second.

    By default as `Resampler` does it for sound that is still arriving; with `parity` as the released models' code does.
    Raises `ValueError` with a sentence.
    """
    samples = checked(samples)
    if rate == wanted:
        return samples
    if parity:
        return resample(samples, rate, wanted)
    resampler = Resampler(rate, wanted)
    return np.concatenate([resampler.feed(samples), resampler.finish()])
