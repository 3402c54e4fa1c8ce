"""How LFM2.5-Audio hears a question: the whole of it at once, as every row of its ear depends on every sample.

What stands before the question is prefilled while the user speaks. The question itself waits for a pause, at which it is heard as
if it had ended there (`engine.models.questions`).
"""

from __future__ import annotations

import numpy as np

from engine.models.lfm2audio.encoder import Ear
from engine.models.spoken_lm import PromptPiece
from engine.samples import Samples
from engine.speech.recording import checked


class WholeListener:
    """One spoken question -> states; see `engine.models.spoken_lm.Listener`. Keeps its samples until it is finished."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._parts: list[Samples] = []

    def feed(self, samples: Samples) -> PromptPiece:
        """Nothing is settled yet. Raises `ValueError` for samples that are not numbers."""
        self._parts.append(checked(samples))
        return self._piece(np.zeros(0, np.float32))

    def finish(self) -> PromptPiece:
        sound, self._parts = self._sound(), []
        return self._piece(sound)

    def _sound(self) -> Samples:
        return np.concatenate([np.zeros(0, np.float32), *self._parts])

    def _piece(self, sound: Samples) -> PromptPiece:
        return PromptPiece(states=self._ear.rows(sound, self._ear.mel.rate))


class LFMListener(WholeListener):
    """One that is asked at pauses, too; see `engine.models.spoken_lm.GuessingListener`."""

    def guess(self, samples: int) -> PromptPiece:
        return self._piece(self._sound()[:samples])
