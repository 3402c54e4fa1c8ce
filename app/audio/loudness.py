"""How loud clips are (ITU-R BS.1770-4, by pyloudnorm), and the static gains that make them equally loud. No Qt."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr

TARGET = -23.0  # LUFS, as EBU R 128
CEILING = -1.0  # dB of full scale that no true peak may exceed
GATE_SECONDS = 0.4  # the standard's gating block: a shorter clip has no loudness of its own
OVERSAMPLING = 4  # as the standard's annex on true peaks
QUIET_SECONDS = 0.02


@dataclass(frozen=True)
class ClipLevel:
    """How one clip is brought to the common loudness."""

    lufs: float | None
    """Integrated loudness before the gain; None for silence."""
    peak_db: float
    """True peak before the gain, in dB of full scale; -inf for silence."""
    gain_db: float

    @property
    def gain(self) -> float:
        """The factor of every sample."""
        return 10 ** (self.gain_db / 20)


def integrated(samples: np.ndarray, rate: int) -> float | None:
    """Integrated loudness in LUFS of mono samples [n] at `rate` Hz; None for silence.

    A clip shorter than a gating block is measured as if it went on repeating itself: silence after it would make it seem
    quieter than it sounds.
    """
    import pyloudnorm  # brings scipy along, which takes a second

    if not len(samples) or not np.any(samples):
        return None
    least = math.ceil(GATE_SECONDS * rate)
    if len(samples) < least:
        samples = np.resize(samples, least)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a mean over no blocks, where everything is gated away
        lufs = float(pyloudnorm.Meter(rate).integrated_loudness(np.asarray(samples, np.float64)))
    return lufs if math.isfinite(lufs) else None


def true_peak_db(samples: np.ndarray, rate: int) -> float:
    """The highest peak between and at mono samples [n], in dB of full scale; -inf for silence."""
    if not len(samples):
        return -math.inf
    # A little silence around it, so that the filter sees the clip's edges as a speaker would.
    padded = np.pad(np.asarray(samples, np.float32), round(QUIET_SECONDS * rate))
    finer = soxr.resample(padded, rate, rate * OVERSAMPLING, quality="HQ")
    peak = max(float(np.abs(samples).max()), float(np.abs(finer).max()))
    return 20 * math.log10(peak) if peak else -math.inf


def levels(clips: Sequence[np.ndarray], rate: int) -> list[ClipLevel]:
    """One static gain per clip that brings all to `TARGET` LUFS.

    Where a true peak would pass `CEILING`, all clips are brought to the lower loudness at which none does, so that they
    stay comparable. Silence keeps its level.
    """
    measured = [(integrated(clip, rate), true_peak_db(clip, rate)) for clip in clips]
    excess = [TARGET - lufs + peak - CEILING for lufs, peak in measured if lufs is not None]
    target = TARGET - max([0.0, *excess])
    return [ClipLevel(lufs, peak, 0.0 if lufs is None else target - lufs) for lufs, peak in measured]
