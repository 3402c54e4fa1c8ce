"""What a voice passes on its way that is made by people: telephones, codecs, cheap converters."""

from __future__ import annotations

import io

import numpy as np
import soundfile
import soxr
from scipy.signal import butter, sosfilt

from engine.speech.u_law import u_law
from engine.training.voices import SAMPLE_RATE

TELEPHONE_RATE = 8000
_CODECS = (("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("OGG", "OPUS"))


def telephone(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A line of 8 kHz, often narrower, with u-law, GSM or nothing on it; the same rate and length come back."""
    narrow = soxr.resample(samples, SAMPLE_RATE, TELEPHONE_RATE)
    if rng.random() < 0.5:
        low, high = rng.uniform(100, 350), rng.uniform(3000, 3800)
        narrow = sosfilt(butter(2, (low, high), "bandpass", fs=TELEPHONE_RATE, output="sos"), narrow)
    kind = rng.random()
    if kind < 0.35:
        narrow = u_law(np.clip(narrow, -1, 1))
    elif kind < 0.55:
        narrow = _stored(narrow, TELEPHONE_RATE, "WAV", "GSM610")
    return _of_length(soxr.resample(narrow, TELEPHONE_RATE, SAMPLE_RATE), len(samples))


def codec(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Through one of the codecs in which recordings are kept and sent, at a low rate."""
    form, kind = _CODECS[rng.integers(len(_CODECS))]
    return _of_length(_stored(samples, SAMPLE_RATE, form, kind, compression_level=rng.uniform(0.5, 0.95)), len(samples))


def _stored(samples: np.ndarray, rate: int, form: str, subtype: str, **settings: float) -> np.ndarray:
    """Written as a file in memory and read again."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, 1, format=form, subtype=subtype, **settings) as sink:
        sink.write(np.clip(samples, -1, 1))
    file.seek(0)
    return soundfile.read(file, dtype="float32")[0]


def _of_length(samples: np.ndarray, count: int) -> np.ndarray:
    return np.pad(samples, (0, max(0, count - len(samples))))[:count]
