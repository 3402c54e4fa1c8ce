"""Wren's speech tokens: 25 units a second that stand for the sound of one voice, and the way back.

The encoder turns 40 ms of voice features (see `engine.speech.source_filter`) into one of 1000 units by finite scalar
quantisation (Mentzer et al., 2023). The decoder turns units into features again; it looks 4 units and 4 frames (0.2 s) ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from operator import mul

import torch
from torch import Tensor, nn

from engine.speech.convolution import ConvNeXtBlock
from engine.speech.source_filter import FeatureLayout


@dataclass(frozen=True)
class SpeechTokenConfig:
    levels: tuple[int, ...] = (8, 5, 5, 5)
    bands: int = 64
    sample_rate: int = 16_000
    channels: int = 256
    encoder_blocks: int = 3
    decoder_blocks: int = 6
    ahead: int = 4  # decoder blocks that look one unit ahead
    frame_rate: int = 100  # a second
    frames_per_unit: int = 4

    @property
    def units(self) -> int:
        count = 1
        for level in self.levels:
            count *= level
        return count

    @property
    def unit_rate(self) -> float:
        return self.frame_rate / self.frames_per_unit

    @property
    def layout(self) -> FeatureLayout:
        return FeatureLayout(self.bands, self.sample_rate, self.frame_rate)


class Quantizer(nn.Module):
    """Finite scalar quantisation: each of a few numbers is squashed and rounded to its own few levels."""

    levels: Tensor
    steps: Tensor

    def __init__(self, levels: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("levels", torch.tensor(levels), persistent=False)
        self.register_buffer("steps", torch.tensor(list(accumulate((1, *levels[:-1]), mul))), persistent=False)

    def bound(self, x: Tensor) -> Tensor:
        """Any [..., len(levels)] -> [0, level - 1] for each."""
        return x.sigmoid() * (self.levels - 1)

    def forward(self, x: Tensor) -> Tensor:
        """Rounded and scaled to [-1, 1]; gradients pass as if nothing was rounded."""
        bounded = self.bound(x)
        return self.scale(bounded + (bounded.round() - bounded).detach())

    def scale(self, values: Tensor) -> Tensor:
        return values * 2 / (self.levels - 1) - 1

    def ids(self, x: Tensor) -> Tensor:
        """[..., len(levels)] -> unit ids [...]."""
        return (self.bound(x).round().long() * self.steps).sum(-1)

    def values(self, ids: Tensor) -> Tensor:
        """Unit ids [...] -> [..., len(levels)] in [-1, 1]."""
        return self.scale((ids[..., None] // self.steps % self.levels).float())


class UnitEncoder(nn.Module):
    """Normalised features [batch, frames_per_unit * units, width] -> unquantised [batch, units, len(levels)]."""

    def __init__(self, config: SpeechTokenConfig) -> None:
        super().__init__()
        self.per_unit = config.frames_per_unit
        self.fold = nn.Linear(config.layout.width * self.per_unit, config.channels)
        self.blocks = nn.ModuleList(ConvNeXtBlock(config.channels, 5, 2) for _ in range(config.encoder_blocks))
        self.head = nn.Linear(config.channels, len(config.levels))

    def forward(self, features: Tensor) -> Tensor:
        batch, frames, width = features.shape
        states = self.fold(features.reshape(batch, frames // self.per_unit, self.per_unit * width))
        for block in self.blocks:
            states = block(states)
        return self.head(states)


class UnitDecoder(nn.Module):
    """Quantised [batch, units, len(levels)] -> normalised features [batch, frames_per_unit * units, width] (voicing: logit).

    It looks `ahead` units into the future, and a few frames.
    """

    kernel, fine_kernel, fine_channels = 7, 5, 128

    def __init__(self, config: SpeechTokenConfig) -> None:
        super().__init__()
        self.per_unit = config.frames_per_unit
        self.unfold = nn.Linear(len(config.levels), config.channels)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(config.channels, self.kernel, int(i < config.ahead)) for i in range(config.decoder_blocks)
        )
        self.stretch = nn.Linear(config.channels, self.per_unit * self.fine_channels)
        self.fine = nn.ModuleList(ConvNeXtBlock(self.fine_channels, self.fine_kernel, 2) for _ in range(2))
        self.head = nn.Linear(self.fine_channels, config.layout.width)

    def forward(self, values: Tensor) -> Tensor:
        states = self.unfold(values)
        for block in self.blocks:
            states = block(states)
        states = self.stretched(states)
        for block in self.fine:
            states = block(states)
        return self.head(states)

    def stretched(self, states: Tensor) -> Tensor:
        """[batch, units, channels] -> [batch, frames_per_unit * units, fine_channels]."""
        return self.stretch(states).reshape(len(states), -1, self.fine_channels)


class SpeechCodec(nn.Module):
    """Encoder, quantiser and decoder with the scale of each feature."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: SpeechTokenConfig) -> None:
        super().__init__()
        self.config = config
        self.quantizer = Quantizer(config.levels)
        self.encoder, self.decoder = UnitEncoder(config), UnitDecoder(config)
        self.register_buffer("mean", torch.zeros(config.layout.width))
        self.register_buffer("deviation", torch.ones(config.layout.width))

    def normalise(self, features: Tensor) -> Tensor:
        return (features - self.mean) / self.deviation

    def encode(self, features: Tensor) -> Tensor:
        """Voice features [frames, width], those of whole units, -> unit ids [units]."""
        return self.quantizer.ids(self.encoder(self.normalise(features)[None])[0])

    def decode(self, units: Tensor) -> Tensor:
        """Unit ids [n] -> voice features [frames_per_unit * n, width] that `SourceFilter` takes (voicing 0..1)."""
        return self.scaled(self.decoder(self.quantizer.values(units)[None])[0])

    def scaled(self, normal: Tensor) -> Tensor:
        """Normalised features [frames, width], voicing as a logit -> features."""
        features = normal * self.deviation + self.mean
        voicing = self.config.layout.voicing
        features[:, voicing] = normal[:, voicing].sigmoid()
        return features
