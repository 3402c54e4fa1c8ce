"""The question that is being recorded."""

from __future__ import annotations

import time

import numpy as np

from app.audio.recorder import Recorder
from app.chat.state import EndsBy

TAIL_SECONDS = 0.5  # at most so long a finished question waits for what is still inside the device
STALLED_SECONDS = 1.0
SHORTEST_SECONDS = 0.2  # a shorter one was a slip


class Question:
    """What one recorder has delivered since the question began; belongs to the screen's thread."""

    def __init__(self, turn: int, recorder: Recorder, ends_by: EndsBy, at: int | None = None, pooling: str = "none") -> None:
        """`at`: the recorder's position where it began; None is now. `pooling`: how it is merged while it is heard."""
        self.turn, self.recorder, self.ends_by, self.pooling = turn, recorder, ends_by, pooling
        self.samples: list[np.ndarray] = []
        self._began = time.monotonic()
        self._done_at: float | None = None  # the length at which it is complete
        recorder.begin(at)

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return time.monotonic() - self._began

    @property
    def seconds(self) -> float:
        """How long it is, without what was before its beginning."""
        return self.recorder.seconds

    @property
    def is_slip(self) -> bool:
        return self.seconds < SHORTEST_SECONDS and not self.is_stalled

    @property
    def is_stalled(self) -> bool:
        """Whether no more will come."""
        return self.recorder.is_closed or self.recorder.silent_for > STALLED_SECONDS

    @property
    def is_complete(self) -> bool:
        return self._done_at is not None and self.seconds >= self._done_at

    def read(self) -> np.ndarray:
        """What came since the last call: mono float32 at the recorder's rate."""
        samples = self.recorder.read()
        if len(samples):
            self.samples.append(samples)
        return samples

    def finish(self) -> None:
        """It is complete as soon as the device has delivered what was said until now."""
        if self._done_at is None:
            tail = 0.0 if self.ends_by == "voice" else min(self.recorder.latency, TAIL_SECONDS)
            self._done_at = self.seconds + tail

    def close(self) -> None:
        self.recorder.end()
