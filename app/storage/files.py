"""Files that are there whole or not at all and for the user alone, read with limits; and the lock that tells a running
session from one that was cut off."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from engine import private, whole_file

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LARGEST_JSON = 4 << 20  # bytes; a turn's is a few thousand
MOST_SAMPLES = 60_000_000  # of a sound: twenty minutes at 48 kHz, where questions and replies have ten at most
RATES = range(1_000, 655_351)  # Hz: what FLAC can hold
BLOCK = 1 << 16  # samples


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replaces `path` in one step. Raises `OSError`."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    whole_file.write(path, text.encode("utf-8", "replace"), private=True)


def read_json(path: Path) -> dict[str, Any]:
    """Raises `OSError`, or `ValueError` with a sentence for a file that is damaged or not what Refrain writes."""
    return parse_json(read_bytes(path, LARGEST_JSON), path.name)


def parse_json(data: bytes, name: str) -> dict[str, Any]:
    """As `read_json`, of what is at hand."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} is damaged: it cannot be read as JSON.") from error
    if not isinstance(value, dict):
        raise ValueError(f"{name} does not hold what Refrain writes there.")
    return value


def read_bytes(path: Path, most: int) -> bytes:
    """Raises `OSError`, or `ValueError` with a sentence for what is no plain file (a pipe would never end) or too large."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{path.name} is no file.")
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"{path.name} is larger than anything that Refrain writes there.")
    return data


def to_pcm(samples: np.ndarray) -> np.ndarray:
    """Floats -1..1 -> 16 bits, as the sound is kept."""
    return (np.clip(samples, -1, 1) * 32767).round().astype("<i2")


def seal_sound(raw: Path, rate: int, target: Path) -> None:
    """Raw 16-bit samples -> FLAC, then the raw file goes. An empty one leaves nothing. Raises `OSError`."""
    with open(raw, "rb") as source:
        if os.fstat(source.fileno()).st_size >= 2:
            try:
                with (
                    whole_file.replacing(target, private=True) as made,
                    soundfile.SoundFile(made, "w", rate, 1, "PCM_16", format="FLAC") as sound,
                ):
                    while len(samples := np.frombuffer(_whole_samples(source.read(2 * BLOCK)), "<i2")):
                        sound.write(samples)
            except (soundfile.SoundFileError, ValueError) as error:
                raise OSError(f"{target} cannot be written: {error}") from error
    raw.unlink()


def _whole_samples(data: bytes) -> bytes:
    return data[: len(data) // 2 * 2]


def read_sound(path: Path, dtype: str = "float32") -> tuple[np.ndarray, int] | None:
    """The samples (mono) and rate of a sound; None where there is none.

    Raises `OSError`, or `ValueError` with a sentence for one that is damaged or that Refrain would not have written: however
    small such a file is, it may hold hours.
    """
    if not path.exists():
        return None
    if not path.is_file():
        raise ValueError(f"{path.name} is no file.")
    try:
        with open(path, "rb") as stream, soundfile.SoundFile(stream) as sound:
            check_sound(sound, path.name)
            samples = sound.read(dtype=dtype, always_2d=True)
            return np.ascontiguousarray(samples[:, 0]), sound.samplerate  # Refrain writes one channel
    except (soundfile.SoundFileError, TypeError) as error:
        raise ValueError(f"{path.name} is damaged.") from error


def check_sound(sound: soundfile.SoundFile, name: str) -> None:
    """Raises `ValueError` with a sentence for one that is no question and no reply."""
    if sound.samplerate not in RATES:
        raise ValueError(f"{name} is no sound of a question or a reply.")
    if sound.frames * sound.channels > MOST_SAMPLES:
        raise ValueError(f"{name} is longer than any question or reply.")


class Lock:
    """Held by the program that writes a session; the system lets go of it when that program ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Raises `BlockingIOError` if another program holds it."""
        self._path = path
        self._file = open(path, "a+b", opener=private.opener)
        try:
            if sys.platform == "win32":
                self._file.seek(0)
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise BlockingIOError(f"{path} is held by another program.") from error

    @property
    def is_there(self) -> bool:
        """Whether the file is still the one that is held: its folder may have been removed, or another disk stands there."""
        try:
            found, held = os.stat(self._path), os.fstat(self._file.fileno())
        except OSError:
            return False
        return os.path.samestat(found, held)

    def release(self, keep: bool = False) -> None:
        """Lets go and removes the file: the session is at rest. With `keep` it stays, as after a program that was cut off."""
        if sys.platform != "win32" and not keep:
            self._path.unlink(missing_ok=True)
        self._file.close()
        if sys.platform == "win32" and not keep:
            self._path.unlink(missing_ok=True)
