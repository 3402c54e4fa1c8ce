"""The sound of comparing: one output stream, in whose callback clips are switched."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.audio.devices import SoundDevice, StreamFlags, StreamTimes, end_stream, start_stream
from app.audio.gain import Gain
from app.audio.mixing import Mixer

LATENCY = 0.05  # seconds; nothing is made here in real time, so less than a live reply needs is enough


class Switcher:
    """Plays a `Mixer` on a device of its rate. `open` may block, so it is called off the screen's thread."""

    def __init__(self, loudness: Callable[[], float] = lambda: 1.0) -> None:
        """`loudness` is asked in the callback: how loud the speaker is, 0 to 1 of the amplitude."""
        self._loudness, self._gain = loudness, Gain(1, 0)
        self.device: SoundDevice | None = None
        self.mixer: Mixer | None = None
        self.underflows = 0
        """How often the device ran dry because the program was late."""
        self._mono = np.zeros(0, np.float32)
        self._stream = None

    def open(self, device: SoundDevice) -> None:
        """Starts the stream, or goes on with the one that is open on this device. Raises `AudioError`."""
        if self._stream is not None and self._stream.active and device == self.device:
            return
        self.close()
        self._mono = np.zeros(device.rate, np.float32)
        self._gain = Gain(device.rate, device.rate)
        self._gain.wanted = self._loudness()
        self._gain.settle()
        self._stream = start_stream("output", device, LATENCY, self.callback)
        self.device = device

    def close(self) -> None:
        """Silence, and the device is free again."""
        if self.mixer is not None:
            self.mixer.pause()
        stream, self._stream, self.device = self._stream, None, None
        if stream is not None:
            end_stream(stream)

    @property
    def is_open(self) -> bool:
        return self._stream is not None

    @property
    def heard(self) -> float:
        """Seconds: where what leaves the speaker now stands, while the mixer is ahead by what the device buffers."""
        mixer, stream = self.mixer, self._stream
        if mixer is None:
            return 0.0
        if stream is None or not mixer.is_playing:
            return mixer.position
        first = mixer.loop[0] if mixer.loop else 0.0
        return max(min(first, mixer.position), mixer.position - stream.latency)

    def callback(self, data: np.ndarray, frames: int, times: StreamTimes, status: StreamFlags) -> None:
        """PortAudio's: fills `data` [frames, channels]. Takes no lock and allocates nothing."""
        mixer = self.mixer
        if mixer is None:
            data[:] = 0
            return
        if status.output_underflow and mixer.is_playing:
            self.underflows += 1
        mono = self._mono[:frames]
        mixer.fill(mono)
        self._gain.wanted = self._loudness()
        self._gain.apply(mono)
        data[:] = mono[:, None]
