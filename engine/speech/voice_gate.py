"""Whether anything was said in a recording."""

from __future__ import annotations

import numpy as np

from engine.speech.level import Leveller
from engine.speech.voice import CHUNK, SPEECH, VoiceDetector

NEEDED = 4  # chunks (0.13 s): of noise none or one is taken for a voice, of a word a dozen


class VoiceGate:
    """Whether anything was said in a recording: mono float32 at 16 kHz, brought to a usual level first."""

    def __init__(self) -> None:
        self._leveller, self._detector = Leveller(), VoiceDetector()
        self._found = 0

    @property
    def said(self) -> bool:
        return self._found >= NEEDED

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
