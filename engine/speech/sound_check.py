"""What can be measured of a question's sound while it arrives: was anything said, and what made it hard to understand."""

from __future__ import annotations

import logging

import numpy as np

from engine.events import NO_VOICE, Note
from engine.speech.level import BLOCK
from engine.speech.resample import Resampler
from engine.speech.voice import RATE
from engine.speech.voice_gate import VoiceGate

_log = logging.getLogger(__name__)
_FULL_SCALE = 0.999
_CLIPPED = 0.005  # share of samples at full scale
_QUIET = 10 ** (-36 / 20)
_NOISY_DB = 18.0  # of the loud parts above the quiet ones; white noise 10 dB below a voice gives 15
_NARROW_DB = -60.0  # of what is above 4.3 kHz against what is below
_VOICE_HZ, _HIGH_HZ = (200, 3400), (4300, 7600)
_SPECTRUM = 512  # samples
_MOST_SECONDS = 60  # that the noise is measured in


class SoundCheck:
    """Fed with a question's samples (mono float32 at `rate` Hz); tells after `finish`.

    Where the voice detector cannot be started, everything counts as said: talking must not end with it.
    """

    def __init__(self, rate: float) -> None:
        self._resampler = Resampler(rate, RATE)
        self._narrow_rate = rate < 1.3 * 2 * _VOICE_HZ[1]
        try:
            self._gate: VoiceGate | None = VoiceGate()
        except Exception as error:  # whatever is wrong with the installation
            _log.warning("The voice detector did not start.", exc_info=error)
            self._gate = None
        self._samples = self._at_full_scale = 0
        self._rest = np.zeros(0, np.float32)
        self._energies: list[float] = []  # of each 20 ms
        self._power = np.zeros(_SPECTRUM // 2 + 1)

    @property
    def said(self) -> bool:
        """Whether there was a voice."""
        return self._gate is None or self._gate.said

    def feed(self, samples: np.ndarray) -> None:
        self._samples += samples.size
        self._at_full_scale += int((np.abs(samples) >= _FULL_SCALE).sum())
        self._measure(self._resampler.feed(samples))

    def finish(self) -> None:
        """Nothing follows."""
        self._measure(self._resampler.finish())
        if self._gate is not None:
            self._gate.finish()

    def notes(self) -> list[Note]:
        """What is worth telling the user."""
        found = {} if self.said else {NO_VOICE: "I heard no voice in it; it was sent all the same."}
        if self._gate is not None and self._gate.level < _QUIET:
            down = -20 * np.log10(max(self._gate.level, 1e-9))
            found["quiet"] = f"The question is very quiet, {down:.0f} dB below full scale: come closer to the microphone."
        if self._at_full_scale > _CLIPPED * self._samples:
            found["clipped"] = "The question is clipped in places, which makes it harder to understand: lower the level."
        if self.said and self._is_narrow:
            found["narrow-band"] = "The recording ends at 4 kHz, as on a telephone: s, f and th sound alike in it."
        if self.said and (ratio := self.above_noise) < _NOISY_DB:
            found["noisy"] = f"The voice is only about {max(0.0, ratio):.0f} dB above the noise: a quieter place would help."
        return [Note(code, text) for code, text in found.items()]

    @property
    def above_noise(self) -> float:
        """How far the loud parts are above the quiet ones, in dB."""
        if len(self._energies) < 10:
            return np.inf
        quiet, loud = np.percentile(self._energies, (10, 90))
        return float(10 * np.log10((loud + 1e-12) / (quiet + 1e-12)))

    @property
    def high_band(self) -> float:
        """What is above 4 kHz against the voice's band, in dB."""
        hertz = np.fft.rfftfreq(_SPECTRUM, 1 / RATE)
        voice, high = (self._power[(hertz >= low) & (hertz <= top)].mean() for low, top in (_VOICE_HZ, _HIGH_HZ))
        return float(10 * np.log10((high + 1e-12) / (voice + 1e-12)))

    @property
    def _is_narrow(self) -> bool:
        return self._narrow_rate or self.high_band < _NARROW_DB

    def _measure(self, samples: np.ndarray) -> None:
        if self._gate is not None:
            self._gate.feed(samples)
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // BLOCK * BLOCK
        blocks, self._rest = sound[:whole].reshape(-1, BLOCK), sound[whole:]
        if len(self._energies) * BLOCK > _MOST_SECONDS * RATE or not len(blocks):
            return
        blocks = blocks - blocks.mean(axis=1, keepdims=True)  # an offset is no sound
        self._energies += np.square(blocks).mean(axis=1).tolist()
        self._power += np.square(np.abs(np.fft.rfft(blocks * np.hanning(BLOCK), n=_SPECTRUM))).sum(axis=0)
