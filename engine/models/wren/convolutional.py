"""How a Wren without an encoder hears: samples -> what was probably said, 12.5 times a second.

A convolutional network over log-mel frames gives, 25 times a second, log-probabilities of 40 phones and "nothing new" (the
blank of connectionist temporal classification). Two such frames side by side are one prompt position of the language model.
The network sees about 1.4 s to either side. While the user speaks, frames are settled with that delay; after the last sample
only those last ones are left to do, and what comes out is the same as for the whole question at once.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.wren.listener import pair_up
from engine.models.wren.listener_config import ConvolutionalConfig
from engine.speech.convolution import ConvBlock
from engine.speech.mel import LogMel
from engine.speech.streaming import SlidingWindow


class ConvolutionalNetwork(nn.Module):
    """[batch, samples] -> phone log-probabilities [batch, frames at 25 Hz, classes]."""

    stride = 4  # mel frames per output frame

    def __init__(self, config: ConvolutionalConfig) -> None:
        super().__init__()
        self.config = config
        self.mel = LogMel(config.bands)
        self.first = nn.Conv1d(config.bands, config.channels, 5, stride=2, padding=2)
        self.second = nn.Conv1d(config.channels, config.channels, 5, stride=2, padding=2)
        self.blocks = nn.ModuleList(ConvBlock(config.channels, config.kernel, config.kernel // 2) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.channels)
        self.head = nn.Linear(config.channels, config.classes)

    @property
    def reach(self) -> int:
        """Output frames to either side that an output frame depends on (rounded up)."""
        return self.config.blocks * (self.config.kernel // 2) + 2

    def from_mel(self, mel: Tensor) -> Tensor:
        """[batch, mel frames, bands] -> logits [batch, ceil(mel frames / 4), classes]."""
        states = F.gelu(self.second(F.gelu(self.first(mel.transpose(1, 2))))).transpose(1, 2)
        for block in self.blocks:
            states = block(states)
        return self.head(self.norm(states))

    def features(self, mel: Tensor) -> Tensor:
        """[batch, mel frames, bands] -> what the language model is given, 0..1, [batch, frames, classes]."""
        floor = self.config.floor
        return 1 - self.from_mel(mel).float().log_softmax(-1).clamp_min(floor) / floor


class ConvolutionalListener:
    """One question, fed as it is recorded; gives the same features as the whole question at once."""

    block = 16  # output frames settled at a time (0.64 s)

    def __init__(self, network: ConvolutionalNetwork) -> None:
        self._mel = network.mel
        self._samples = np.zeros(0, np.float32)  # not yet in a mel frame
        reach, stride = network.reach * network.stride, network.stride
        self._window = SlidingWindow(
            lambda mel: network.features(mel[None])[0], network.config.bands, reach, reach, self.block * stride, down=stride
        )
        self._odd = torch.zeros(0, network.config.classes)  # a frame that waits for its partner

    @torch.inference_mode()
    def feed(self, samples: np.ndarray) -> Tensor:
        """Mono float32 at 16 kHz -> features [positions, 2 * classes] that are settled now."""
        return self._pairs(self._window.feed(self._spectrum(samples)), last=False)

    @torch.inference_mode()
    def finish(self, samples: np.ndarray) -> Tensor:
        """The last samples -> features of all that is not settled, [positions, 2 * classes]."""
        settled = self.feed(samples)
        padding = np.zeros(self._mel.window - 1, np.float32)  # every sample ends up in a whole frame
        mel = self._spectrum(padding) if len(self._samples) else torch.zeros(0, self._mel.filters.shape[1])
        return torch.cat([settled, self._pairs(self._window.feed(mel) + self._window.finish(), last=True)])

    def _spectrum(self, samples: np.ndarray) -> Tensor:
        self._samples = np.concatenate([self._samples, np.asarray(samples, np.float32)])
        count = self._mel.frames(len(self._samples))
        if not count:
            return torch.zeros(0, self._mel.filters.shape[1])
        frames = self._mel(torch.from_numpy(self._samples)[None])[0]
        self._samples = self._samples[count * self._mel.hop :]
        return frames

    def _pairs(self, settled: list[Tensor], last: bool) -> Tensor:
        frames = torch.cat([self._odd, *settled])
        even = len(frames) if last else len(frames) // 2 * 2
        self._odd = frames[even:]
        return pair_up(frames[:even])
