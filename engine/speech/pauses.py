"""Where a voice pauses, so that what needs the whole of a question can begin before it is sure that it has ended."""

from __future__ import annotations

import numpy as np

from engine.speech.voice import CHUNK, RATE, SPEECH, VoiceDetector
from engine.speech.voice_gate import NEEDED

PAUSE_SECONDS = 0.3
"""Of silence that are a pause, and that belong to what was said: soft endings are taken for silence."""
_QUIET = 0.35  # the probability below which nobody speaks
_PAUSE = round(PAUSE_SECONDS * RATE / CHUNK)  # chunks
_LOUD, _SOFTEST = 0.3, 0.003  # the peak that the voice is brought to; the lowest that is taken for one


class VoicePauses:
    """Fed with a growing recording (mono float32 at 16 kHz, pieces of any length, which make no difference).

    Raises `ImportError` or `OSError` where the voice detector does not start.
    """

    def __init__(self) -> None:
        self._detector, self._rest = VoiceDetector(), np.zeros(0, np.float32)
        self._peak, self._chunks = _SOFTEST, 0
        self._surely = 0  # chunks that are a voice for sure
        self._spoken = 0  # chunks up to the last one that may be

    def feed(self, samples: np.ndarray) -> None:
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // CHUNK * CHUNK
        self._rest = sound[whole:]
        for chunk in sound[:whole].reshape(-1, CHUNK):
            self._peak = max(self._peak, float(np.abs(chunk).max()))
            (probability,) = self._detector.feed(chunk * (_LOUD / self._peak))
            self._chunks += 1
            self._surely += probability >= SPEECH
            if probability >= _QUIET:
                self._spoken = self._chunks

    @property
    def end(self) -> int | None:
        """How many samples the question had if it ended with the latest pause; None while somebody speaks, or before."""
        is_pause = self._surely >= NEEDED and self._spoken <= self._chunks - _PAUSE
        return (self._spoken + _PAUSE) * CHUNK if is_pause else None
