"""How much of a reply the microphone hears, and how much of it is left afterwards."""

from __future__ import annotations

from typing import Literal

import numpy as np

from app.audio.echo_canceller import BLOCKS_A_SECOND

RATE = 8000  # Hz, what is compared: voices have little above half of it
BLOCK = RATE // BLOCKS_A_SECOND
SECONDS = 2.0  # that are looked at
COUNT = round(SECONDS * RATE)
LEAST_SECONDS = 0.5  # of sound without which nothing can be said
SOUNDING = -55.0  # dBFS of a block in which the speaker plays something
FLOOR = -100.0  # dBFS
LATEST = 1.0  # seconds of delay: more than the canceller can find
EARLIEST = -0.3  # seconds: a device that lost samples may have less delay than before
LOWEST = 200.0  # Hz: below are hum and steps
AUDIBLE = -50.0  # dBFS of an echo that could be taken for a voice
LEAST_TAKEN = 12.0  # dB by which a canceller that works lowers it
ALIKE = 0.08  # of a correlation that is 1 for the same sound, and about 0.03 for others
LATELY_SECONDS = 0.4  # in which what is left is compared with what was played
LOUD_SECONDS = 0.05  # in which it must be loud enough
LEAKS = 0.12  # likeness from which what is left lately is the reply
SOFTEST = -20.0  # dB from the echo to the softest voice that is listened to over it, of which the canceller took much along
SOFTEST_WHOLE = -12.0  # dB where nothing was taken along; from what is heard in that moment, too
ABOVE_NOISE = 6.0  # dB: what is louder than before the reply may be an echo that comes very late
LOOKS_WITHOUT = 3  # in a row that find no echo, until none is expected
LOOKS_GONE, LOOKS_LEFT = 2, 3  # in a row, until it counts: a voice over the reply is a little like it for a while
NOW_SECONDS = 1.0  # that are looked at for what is left: longer ago it may have been worse
NOW_LEAST = 0.15  # seconds of sound in them without which nothing can be said

Verdict = Literal["none", "gone", "left"]
"""There is no echo; it is taken out; it is still there."""


