"""What becomes of a spoken question on its way: a telephone's band, coarse steps, noise, a room, a long way from the microphone.

Made anew at each use, always the same for the same sound and kind.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import soxr
from scipy.signal import fftconvolve

from engine import audio_files
from engine.audio_files import Recording
from engine.evaluation import noises
from engine.speech.u_law import u_law

NARROW = 8_000
"""Samples a second on the telephone."""
LOUD, QUIET = -10.0, -40.0
"""Peaks in dB of full scale: what u-law steps are for, and what a quiet microphone hears."""
NOISE = 10.0
"""dB that the voice is above the noise, both as root mean square over the sound."""
REVERBERATION, DIRECT = 0.5, 3.0
"""Seconds until a room's echo is 60 dB down, and dB that the direct sound is above all echo."""
_FIRST_ECHO = 0.004  # seconds

Change = Callable[[np.ndarray, int, np.random.Generator], np.ndarray]


def worn(recording: Recording, kind: str) -> Recording:
    """`kind` is one of `KINDS`. The peak stays as it was, but for the kinds that are about it."""
    seed = zlib.crc32(kind.encode(), zlib.crc32(recording.samples.tobytes()))
    samples = KINDS[kind](recording.samples, recording.rate, np.random.default_rng(seed))
    return replace(recording, samples=samples.astype(np.float32))


def _band(samples: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    return soxr.resample(soxr.resample(samples, rate, NARROW), NARROW, rate)[: len(samples)]


def _steps(samples: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    narrow = soxr.resample(audio_files.at_peak(samples, LOUD), rate, NARROW)
    return soxr.resample(u_law(narrow), NARROW, rate)


def _noise(samples: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    seconds = np.arange(int(noises.RATE * (len(samples) / rate + 1))) / noises.RATE
    noise = soxr.resample(noises.KINDS["pink"](rng, seconds), noises.RATE, rate)[: len(samples)]
    noisy = samples + noise * (_power(samples) / _power(noise) * 10 ** (-NOISE / 20))
    return _at_peak_of(samples, noisy)


def _room(samples: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    at = np.arange(round(REVERBERATION * rate)) / rate
    echo = rng.standard_normal(len(at)) * 10 ** (-3 * at / REVERBERATION)
    echo[at < _FIRST_ECHO] = 0
    echo /= np.sqrt((echo**2).sum()) * 10 ** (DIRECT / 20)
    echo[0] = 1
    return _at_peak_of(samples, fftconvolve(samples, echo))


def _quiet(samples: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    return audio_files.at_peak(samples, QUIET)


def _power(samples: np.ndarray) -> float:
    return float(np.sqrt((samples.astype(float) ** 2).mean()))


def _at_peak_of(samples: np.ndarray, changed: np.ndarray) -> np.ndarray:
    return changed * (np.abs(samples).max() / np.abs(changed).max())


KINDS: dict[str, Change] = {"8 kHz": _band, "u-law": _steps, "noise": _noise, "room": _room, "quiet": _quiet}
