"""The microphone: always open, so that a question's first word is not lost."""

from __future__ import annotations

import time

import numpy as np

from app.audio.devices import BLOCK_SECONDS, LATENCY, AudioError, Device, portaudio, why
from app.audio.ring import Ring

PRE_ROLL = 0.5  # seconds from before the button was pressed
RING_SECONDS = 60.0


class Recorder:
    """Records at the device's own rate into a ring; a take is what is read from it between `begin` and `end`.

    The stream's callback only copies. All other methods belong to one thread.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.rate = device.rate
        self.overflows = 0
        """How often the device lost samples because the program was late."""
        self._ring = Ring(round(RING_SECONDS * device.rate))
        self._mono = np.zeros(device.rate, np.float32)
        self._peak = 0.0
        self._last = time.monotonic()
        self._start = self._read = 0
        self._loudest = 0.0
        self._stream = None

    def open(self) -> None:
        """Starts the stream. Raises `AudioError`."""
        sd = portaudio()
        block = round(BLOCK_SECONDS * self.rate)
        options = dict(device=self.device.index, channels=self.device.channels, samplerate=self.rate, dtype="float32")
        try:
            self._stream = sd.InputStream(**options, blocksize=block, latency=LATENCY, callback=self._callback)
            self._stream.start()
        except sd.PortAudioError as error:
            raise AudioError(why(error, "input", self.device.name)) from error
        self._last = time.monotonic()

    def close(self) -> None:
        if self._stream is not None:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
            self._stream = None

    @property
    def latency(self) -> float:
        """Seconds from a sound to its sample in the ring."""
        return self._stream.latency if self._stream is not None else 0.0

    @property
    def silent_for(self) -> float:
        """Seconds since the device last delivered anything: a device that hangs reports no error."""
        return time.monotonic() - self._last

    def take_peak(self) -> float:
        """The loudest sample, 0..1, since the last call."""
        peak, self._peak = self._peak, 0.0
        return peak

    def begin(self) -> None:
        """A take begins, `PRE_ROLL` seconds ago."""
        self._start = self._ring.written
        self._read = max(0, self._start - round(PRE_ROLL * self.rate))
        self._loudest = 0.0

    @property
    def seconds(self) -> float:
        """How much has arrived since `begin`, without the pre-roll."""
        return (self._ring.written - self._start) / self.rate

    @property
    def only_zeros(self) -> bool:
        """Whether all that was read of this take is digital silence, as from a microphone without permission."""
        return self._loudest == 0

    def read(self) -> np.ndarray:
        """What the take got since the last call: mono float32 at `rate`."""
        end = self._ring.written
        self._read = max(self._read, end - self._ring.capacity + self.rate)  # the oldest may be being overwritten
        samples = np.empty(end - self._read, np.float32)
        self._ring.read_into(self._read, samples)
        self._read = end
        if len(samples):
            self._loudest = max(self._loudest, float(np.abs(samples).max()))
        return samples

    def _callback(self, data: np.ndarray, frames: int, times, status) -> None:
        mono = self._mono[:frames]
        np.mean(data, axis=1, out=mono)
        self._ring.write(mono)
        self._peak = max(self._peak, float(mono.max()), -float(mono.min()))
        self._last = time.monotonic()
        if status.input_overflow:
            self.overflows += 1
