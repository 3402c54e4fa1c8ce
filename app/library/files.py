"""Files that are there whole or not at all, and the lock that tells a running session from one that was cut off."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replaces `path` in one step. Raises `OSError`."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Raises `OSError`, or `ValueError` for a file that is damaged."""
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"{path} does not hold what Refrain writes there.")
    return value


def to_pcm(samples: np.ndarray) -> np.ndarray:
    """Floats -1..1 -> 16 bits, as the sound is kept."""
    return (np.clip(samples, -1, 1) * 32767).round().astype("<i2")


def seal_sound(raw: Path, rate: int, target: Path) -> None:
    """Raw 16-bit samples -> FLAC, then the raw file goes. An empty one leaves nothing. Raises `OSError`."""
    samples = np.frombuffer(raw.read_bytes()[: raw.stat().st_size // 2 * 2], "<i2")
    if len(samples):
        partial = target.with_name(target.name + ".partial")
        try:
            soundfile.write(partial, samples, rate, format="FLAC", subtype="PCM_16")
        except soundfile.LibsndfileError as error:
            raise OSError(f"{target} cannot be written: {error}") from error
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    raw.unlink()


class Lock:
    """Held by the program that writes a session; the system lets go of it when that program ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Raises `BlockingIOError` if another program holds it."""
        self._path = path
        self._file = path.open("a+b")
        try:
            if fcntl:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                self._file.seek(0)
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            self._file.close()
            raise BlockingIOError(f"{path} is held by another program.") from error

    def release(self, keep: bool = False) -> None:
        """Lets go and removes the file: the session is at rest. With `keep` it stays, as after a program that was cut off."""
        if fcntl and not keep:
            self._path.unlink(missing_ok=True)
        self._file.close()
        if not fcntl and not keep:
            self._path.unlink(missing_ok=True)
