"""Recorded sound at any rate -> mono sound at a model's rate, while it is still arriving."""

from __future__ import annotations

import numpy as np
import soxr


def mono(samples: np.ndarray) -> np.ndarray:
    """Floats [n] or [n, channels] -> a float32 copy [n], the channels' mean. Raises `ValueError` for anything else."""
    samples = np.asarray(samples)
    if not np.issubdtype(samples.dtype, np.floating) or samples.ndim not in (1, 2):
        raise ValueError(f"Sound must be floats, [samples] or [samples, channels], not {samples.dtype} {list(samples.shape)}.")
    if samples.ndim == 2:
        if samples.shape[1] == 0:
            raise ValueError("Sound needs at least one channel.")
        return samples.mean(axis=1, dtype=np.float32)
    return np.array(samples, np.float32)


class Resampler:
    """One recording, mono float32, from `rate` to `wanted` samples per second; any split into blocks gives the same.

    Raises `ValueError` for a rate that is not positive.
    """

    def __init__(self, rate: float, wanted: float):
        if not rate > 0:
            raise ValueError(f"A recording cannot have {rate} samples per second.")
        self._stream = None if rate == wanted else soxr.ResampleStream(rate, wanted, 1, dtype="float32", quality="HQ")

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """Samples [n] -> those at the wanted rate that are settled by now."""
        return self._stream.resample_chunk(samples) if self._stream and samples.size else samples

    def finish(self) -> np.ndarray:
        """The tail; the resampler is used up then."""
        none = np.zeros(0, np.float32)
        return self._stream.resample_chunk(none, last=True) if self._stream else none
