"""The speaker: plays a reply while it is made, and falls silent at once."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import soxr

from app.audio.devices import LATENCIES, AudioError, SoundDevice, StreamFlags, StreamTimes, end_stream, start_stream
from app.audio.gain import Gain
from app.audio.heartbeat import Heartbeat
from app.audio.ring import Ring
from engine.turn_record import TurnRecord
from engine.worker_thread import Thread

START_SECONDS = 0.2  # buffered before a reply begins to sound, or goes on after it ran dry: a busy machine stalls for as long
FADE_SECONDS = 0.005  # a cut without it clicks
RING_SECONDS = 60.0
PLAYED_SECONDS = 2.0
LOOK_SECONDS = 0.01  # between two looks at a reply that grows


class Player:
    """Plays one turn's sound at a time at the device's own rate.

    `begin` and `stop` belong to the screen's thread, `write` and `finish` to one that may wait, as `play` starts it; the stream's
    callback takes no lock and only copies. Sound of any turn but the current one is dropped.
    """

    def __init__(self, device: SoundDevice, latency: float = LATENCIES["normal"]) -> None:
        """`latency`: seconds of buffer in the device."""
        self.device = device
        self.rate = device.rate
        self.heart = Heartbeat(latency)
        self.is_closed = False
        self.heard_at_stop = 0.0
        """The seconds that were heard of the turn that was stopped last, also by closing."""
        self._asked_latency = latency
        self.underruns = 0
        """How often a reply paused because its sound was not made in time."""
        self.underflows = 0
        """How often the device ran dry in a reply because the program was late."""
        self.gaps = 0
        """How often it ran dry at all: afterwards its delay may be another one."""
        self._ring = Ring(round(RING_SECONDS * device.rate))
        self._block = np.zeros(device.rate, np.float32)
        self.gain = Gain(device.rate, device.rate)
        self._fade = np.linspace(1, 0, round(FADE_SECONDS * device.rate), dtype=np.float32)
        self._lock = threading.Lock()  # between `write`/`finish` and `begin`/`stop`
        self._handle = threading.Lock()  # a stream that is being closed must not be asked for its time
        self._turn: int | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._resampler_rate = 0
        self._begin = self._cut = 0  # where the turn begins; everything before _cut shall not sound
        self._complete = self._is_followed = False
        self._start = 0.0  # seconds of the turn that are not played here
        # Written by the callback alone:
        self._position = 0
        self._sounding = False
        self._clock = (0, 0.0)  # the samples before this position have left the speaker at this stream time
        self.played = Ring(round(PLAYED_SECONDS * device.rate))
        """What goes to the speaker, silence too: mono float32 at `rate`."""
        self.played_clock = (0, 0.0)
        """A place in `played` and the stream's time at which its sample leaves the speaker."""
        self._stream: Any = None

    def open(self) -> None:
        """Starts the stream. Raises `AudioError`."""
        self.gain.settle()
        try:
            self._stream = start_stream("output", self.device, self._asked_latency, self._callback)
        except AudioError:
            self.close()
            raise
        self.heart.restart()

    def close(self) -> None:
        self.is_closed = True
        self.stop()
        with self._handle:
            stream, self._stream = self._stream, None
        if stream is not None:
            end_stream(stream)

    @property
    def latency(self) -> float:
        """Seconds of buffer that the device really has; 0 while it is closed."""
        stream = self._stream
        return stream.latency if stream is not None else 0.0

    def begin(self, turn: int, start: float = 0.0) -> None:
        """From now on the sound of `turn` is played; what is left of another one is cut.

        `start`: seconds of it that were heard elsewhere, and are not played again.
        """
        with self._lock:
            self._begin = self._cut = self._ring.written  # first: what is cut off has not run dry
            self._turn, self._complete, self._resampler = turn, False, None
            self._is_followed, self._start = False, start

    def play(self, turn: int, record: TurnRecord) -> None:
        """Plays the sound of `turn` as it grows in `record`, on a thread of its own: whoever makes it never waits for room."""
        with self._lock:
            if turn != self._turn or self._is_followed:
                return
            self._is_followed = True
        Thread(lambda: self._follow(turn, record), "playback").start()

    def write(self, turn: int, samples: np.ndarray, rate: int) -> None:
        """More sound of `turn`: mono float32 at `rate` Hz. Waits while the buffer is full."""
        with self._lock:
            if turn != self._turn:
                return
            if self._resampler is None:
                self._resampler = soxr.ResampleStream(rate, self.rate, 1, dtype="float32")
                self._resampler_rate = rate
            samples = self._resampler.resample_chunk(np.ascontiguousarray(samples, np.float32))
        self._append(turn, samples)

    def finish(self, turn: int) -> None:
        """All sound of `turn` was written."""
        with self._lock:
            resampler = self._resampler if turn == self._turn else None
            self._resampler = None
        if resampler is not None:
            self._append(turn, resampler.resample_chunk(np.zeros(0, np.float32), last=True))
        with self._lock:
            if turn == self._turn:
                self._complete = True

    def stop(self) -> float:
        """Silence within one block. Returns the seconds of the turn that were heard."""
        with self._lock:
            heard = self.heard_seconds
            if self._turn is not None:
                self.heard_at_stop = heard
            self._turn, self._resampler = None, None
            self._cut = self._ring.written
        return heard

    @property
    def silent_for(self) -> float:
        """Seconds since the device last asked for sound: a device that hangs reports no error."""
        return self.heart.silent_for

    @property
    def heard_seconds(self) -> float:
        """How much of the turn has left the speaker."""
        return self._start + max(0, self._heard() - self._begin) / self.rate

    @property
    def buffered_seconds(self) -> float:
        """How much of the turn waits to be played."""
        return max(0, self._ring.written - max(self._position, self._cut)) / self.rate

    @property
    def has_sounded(self) -> bool:
        """Whether the turn's first sample has left the speaker."""
        return self._heard() > self._begin

    @property
    def is_done(self) -> bool:
        """Whether the turn's last sample has left the speaker, or there is no turn."""
        return self._turn is None or (self._complete and self._heard() >= self._ring.written)

    def _heard(self) -> int:
        position, when = self._clock
        with self._handle:
            if self._stream is None or position <= self._begin:
                return self._begin
            return position - max(0, round((when - self._stream.time) * self.rate))

    def _follow(self, turn: int, record: TurnRecord) -> None:
        played, is_over, skipped = 0, False, self._start
        while turn == self._turn and not is_over:
            is_over = record.is_over  # before the look: of a reply that is over all sound is there
            for piece in record.audio[played:]:
                self.write(turn, piece.samples[round(skipped * piece.sample_rate) :], piece.sample_rate)
                skipped = max(0.0, skipped - len(piece.samples) / piece.sample_rate)
                played += 1
            if not is_over:
                time.sleep(LOOK_SECONDS)
        self.finish(turn)

    def _append(self, turn: int, samples: np.ndarray) -> None:
        step = self.rate // 4
        for start in range(0, len(samples), step):
            part = samples[start : start + step]
            while True:
                with self._lock:
                    if turn != self._turn:
                        return
                    if self._ring.written + len(part) - self._position <= self._ring.capacity:
                        self._ring.write(part)
                        break
                time.sleep(0.02)

    def _callback(self, data: np.ndarray, frames: int, times: StreamTimes, status: StreamFlags) -> None:
        if status.output_underflow:
            self.gaps += 1
            self.underflows += self._sounding
        block = self._block[:frames]
        block[:] = 0
        leaves = times.outputBufferDacTime or times.currentTime + self._asked_latency
        if self._cut > self._position:
            self._cut_off(block)
        else:
            self._play(block, frames, leaves)
        self.gain.apply(block)
        self.played_clock = (self.played.written, leaves)
        self.played.write(block)
        data[:] = block[:, None]
        self.heart.beat()

    def _cut_off(self, block: np.ndarray) -> None:
        """What would sound next fades out and the rest is skipped."""
        cut = self._cut
        if self._sounding:
            count = min(len(self._fade), len(block), cut - self._position)
            self._ring.read_into(self._position, block[:count])
            block[:count] *= self._fade[-count:] if count < len(self._fade) else self._fade
            self._sounding = False
        self._position = cut

    def _play(self, block: np.ndarray, frames: int, leaves: float) -> None:
        """`leaves`: when the block's first sample leaves the speaker."""
        complete = self._complete  # first: of a complete turn everything is written
        ready = self._ring.written - self._position
        if not self._sounding:
            self._sounding = ready > 0 and (complete or ready >= START_SECONDS * self.rate)
            if not self._sounding:
                return
        count = min(ready, frames)
        self._ring.read_into(self._position, block[:count])
        self._position += count
        if count:
            self._clock = (self._position, leaves + count / self.rate)
        if count < frames:
            self._sounding = False
            if not (self._complete and self._position == self._ring.written):
                self.underruns += 1
