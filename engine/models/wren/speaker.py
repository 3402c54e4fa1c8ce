"""How Wren speaks: speech units -> voice features -> samples, a few units at a time."""

from __future__ import annotations

import numpy as np
import torch

from engine.models.wren.speech_tokens import SpeechCodec
from engine.samples import Samples
from engine.speech.source_filter import SourceFilter
from engine.speech.streaming import SlidingWindow


class StreamingSpeaker:
    """One reply's voice. `first_unit` is the token id of unit 0."""

    block = 4  # units that are turned into sound at a time (160 ms)

    def __init__(self, tokenizer: SpeechCodec, first_unit: int) -> None:
        self._quantizer, self._first_unit = tokenizer.quantizer, first_unit
        network, config = tokenizer.decoder, tokenizer.config
        self._window = SlidingWindow(
            lambda values: tokenizer.features(values), len(config.levels), network.behind, network.ahead, self.block,
            up=config.frames_per_unit,
        )  # fmt: skip
        self._voice = SourceFilter(config.layout)

    @torch.inference_mode()
    def feed(self, tokens: list[int]) -> Samples:
        """Speech token ids -> mono float32 samples that are settled by now (maybe none)."""
        units = torch.tensor(tokens, dtype=torch.long) - self._first_unit
        return self._sound(self._window.feed(self._quantizer.values(units)))

    @torch.inference_mode()
    def finish(self) -> Samples:
        """The tail."""
        return np.concatenate([self._sound(self._window.finish()), self._voice.finish()])

    def _sound(self, settled: list[torch.Tensor]) -> Samples:
        blocks = [self._voice.feed(features.numpy()) for features in settled]
        return np.clip(np.concatenate([np.zeros(0, np.float32), *blocks]), -1, 1)
