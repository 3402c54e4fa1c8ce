"""The question that is being recorded."""

from __future__ import annotations

import time

from app.audio.recorder import Recorder
from app.audio.take import Take
from app.core.status import EndsBy

TAIL_SECONDS = 0.5  # at most so long a finished question waits for what is still inside the device
STALLED_SECONDS = 1.0
SHORTEST_SECONDS = 0.2  # a shorter one was a slip
LATE_SECONDS = 10.0  # an engine that has not asked for so long is busy with something else


class LiveQuestion:
    """A question while it is spoken, as the screen's thread knows it; its sound is in `take`, which the engine reads."""

    def __init__(self, turn: int, recorder: Recorder, ends_by: EndsBy, at: int | None = None, pooling: str = "none") -> None:
        """`at`: the recorder's position where it began; None is now. `pooling`: how it is merged while it is heard."""
        self.turn, self.recorder, self.ends_by, self.pooling = turn, recorder, ends_by, pooling
        self._began = time.monotonic()
        self._start = recorder.position if at is None else at
        self.take = Take(recorder, max(0, self._start - round(recorder.pre_roll * recorder.rate)))
        recorder.is_taking = True

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return time.monotonic() - self._began

    @property
    def seconds(self) -> float:
        """How long it is, without what was before its beginning."""
        return (self.recorder.position - self._start) / self.recorder.rate

    @property
    def is_slip(self) -> bool:
        return self.seconds < SHORTEST_SECONDS and not self.is_stalled

    @property
    def is_stalled(self) -> bool:
        """Whether no more will come."""
        return self.recorder.is_closed or self.recorder.silent_for > STALLED_SECONDS

    @property
    def is_complete(self) -> bool:
        return self.take.end is not None and self.recorder.position >= self.take.end

    @property
    def only_zeros(self) -> bool:
        """Whether it is digital silence, as from a microphone without permission."""
        return self.recorder.only_zeros_since(self.take.first)

    def look_after(self) -> None:
        """Keeps its sound where the engine has no time for it. To be called while it goes on."""
        if self.take.waiting > LATE_SECONDS:
            self.take.keep()

    def finish(self) -> None:
        """It is complete as soon as the device has delivered what was said until now."""
        if self.take.end is None:
            tail = 0.0 if self.ends_by == "voice" else min(self.recorder.latency, TAIL_SECONDS)
            self.take.end = self.recorder.position + round(tail * self.recorder.rate)

    def close(self) -> None:
        """It is over: its sound, as far as it came, is in the take."""
        self.take.keep()
        self.recorder.is_taking = False
