"""Sound files in and out (WAV, FLAC, OGG and what else libsndfile reads). No torch, no Qt."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import soundfile

from engine import whole_file

FORMATS = {".wav": ("WAV", "PCM_16"), ".flac": ("FLAC", "PCM_16"), ".ogg": ("OGG", "VORBIS")}
LONGEST_SECONDS = 600
LONGEST_QUESTION = 120  # seconds
_BLOCK_SECONDS = 2.0  # libsndfile's Vorbis encoder overflows its stack on a single long write
_SHORTEST_SECONDS = 0.1
_SILENT_PEAK = 5e-4  # -66 dBFS: below the noise of any microphone that hears a voice
_FULL_SCALE = 0.999
_HOPELESS_CLIPPING = 0.5


class AudioFileError(ValueError):
    """A sound file that cannot be read, used or written; the message is a sentence for the user."""


def read(path: Path | str, longest: float = LONGEST_SECONDS) -> tuple[np.ndarray, int]:
    """A file's samples, float32 [n] or [n, channels] with full scale at 1, and its sample rate in Hz.

    Raises `AudioFileError` if it is not there, no sound, damaged, empty, or longer than `longest` seconds.
    """
    path = Path(path)
    try:
        with open(path, "rb") as stream, soundfile.SoundFile(stream) as file:
            seconds = file.frames / file.samplerate
            if seconds > longest:
                minutes = f"{seconds / 60:.0f} minutes long; at most {longest / 60:.0f} minutes can be read"
                raise AudioFileError(f"{path} is {minutes}.")
            samples, rate = file.read(dtype="float32"), file.samplerate
    except OSError as error:
        raise AudioFileError(_why_not(error, path, "read")) from error
    except (soundfile.SoundFileError, TypeError) as error:  # TypeError: raw samples, whose rate nothing tells
        detail = getattr(error, "error_string", str(error)).rstrip(".")
        raise AudioFileError(f"{path} is no sound file that can be read ({detail}): use WAV, FLAC or OGG.") from error
    if not len(samples):
        raise AudioFileError(f"{path} has no sound in it: it is an empty sound file.")
    if not np.isfinite(samples).all():
        raise AudioFileError(f"{path} has samples that are not numbers: it is damaged.")
    return samples, rate


def check_question(samples: np.ndarray, rate: int) -> None:
    """Raises `AudioFileError` for a recording in which no model could hear words: too short, silent, or all clipped.

    samples: float [n] or [n, channels]; rate in Hz.
    """
    seconds = len(samples) / rate
    if seconds < _SHORTEST_SECONDS:
        raise AudioFileError(f"The question is only {seconds:.3f} seconds long: nothing can be said in that time.")
    if np.ptp(samples, axis=0).max() < 2 * _SILENT_PEAK:
        raise AudioFileError("The question is silent: check that the microphone was on while it was recorded.")
    if clipped(samples) > _HOPELESS_CLIPPING:
        raise AudioFileError("The question is clipped nearly everywhere: record it again at a lower level.")


def clipped(samples: np.ndarray) -> float:
    """The share of samples at full scale, 0 to 1."""
    return float((np.abs(samples) >= _FULL_SCALE).mean()) if samples.size else 0.0


def format_of(path: Path | str) -> tuple[str, str]:
    """libsndfile's container and encoding for a file name's suffix; raises `AudioFileError` for others."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise AudioFileError(f"{path} cannot be written: give it a name that ends in {', '.join(FORMATS)}.")
    return FORMATS[suffix]


def check_writable(path: Path | str) -> None:
    """Raises `AudioFileError` if `write` will surely fail: an unknown suffix, no such folder, no permission."""
    format_of(path)
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise AudioFileError(f"{path} cannot be written: there is no folder {folder}.")
    if not os.access(folder, os.W_OK) or Path(path).is_dir():
        raise AudioFileError(f"{path} cannot be written: it is not allowed there.")


def write(path: Path | str, samples: np.ndarray, rate: int) -> None:
    """Writes float samples [n] or [n, channels] in the format of the name's suffix; what exceeds full scale is clipped.

    The file gets its name only once it is whole. Raises `AudioFileError`.
    """
    path = Path(path)
    data = _encode(np.asarray(samples, dtype=np.float32), rate, *format_of(path))
    try:
        whole_file.write(path, data)
    except OSError as error:
        raise AudioFileError(_why_not(error, path, "written")) from error


def _encode(samples: np.ndarray, rate: int, container: str, encoding: str) -> bytes:
    stream, channels = io.BytesIO(), 1 if samples.ndim == 1 else samples.shape[1]
    samples, step = np.clip(samples, -1.0, 1.0), max(1, int(_BLOCK_SECONDS * rate))
    try:
        with soundfile.SoundFile(stream, "w", rate, channels, encoding, format=container) as file:
            for start in range(0, len(samples), step):
                file.write(samples[start : start + step])
    except soundfile.SoundFileError as error:
        raise AudioFileError(f"The sound cannot be stored as {container} at {rate} Hz ({error}).") from error
    return stream.getvalue()


def _why_not(error: OSError, path: Path, done: str) -> str:
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file" if done == "read" else f"there is no folder {path.parent}"
    return f"{path} cannot be {done}: {reason[:1].lower() + reason[1:]}."
