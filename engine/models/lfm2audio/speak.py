"""One reply's voice: frames of codes, as tokens, through the detokenizer.

A call of the network reads all of its weights, whatever it computes: of four frames at once each costs a third of what it costs
alone. So only the first ones come one by one.
"""

from __future__ import annotations

from itertools import chain, repeat

import numpy as np

from engine.lm.frames import FrameIds
from engine.models.lfm2audio.detokenizer import Detokenizer
from engine.models.lfm2audio.reply_order import ReplyRules
from engine.samples import Samples

GROUPS = (1, 1, 2)
"""Frames that are computed together, from the first on: somebody waits for the beginning."""
GROUP = 4
"""The same of all later ones: a third of a second of sound."""


class LFMSpeaker:
    """`Speaker` of `engine.models.spoken_lm`."""

    def __init__(self, detokenizer: Detokenizer, ids: FrameIds, rules: ReplyRules) -> None:
        self._stream, self._ids, self._rules = detokenizer.stream(), ids, rules
        self._waiting: list[tuple[int, ...]] = []
        self._groups = chain(GROUPS, repeat(GROUP))
        self._group = next(self._groups)

    def feed(self, tokens: list[int]) -> Samples:
        """Ids of frames -> mono float32 samples that are settled by now: of all frames that were computed, but 20 ms.

        What has no sound is left out.
        """
        self._waiting += filter(self._rules.has_sound, map(self._ids.codes_of, tokens))
        made = [np.zeros(0, np.float32)]
        while len(self._waiting) >= self._group:
            made.append(self._stream.feed(self._waiting[: self._group]))
            self._waiting = self._waiting[self._group :]
            self._group = next(self._groups)
        return np.concatenate(made)

    def finish(self) -> Samples:
        """The tail."""
        last, self._waiting = self._waiting, []
        return np.concatenate([self._stream.feed(last), self._stream.finish()])
