"""A stretch of what the microphone records."""

from __future__ import annotations

import threading

import numpy as np

from app.audio.recorder import Recorder


class Take:
    """What one recorder delivers from a place on: mono float32 at `rate` Hz.

    The ring is looked at when somebody asks, on whichever thread, so sound is lost only if nobody asks for as long as the
    ring lasts. `read` belongs to one thread.
    """

    def __init__(self, recorder: Recorder, first: int) -> None:
        """`first` is the recorder's position where it begins, which may be in the past."""
        self.recorder, self._ring, self.rate, self.first = recorder, recorder.ring, recorder.rate, first
        self.end: int | None = None
        """The position where it ends; None is open."""
        self.pieces: list[np.ndarray] = []
        """What was kept so far. The list only grows."""
        self._next = first
        self._given = 0  # pieces that were read
        self._lock = threading.Lock()

    @property
    def waiting(self) -> float:
        """Seconds that are in the ring alone."""
        return (self._ring.written - self._next) / self.rate

    @property
    def seconds(self) -> float:
        """Of what was kept."""
        return sum(map(len, self.pieces)) / self.rate

    def keep(self) -> None:
        """Takes what is new out of the ring."""
        with self._lock:
            first = max(self._next, self._ring.oldest)
            samples = self._ring.since(first)
            if self.end is not None:
                samples = samples[: max(0, self.end - first)]
            self._next = first + len(samples)
            if len(samples):
                self.pieces.append(samples)

    def read(self) -> np.ndarray:
        """What came since the last call."""
        self.keep()
        pieces = self.pieces[self._given :]
        self._given += len(pieces)
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
