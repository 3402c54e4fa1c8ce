"""One reply's voice: frames of codes, as tokens, through the detokenizer."""

from __future__ import annotations

from engine.lm.frames import FrameIds
from engine.models.lfm2audio.detokenizer import Detokenizer
from engine.samples import Samples


class LFMSpeaker:
    """`Speaker` of `engine.models.spoken_lm`."""

    def __init__(self, detokenizer: Detokenizer, ids: FrameIds) -> None:
        self._stream, self._ids = detokenizer.stream(), ids

    def feed(self, tokens: list[int]) -> Samples:
        """Ids of frames -> mono float32 samples that are settled by now: all but the last 20 ms.

        The code that ends the sound has none: a frame that holds it is left out.
        """
        frames = (self._ids.codes_of(token) for token in tokens)
        return self._stream.feed([codes for codes in frames if self._ids.codes not in codes])

    def finish(self) -> Samples:
        """The tail."""
        return self._stream.finish()
