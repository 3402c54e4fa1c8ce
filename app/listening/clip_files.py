"""Clips on disk, named by their content, so that their names say nothing about how they were made."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import soundfile

from app.audio.clips import Sound
from engine import whole_file


def save(folder: Path, samples: np.ndarray, rate: int) -> str:
    """Writes a clip bit for bit, unless it is there; returns its digest. Raises: OSError."""
    digest = _digest(samples)
    path = folder / f"{digest[:16]}.wav"
    if not path.exists():
        whole = io.BytesIO()  # a full disk is an OSError only for who writes without libsndfile
        soundfile.write(whole, samples, rate, format="WAV", subtype="FLOAT")
        whole_file.write(path, whole.getvalue(), private=True)
    return digest


def load(folder: Path, digest: str) -> Sound:
    """Raises: OSError; ValueError with a sentence where it is not what was saved."""
    path = folder / f"{digest[:16]}.wav"
    try:
        samples, rate = soundfile.read(path, dtype="float32")
    except soundfile.LibsndfileError as error:
        raise ValueError(f"The clip {path} cannot be read ({error}), so this cannot go on.") from error
    if _digest(samples) != digest:
        raise ValueError(f"The clip {path} is not the one this began with, so this cannot go on.")
    return samples, rate


def _digest(samples: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(samples, np.float32).tobytes()).hexdigest()
