"""What was played, heard and left of it while replies sounded, for whoever looks into a fault."""

from __future__ import annotations

import io
from collections import deque
from pathlib import Path

import numpy as np
import soundfile

from app.audio.echo_canceller import BLOCKS_A_SECOND
from engine import whole_file

SECONDS = 60.0  # that are kept


class RawTake:
    """Blocks are added by one thread; any may save them."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._blocks: deque[tuple[np.ndarray, np.ndarray, np.ndarray]] = deque(maxlen=round(SECONDS * BLOCKS_A_SECOND))

    @property
    def seconds(self) -> float:
        return len(self._blocks) / BLOCKS_A_SECOND

    def add(self, played: np.ndarray, heard: np.ndarray, left: np.ndarray) -> None:
        """10 ms of each, float32 [rate / 100]."""
        self._blocks.append((played, heard, left))

    def save(self, path: Path) -> None:
        """As FLAC with one channel for each of them, at the rate of all. Raises OSError."""
        sounds = [np.concatenate(sound) for sound in zip(*list(self._blocks), strict=True)]
        whole = io.BytesIO()  # a full disk is an OSError only for who writes without libsndfile
        soundfile.write(whole, np.clip(np.stack(sounds, axis=1), -1, 1), self._rate, format="FLAC", subtype="PCM_16")
        whole_file.write(path, whole.getvalue())
