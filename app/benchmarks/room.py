"""A room with a loudspeaker and a microphone in it, made up: how a reply comes back into the microphone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.audio.player import Player
from app.audio.recorder import Recorder

REVERBERATION = 0.5  # amplitude of all that comes off the walls, beside the direct sound's
DECAY = 6.9  # a fall by 60 dB, as an exponent
HISS = 1e-4  # amplitude of the microphone's own noise
BLOCK_SECONDS = 0.02
EPOCH = 1000.0  # what the devices' clocks show at the beginning: zero means that they show nothing


@dataclass(frozen=True)
class Room:
    delay: float
    """Seconds from the player's sample to the recorder's, devices included."""
    decay: float
    """Seconds in which an echo falls by 60 dB."""
    level: float = 0.0
    """dB from what is played to what the microphone hears of it."""
    drift: float = 0.0
    """Parts per million by which the microphone's clock is faster than the speaker's."""
    reported: float = 0.02
    """Seconds of the delay that the devices' clocks know of."""
    clips_at: float = 1.0
    """Amplitude that the speaker cannot go beyond."""

    def impulse(self, rate: int) -> np.ndarray:
        """float32 [n]."""
        count = max(1, round(self.decay * rate))
        tail = np.random.default_rng(count).standard_normal(count) * np.exp(-DECAY * np.arange(count) / count)
        tail *= REVERBERATION / np.sqrt(np.sum(tail**2))
        tail[0] = 1
        return (10 ** (self.level / 20) * np.concatenate([np.zeros(round(self.delay * rate)), tail])).astype(np.float32)


class Desk:
    """A player and a recorder in a room, driven without devices, one block after the other, as fast as one likes.

    Times are those of this world: `now` seconds since it began.
    """

    def __init__(self, player: Player, recorder: Recorder, room: Room) -> None:
        self.player, self.recorder, self.room = player, recorder, room
        self.rate = player.rate
        self.now = 0.0
        self.said = np.zeros(0, np.float32)
        """What the user says from now on: float32 [n] at the microphone's rate, as loud as it hears it."""
        self._block = round(BLOCK_SECONDS * self.rate)
        self._size = 1 << (len(room.impulse(self.rate)) + self._block).bit_length()
        self._spectrum = np.fft.rfft(room.impulse(self.rate), self._size)
        self._coming = np.zeros(self._size, np.float32)  # echoes of what was played
        self._says_so = False  # whether the speaker ran dry since the last block
        self._echo = np.zeros(4, np.float32)  # that the microphone has not reached; the first is the one before its place
        self._place = 1.0
        self._noise = np.random.default_rng(0)
        player._stream = self  # it asks the stream for its time

    @property
    def time(self) -> float:
        """What the devices' clocks show."""
        return EPOCH + self.now

    def run_dry(self, later: float, says_so: bool = True) -> None:
        """The speaker lost samples: what is played comes so many seconds later from now on, or earlier where negative."""
        self.room = replace(self.room, delay=self.room.delay + later)
        self._spectrum, self._says_so = np.fft.rfft(self.room.impulse(self.rate), self._size), says_so

    def step(self) -> None:
        """One block is played, and what comes of it is recorded."""
        out = np.zeros((self._block, 1), np.float32)
        times = _Times(self.time, self.room.reported / 2)
        self.player._callback(out, self._block, times, _Flags(self._says_so))
        self._says_so = False
        sound = np.clip(out[:, 0], -self.room.clips_at, self.room.clips_at)
        self._coming += np.fft.irfft(np.fft.rfft(sound, self._size) * self._spectrum, self._size).astype(np.float32)
        self._echo = np.append(self._echo, self._coming[: self._block])
        self._coming = np.append(self._coming[self._block :], np.zeros(self._block, np.float32))
        heard = self._at_microphone()
        count = min(len(heard), len(self.said))
        heard[:count] += self.said[:count]
        self.said = self.said[count:]
        heard += HISS * self._noise.standard_normal(len(heard)).astype(np.float32)
        self.recorder._callback(np.clip(heard, -1, 1)[:, None], len(heard), times, _Flags(False))
        self.now += BLOCK_SECONDS

    def _at_microphone(self) -> np.ndarray:
        """What arrived, sampled by the microphone's clock (four points, third order)."""
        stride = self.rate / self.recorder.rate / (1 + self.room.drift * 1e-6)
        count = int((len(self._echo) - 3 - self._place) / stride) + 1
        at = self._place + stride * np.arange(count)
        whole = at.astype(int)
        part = (at - whole).astype(np.float32)
        before, here, after, beyond = (self._echo[whole + step] for step in (-1, 0, 1, 2))
        slope, bend = (after - before) / 2, before - 2.5 * here + 2 * after - beyond / 2
        turn = (beyond - before) / 2 + 1.5 * (here - after)
        used = int(at[-1] + stride) - 1
        self._place = at[-1] + stride - used
        self._echo = self._echo[used:]
        return here + part * (slope + part * (bend + part * turn))


class _Times:
    """As devices tell them that know of a part of the delay."""

    def __init__(self, now: float, latency: float) -> None:
        self.currentTime = now
        self.inputBufferAdcTime, self.outputBufferDacTime = self.currentTime - latency, self.currentTime + latency


@dataclass
class _Flags:
    output_underflow: bool
    input_overflow: bool = False
