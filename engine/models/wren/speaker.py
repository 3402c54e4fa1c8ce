"""How Wren speaks: speech units -> voice features -> samples, a few units at a time."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.models.wren.speech_tokens import SpeechCodec
from engine.samples import Samples
from engine.speech.source_filter import SourceFilter
from engine.speech.streaming import StreamingBlocks


class StreamingSpeaker:
    """One reply's voice. `first_unit` is the token id of unit 0."""

    block = 4
    """Units that are turned into sound at a time: what is done once for each block is done less often with more."""

    def __init__(self, codec: SpeechCodec, first_unit: int) -> None:
        self._codec, self._first_unit, network = codec, first_unit, codec.decoder
        self._coarse, self._fine = StreamingBlocks(network.blocks), StreamingBlocks(network.fine)
        self._voice = SourceFilter(codec.config.layout)
        self._waiting: list[int] = []
        self._block = self._coarse.ahead + self._fine.ahead // network.per_unit + 1  # as few as settle a frame

    @torch.inference_mode()
    def feed(self, tokens: list[int]) -> Samples:
        """Speech token ids -> mono float32 samples that are settled by now (maybe none)."""
        self._waiting += tokens
        if len(self._waiting) < self._block:
            return np.zeros(0, np.float32)
        states, self._waiting, self._block = self._unfolded(), [], self.block
        return self._sound(self._fine.feed(self._stretched(self._coarse.feed(states))))

    @torch.inference_mode()
    def finish(self) -> Samples:
        """The tail."""
        rest = self._sound(self._fine.finish(self._stretched(self._coarse.finish(self._unfolded()))))
        return np.concatenate([rest, np.clip(self._voice.finish(), -1, 1)])

    def _unfolded(self) -> Tensor:
        units = torch.tensor(self._waiting, dtype=torch.long) - self._first_unit
        return self._codec.decoder.unfold(self._codec.quantizer.values(units))

    def _stretched(self, states: Tensor) -> Tensor:
        return self._codec.decoder.stretched(states[None])[0]

    def _sound(self, states: Tensor) -> Samples:
        features = self._codec.scaled(self._codec.decoder.head(states))
        return np.clip(self._voice.feed(features.numpy()), -1, 1)
