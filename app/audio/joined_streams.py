"""What the speaker played and what the microphone heard at the same time, block by block."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.audio.echo_canceller import BLOCKS_A_SECOND
from app.audio.player import Player
from app.audio.recorder import Recorder

LEAD = 0.03  # seconds by which what is played comes too early at first: later echoes are found best
SPARE_BLOCKS = 3  # of what is played that must be there already: it comes in larger blocks
TRUSTED_SECONDS = 120.0  # for which two devices that nobody follows stay together: 100 ppm are 12 ms
KNOWN_SECONDS = 1200.0  # the same where it is known how fast they run apart
SLOWEST = 1e-6  # of drift that is worth making up for
FASTEST = 5e-4  # of drift: what runs apart faster has lost samples
SURE_SECONDS = 4e-4  # by which the delay has changed before that is believed: three steps of what measures it
DRIFT_SECONDS = 10.0  # between two delays that tell how fast the clocks run apart: to about 12 ppm
HEARD_OF = 2e-6  # seconds: a shift that matters


class JoinedStreams:
    """Both are counted by their samples. Clocks join them only at first: what they tell is wrong by tens of milliseconds."""

    def __init__(self, recorder: Recorder, player: Player) -> None:
        self._recorder, self._player = recorder, player
        self._heard_block, self._played_block = recorder.rate // BLOCKS_A_SECOND, player.rate // BLOCKS_A_SECOND
        self._heard_at = self._counted = 0  # the next block's place in `raw`, and of all that was heard
        self._played_at: float | None = None
        self._pace = 0.0  # the drift that is made up for, block by block
        self.drift: float | None = None
        """By which part the microphone's clock is faster than the speaker's; None is not known."""
        self._lead, self._shifted = LEAD, 0.0  # seconds; the one goes into the next joining by clocks
        self._first: tuple[float, float] | None = None  # when the delay was measured first since then, and without shifts
        self._is_known = False
        self.stamp = 0.0, 0.0
        """Of the block that was read last: seconds of all that was heard, and by how many what was played came sooner."""
        self._is_new = self._is_joined_anew = True
        self._lost = self._losses

    @property
    def is_ready(self) -> bool:
        """Whether the next block was recorded."""
        return self._recorder.raw.written - self._heard_at >= self._heard_block

    def begin(self) -> None:
        """What is recorded from now on is read next."""
        self._heard_at, self._is_new = self._recorder.raw.written, True

    def have_come_apart(self) -> bool:
        """Whether the delay may be another one than before, since the last time that this was asked.

        A device that lost samples goes on with another delay, and nothing but measuring tells it.
        """
        before, self._lost = self._lost, self._losses
        apart, self._is_joined_anew = self._is_joined_anew or self._lost != before, False
        if apart:
            self._first = None
        return apart

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """What was heard and what was played meanwhile, both mono float32 of 10 ms, at the microphone's rate."""
        raw = self._recorder.raw
        if raw.written - self._heard_at > raw.capacity // 2:  # nobody read for too long
            self._heard_at = raw.written - self._heard_block
            self._played_at = None
        heard = np.empty(self._heard_block, np.float32)
        raw.read_into(self._heard_at, heard)
        played = self._read_played(self._place_played())
        self._heard_at += self._heard_block
        self._counted += self._heard_block
        return heard, played

    def shift(self, seconds: float) -> None:
        """From the next block on what is played comes so much earlier, or later, than it did."""
        if self._played_at is not None:
            self._played_at += round(seconds * self._player.rate)
            self._shifted += seconds
            self._lead += seconds

    def measured(self, delay: float) -> None:
        """By how many seconds the echo follows at this moment in what is read."""
        now, delay = self._counted / self._recorder.rate, delay - self._shifted
        self._first = self._first or (now, delay)
        since, before = self._first
        if abs(delay - before) > FASTEST * max(now - since, DRIFT_SECONDS):
            self._first = now, delay
        elif now - since > DRIFT_SECONDS and not self._is_known:
            self.drift = (delay - before) / (now - since)
            self._pace = self.drift if abs(delay - before) > SURE_SECONDS else 0.0

    def know(self, drift: float) -> None:
        """As it was found out otherwise, and more exactly than delays tell."""
        self.drift = drift
        self._is_known = True
        self._pace = drift if abs(drift) > SLOWEST else 0.0
        if not self._pace and self._played_at is not None:
            self._played_at = round(self._played_at)  # what lies between samples costs more

    def at_pace(self, drift: float, played: np.ndarray, stamps: Sequence[tuple[float, float]]) -> np.ndarray:
        """What `read` gave as played until now, as if it had made up for such a drift then: float32 [n], n in whole blocks.

        `stamps` are those of its blocks, or more.
        """
        blocks = len(played) // self._heard_block
        when, used = np.array(stamps)[-blocks:].T
        sooner = used[-1] + drift * (when[-1] - when) - used
        if np.abs(sooner).max() < HEARD_OF:
            return played
        each = np.interp(np.arange(len(played)) / self._heard_block, np.arange(blocks), sooner) * self._recorder.rate
        return _between(played, np.clip(np.arange(len(played)) + each, 1, len(played) - 3))

    @property
    def _losses(self) -> int:
        return self._recorder.overflows + self._player.gaps

    def _place_played(self) -> float:
        counted = self._heard_at + self._recorder.unprocessed
        if self._is_new:  # between two replies both went on
            missed, self._counted, self._is_new = counted - self._counted, counted, False
            if missed > (TRUSTED_SECONDS if self.drift is None else KNOWN_SECONDS) * self._recorder.rate:
                self._played_at = None
            elif self._played_at is not None:
                apart = (self.drift or 0.0) * missed / self._recorder.rate
                passed = missed / self._heard_block * self._played_block - apart * self._player.rate
                self._played_at += passed if self._pace else round(passed)
                self._shifted -= apart
        if self._played_at is None or self._played_at + self._played_block + 3 > self._player.played.written:  # not made yet
            self._played_at, self._is_joined_anew = self._by_clock(), True
        place, apart = self._played_at, self._pace * self._heard_block / self._recorder.rate
        self._played_at += self._played_block - apart * self._player.rate
        self._shifted -= apart
        self.stamp = self._counted / self._recorder.rate, self._shifted
        return place

    def _by_clock(self) -> int:
        place, when = self._recorder.clock
        heard_at = when + (self._heard_at - place) / self._recorder.rate
        place, when = self._player.played_clock
        there = self._player.played.written - SPARE_BLOCKS * self._played_block
        return min(place + round((heard_at + self._lead - when) * self._player.rate), there)

    def _read_played(self, start: float) -> np.ndarray:
        """The block from there on, at the microphone's rate and pace."""
        whole, part = divmod(start, 1.0)
        stride = (1 - self._pace) * self._player.rate / self._recorder.rate
        if not part and stride == 1:
            return self._samples(int(whole), self._heard_block)
        at = 1 + part + stride * np.arange(self._heard_block)
        return _between(self._samples(int(whole) - 1, int(at[-1]) + 3), at)

    def _samples(self, start: int, count: int) -> np.ndarray:
        """What is not there any more is silence."""
        ring, samples = self._player.played, np.zeros(count, np.float32)
        first = max(start, ring.written - ring.capacity + self._player.rate // 4, 0)
        there = start + count - first
        if there > 0:
            ring.read_into(first, samples[-there:])
        return samples


def _between(samples: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The sound at places between its samples, by four of them, to the third order; 1 <= `at` < len(samples) - 2."""
    here = at.astype(int)
    part = (at - here).astype(np.float32)
    before, first, after, beyond = (samples[here + step] for step in (-1, 0, 1, 2))
    slope, bend = (after - before) / 2, before - 2.5 * first + 2 * after - beyond / 2
    turn = (beyond - before) / 2 + 1.5 * (first - after)
    found: np.ndarray = first + part * (slope + part * (bend + part * turn))
    return found
