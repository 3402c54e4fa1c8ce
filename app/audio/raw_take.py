"""What was played, heard and left of it while replies sounded, for whoever looks into a fault."""

from __future__ import annotations

import io
from collections import deque
from pathlib import Path

import numpy as np
import soundfile
import soxr

from app.audio.echo_canceller import BLOCKS_A_SECOND
from engine import whole_file

SECONDS = 60.0  # that are kept


class RawTake:
    """Blocks are added by one thread; any may save them."""

    def __init__(self, rate: int, played_rate: int) -> None:
        self._rate, self._played_rate = rate, played_rate
        self._blocks: deque[tuple[np.ndarray, np.ndarray, np.ndarray]] = deque(maxlen=round(SECONDS * BLOCKS_A_SECOND))

    @property
    def seconds(self) -> float:
        return len(self._blocks) / BLOCKS_A_SECOND

    def add(self, played: np.ndarray, heard: np.ndarray, left: np.ndarray) -> None:
        """10 ms of each, float32 [n]; the first at the speaker's rate, the others at the microphone's."""
        self._blocks.append((played, heard, left))

    def save(self, path: Path) -> None:
        """As FLAC with one channel for each of them, at the microphone's rate. Raises OSError."""
        played, heard, left = (np.concatenate(sound) for sound in zip(*list(self._blocks), strict=True))
        if self._played_rate != self._rate:
            played = soxr.resample(played, self._played_rate, self._rate)
            played = np.append(played, np.zeros(self._rate, np.float32))[: len(heard)]
        sounds = np.clip(np.stack([played, heard, left], axis=1), -1, 1)
        whole = io.BytesIO()  # a full disk is an OSError only for who writes without libsndfile
        soundfile.write(whole, sounds, self._rate, format="FLAC", subtype="PCM_16")
        whole_file.write(path, whole.getvalue())
