"""What the speaker played and what the microphone heard at the same time, block by block."""

from __future__ import annotations

from collections import deque
from statistics import median

import numpy as np

from app.audio.echo_canceller import BLOCKS_A_SECOND
from app.audio.player import Player
from app.audio.recorder import Recorder

APART = 0.05  # seconds by which the two devices' clocks may come apart before they are joined anew
SPARE_BLOCKS = 3  # of what is played that must be there already: it comes in larger blocks


class JoinedStreams:
    """Both are counted by their samples; their clocks are compared only now and then, because they tell the time roughly."""

    def __init__(self, recorder: Recorder, player: Player, lead: float) -> None:
        """`lead`: seconds by which what is played comes before it is heard, by the clocks."""
        self.lead = lead
        self._recorder, self._player = recorder, player
        self._heard_block, self._played_block = recorder.rate // BLOCKS_A_SECOND, player.rate // BLOCKS_A_SECOND
        self._heard_at = recorder.raw.written
        self._played_at: int | None = None
        self._errors: deque[float] = deque(maxlen=BLOCKS_A_SECOND)

    @property
    def is_ready(self) -> bool:
        """Whether the next block was recorded."""
        return self._recorder.raw.written - self._heard_at >= self._heard_block

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """What was heard and what was played meanwhile, both mono float32 of 10 ms, at the devices' rates."""
        raw = self._recorder.raw
        if raw.written - self._heard_at > raw.capacity // 2:  # nobody read for too long
            self._heard_at = raw.written - self._heard_block
            self.join()
        heard = np.empty(self._heard_block, np.float32)
        raw.read_into(self._heard_at, heard)
        played = self._read_played(self._place_played())
        self._heard_at += self._heard_block
        return heard, played

    def join(self) -> None:
        """By the clocks, with the next block."""
        self._played_at = None
        self._errors.clear()

    def _place_played(self) -> int:
        place, when = self._recorder.clock
        heard_at = when + (self._heard_at - place) / self._recorder.rate
        place, when = self._player.played_clock
        there = self._player.played.written - SPARE_BLOCKS * self._played_block
        by_clock = min(place + round((heard_at + self.lead - when) * self._player.rate), there)
        if self._played_at is None:
            self._played_at = by_clock
            return by_clock
        self._played_at += self._played_block
        self._errors.append(by_clock - self._played_at)
        is_apart = len(self._errors) == BLOCKS_A_SECOND and abs(median(self._errors)) > APART * self._player.rate
        if is_apart or self._played_at + self._played_block > self._player.played.written:  # not made yet, and not waited for
            self.join()
            self._played_at = by_clock
        return self._played_at

    def _read_played(self, start: int) -> np.ndarray:
        """What is not there any more is silence."""
        ring, block = self._player.played, np.zeros(self._played_block, np.float32)
        first = max(start, ring.written - ring.capacity + self._player.rate // 4, 0)
        count = start + self._played_block - first
        if count > 0:
            ring.read_into(first, block[-count:])
        return block
