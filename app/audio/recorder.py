"""The microphone: always open, so that a question's first word is not lost."""

from __future__ import annotations

import numpy as np

from app.audio.devices import LATENCIES, AudioError, SoundDevice, StreamFlags, StreamTimes, end_stream, start_stream
from app.audio.heartbeat import Heartbeat
from app.audio.ring import Ring

PRE_ROLL = 0.5  # seconds from before the button was pressed
RING_SECONDS = 60.0
RAW_SECONDS = 2.0


class Recorder:
    """Records at the device's own rate into a ring, which any thread may read, each from a place of its own.

    The stream's callback only copies: into that ring, or past it to whoever processes the sound first.
    """

    def __init__(self, device: SoundDevice, latency: float = LATENCIES["normal"]) -> None:
        """`latency`: seconds of buffer in the device."""
        self.device = device
        self.rate = device.rate
        self.heart = Heartbeat(latency)
        self.pre_roll = PRE_ROLL
        self.muted = False
        """Whether silence is recorded whatever the device delivers; what was said while muted is nowhere."""
        self.is_taking = False
        """Whether a question is being recorded, so that the stream must not be interrupted."""
        self.is_closed = False
        self.overflows = 0
        """How often the device lost samples because the program was late."""
        self.ring = Ring(round(RING_SECONDS * device.rate), spare=device.rate)
        """What was recorded: mono float32 at `rate`."""
        self.raw = Ring(round(RAW_SECONDS * device.rate))
        """What the microphone delivers while `is_processed`; who processes it writes the outcome into `ring`."""
        self.is_processed = False
        self.unprocessed = 0
        """How many samples went straight into `ring`."""
        self.clock = (0, 0.0)
        """A place in `raw` and the stream's time at which its sample was heard."""
        self._mono = np.zeros(device.rate, np.float32)
        self._peak = 0.0
        self._asked_latency = latency
        self._zeros = 0  # samples of bit-exact silence since the last other one
        self._stream = None

    def open(self) -> None:
        """Starts the stream. Raises `AudioError`."""
        try:
            self._stream = start_stream("input", self.device, self._asked_latency, self._callback)
        except AudioError:
            self.close()
            raise
        self.heart.restart()

    def close(self) -> None:
        self.is_closed = True
        stream, self._stream = self._stream, None
        if stream is not None:
            end_stream(stream)

    @property
    def latency(self) -> float:
        """Seconds from a sound to its sample in the ring."""
        stream = self._stream
        return stream.latency if stream is not None else 0.0

    @property
    def silent_for(self) -> float:
        """Seconds since the device last delivered anything: a device that hangs reports no error."""
        return self.heart.silent_for

    @property
    def digital_silence(self) -> float:
        """For how many seconds the device has delivered nothing but exact zeros, as one without permission does."""
        return self._zeros / self.rate

    @property
    def position(self) -> int:
        """The place after the newest sample; places only grow."""
        return self.ring.written

    def take_peak(self) -> float:
        """The loudest sample, 0..1, since the last call."""
        peak, self._peak = self._peak, 0.0
        return peak

    def only_zeros_since(self, position: int) -> bool:
        """Whether the device has delivered nothing but exact zeros from a place on."""
        return self._zeros >= self.ring.written - position

    def _callback(self, data: np.ndarray, frames: int, times: StreamTimes, status: StreamFlags) -> None:
        mono = self._mono[:frames]
        np.mean(data, axis=1, out=mono)
        high, low = float(mono.max()), float(mono.min())
        self._zeros = self._zeros + frames if high == low == 0 else 0
        if self.muted:
            mono[:] = 0
            high = low = 0.0
        if self.is_processed:
            self.clock = (self.raw.written, times.inputBufferAdcTime or times.currentTime - self._asked_latency)
            self.raw.write(mono)
        else:
            self.ring.write(mono)
            self.unprocessed += frames
        self._peak = max(self._peak, high, -low)
        if status.input_overflow:
            self.overflows += 1
        self.heart.beat()
