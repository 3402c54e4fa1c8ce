"""A sound that is open without a sound card: its devices' callbacks are called as PortAudio would."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from app.audio.devices import SoundDevice
from app.audio.list_devices import DeviceList
from app.audio.player import Player
from app.audio.recorder import Recorder
from app.audio.sound import Sound

RATE, BLOCK = 48000, 960
DEVICE = SoundDevice(0, "Built-in", RATE, 1)
LIST = DeviceList(("Built-in", "USB"), ("Built-in", "USB"), "Built-in", "Built-in")
FINE = SimpleNamespace(output_underflow=False, input_overflow=False)


class FakeCard(Sound):
    """`hears` feeds the microphone, `pull` is what the speaker plays next, `choices` what was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.is_settled = True
        self.watch.devices = LIST
        self.choices: list[dict] = []
        self.time = 0.0
        self.plug()

    def plug(self) -> None:
        self.input.part, self.output.part = Recorder(DEVICE), Player(DEVICE)
        self.output.part._stream = SimpleNamespace(time=0.0, abort=lambda **_: None, close=lambda **_: None)

    def choose(self, **choice) -> None:
        self.choices.append(choice)

    def hears(self, samples: np.ndarray) -> None:
        for start in range(0, len(samples), BLOCK):
            block = np.asarray(samples[start : start + BLOCK], np.float32)[:, None]
            self.recorder._callback(block, len(block), None, FINE)

    def pull(self, seconds: float) -> np.ndarray:
        pieces, stream = [], self.player._stream
        for _ in range(round(seconds * RATE / BLOCK)):
            out = np.zeros((BLOCK, 1), np.float32)
            times = SimpleNamespace(outputBufferDacTime=stream.time + 1e-9, currentTime=stream.time)
            self.player._callback(out, BLOCK, times, FINE)
            stream.time += BLOCK / RATE
            pieces.append(out[:, 0])
        return np.concatenate(pieces)


def speech(seconds: float, peak: float, noise: float = 1e-3) -> np.ndarray:
    """Syllables of a buzz over some noise."""
    time = np.arange(round(seconds * RATE)) / RATE
    syllables = np.sin(2 * np.pi * 1.5 * time) ** 4
    rng = np.random.default_rng(0)
    return (peak * syllables * np.sin(2 * np.pi * 150 * time) + noise * rng.standard_normal(len(time))).astype(np.float32)
