"""Clips made ready to be switched between: one rate, one loudness, one length. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from app.audio.loudness import ClipLevel, levels

Sound = tuple[np.ndarray, int]
"""Mono float32 samples [n] and their rate in Hz."""


@dataclass(frozen=True, eq=False)
class Clips:
    """`samples` float32 [clips, n] at `rate` Hz; the first `ends[i]` of clip i are its own, the rest is silence."""

    samples: np.ndarray
    rate: int
    ends: tuple[int, ...]
    levels: tuple[ClipLevel, ...]

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def seconds(self) -> float:
        """The common length."""
        return self.samples.shape[1] / self.rate


def align(sounds: Sequence[Sound], rate: int) -> Clips:
    """Brings sounds to `rate`, equal loudness and one length. Takes a while: not for the screen's thread."""
    resampled = [_resampled(samples, own, rate) for samples, own in sounds]
    gains = levels(resampled, rate)
    length = max((len(samples) for samples in resampled), default=0)
    joined = np.zeros((len(resampled), length), np.float32)
    for row, samples, level in zip(joined, resampled, gains, strict=True):
        row[: len(samples)] = samples * np.float32(level.gain)
    return Clips(joined, rate, tuple(map(len, resampled)), tuple(gains))


def _resampled(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    samples = np.ascontiguousarray(samples, np.float32)
    return samples if rate == wanted or not len(samples) else soxr.resample(samples, rate, wanted, quality="HQ")