class EchoMeter:
    """Compares what was played, heard and left, block by block."""

    def __init__(self) -> None:
        self.verdict: Verdict | None = None
        """None is not known yet."""
        self.delay: float | None = None
        """Seconds from what was played to what was heard of it, by how both were joined; None is not known."""
        self.echo_in: float | None = None
        """dBFS of what the microphone hears while the speaker plays."""
        self.echo_left: float | None = None
        """dBFS of what remains of it."""
        self.more_than_echo = True
        """Whether what is left at this moment may be somebody who speaks."""
        self._looks_without = self._looks_gone = self._looks_left = 0
        self._noise: float | None = None  # dBFS of what the microphone heard while nothing was played
        self._twice = np.zeros((3, 2 * COUNT), np.float32)  # each sample stands at two places: what is newest lies in one piece
        self._at = 0

    def begin_anew(self) -> None:
        """What was added so far counts no more, as the delay is another one from now on."""
        self._twice[:] = 0
        self._looks_without = self._looks_gone = self._looks_left = 0
        self.verdict = self.delay = None
        self.more_than_echo = True

    def add(self, played: np.ndarray, heard: np.ndarray, left: np.ndarray) -> None:
        """One block of each, float32 [n]."""
        for sound, block in zip(self._twice, (played, heard, left)):
            sound[self._at : self._at + BLOCK] = sound[self._at + COUNT : self._at + COUNT + BLOCK] = narrowed(block)
        self._at = (self._at + BLOCK) % COUNT

    @property
    def _sounds(self) -> np.ndarray:
        """What was played, heard and left lately: float32 [3, COUNT]."""
        return self._twice[:, self._at : self._at + COUNT]

    def look(self) -> bool:
        """Works out the figures from what was added lately; they stay as they were where too little was played.

        Returns whether the delay was measured.
        """
        played, heard, left = self._sounds
        levels, sounding = _levels(heard), _levels(played) > SOUNDING
        if not sounding.all():
            noise = _mean(levels[~sounding])
            self._noise = noise if self._noise is None else min(self._noise, noise)
        if sounding.sum() < LEAST_SECONDS * BLOCKS_A_SECOND:
            return False
        delay, likeness = _likeness(played, heard)
        is_measured = likeness > ALIKE
        if is_measured:
            self.delay = delay
        self._judge(played, left, levels, sounding)
        return is_measured

    def _judge(self, played: np.ndarray, left: np.ndarray, levels: np.ndarray, sounding: np.ndarray) -> None:
        """How much is left: `levels` are those of what was heard, and `sounding` where something was played, by blocks."""
        when = np.flatnonzero(sounding) + round((self.delay or 0.0) * BLOCKS_A_SECOND)
        when = when[(when >= 0) & (when < len(levels))]
        if not len(when):
            return
        levels_left = _levels(left)
        self.echo_in, self.echo_left = _mean(levels[when]), _mean(levels_left[when])
        if self.delay is None:
            quiet = self.echo_in < max(AUDIBLE, (self._noise or FLOOR) + ABOVE_NOISE)
            self._looks_without = self._looks_without + 1 if quiet else 0
            self.verdict = "none" if self._looks_without >= LOOKS_WITHOUT else None
            return
        now = when[when >= len(levels) - round(NOW_SECONDS * BLOCKS_A_SECOND)]
        if len(now) < NOW_LEAST * BLOCKS_A_SECOND:
            return
        left_now = _mean(levels_left[now])
        audible = left_now > AUDIBLE and left_now > self.echo_in - LEAST_TAKEN
        is_left = audible and _likeness(played, _end(left, NOW_SECONDS))[1] > ALIKE
        self._looks_gone, self._looks_left = (0, self._looks_left + 1) if is_left else (self._looks_gone + 1, 0)
        if self.verdict != "gone" or self._looks_left >= LOOKS_LEFT:
            self.verdict = "gone" if self._looks_gone >= LOOKS_GONE else "left"

    def glimpse(self, is_whole: bool = False) -> None:
        """Works out `more_than_echo`: of what is loud now, whether it is like nothing that was played lately.

        `is_whole`: whether no voice was taken along with the echo.
        """
        played, heard, left = self._sounds
        loud = _lately(left)
        softest = AUDIBLE
        if self.verdict == "gone" and self.echo_in is not None:
            softest = max(self.echo_in, _lately(heard)) + SOFTEST_WHOLE if is_whole else self.echo_in + SOFTEST
        if loud < softest:
            self.more_than_echo = self.verdict != "gone"  # where there is no echo, soft voices are listened to
            return
        self.more_than_echo = _likeness(played, _end(left, LATELY_SECONDS))[1] < LEAKS


def narrowed(block: np.ndarray) -> np.ndarray:
    """A block of any rate as one of `RATE`, by means: float32 [BLOCK]."""
    if len(block) % BLOCK == 0:
        samples = len(block) // BLOCK
        return block.reshape(BLOCK, samples) @ np.full(samples, 1 / samples, np.float32)
    sums = np.concatenate([[0.0], np.cumsum(block, dtype=np.float64)])
    edges = np.linspace(0, len(block), BLOCK + 1)
    return np.diff(np.interp(edges, np.arange(len(sums)), sums)) * (BLOCK / len(block))


def _end(sound: np.ndarray, seconds: float) -> np.ndarray:
    """What is newest, and silence before it."""
    end = np.zeros_like(sound)
    count = round(seconds * RATE)
    end[-count:] = sound[-count:]
    return end


def _lately(sound: np.ndarray) -> float:
    """dBFS of what is newest."""
    return _mean(_levels(sound[-round(LOUD_SECONDS * RATE) :]))


def _levels(sound: np.ndarray) -> np.ndarray:
    """dBFS of each block."""
    power = np.mean(np.square(sound, dtype=np.float64).reshape(-1, BLOCK), axis=1)
    return 10 * np.log10(np.maximum(power, 10 ** (FLOOR / 10)))


def _mean(levels: np.ndarray) -> float:
    """Of powers, not of decibels."""
    return 10 * float(np.log10(np.mean(10 ** (levels / 10))))


def _likeness(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """By how many seconds the second sound lags behind the first, and how alike they are then: phases alone count."""
    size = 2 * len(first)
    cross = np.fft.rfft(second, size) * np.conj(np.fft.rfft(first, size))
    cross /= np.abs(cross) + 1e-9
    cross[: round(LOWEST / RATE * size)] = 0
    earliest, latest = round(EARLIEST * RATE), round(LATEST * RATE)
    found = np.abs(np.roll(np.fft.irfft(cross, size), -earliest)[: latest - earliest + 1])
    place = int(np.argmax(found))
    return (place + earliest) / RATE, float(found[place])
