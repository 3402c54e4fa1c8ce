"""GLM-4-Voice's velocity estimator: a U-Net over time whose levels are residual convolutions and transformer blocks.

Upstream: ConditionalDecoder of cosyvoice/flow/decoder.py, built from Matcha-TTS (Mehta et al., 2023) and diffusers; the
weights' names are those of the release. Attention reaches over all frames. Upstream adds its mask of ones and zeros to the
scores, which does nothing where no frame is padding, and here none ever is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.speech.release import configured, require, sized

WHAT = "The vocoder's estimator"
_MOST_BLOCKS = 2_000
GROUPS = 8  # of the group norms
TIME_SCALE = 1000.0
TIME_EXPANSION = 4  # of the time embedding and of the feed-forward networks


@dataclass(frozen=True)
class UNetConfig:
    """Sizes: `inputs` channels are those of x, mu, the speaker and the condition together; `channels` are those of the levels."""

    inputs: int
    outputs: int
    channels: tuple[int, ...]
    blocks: int
    mid_blocks: int
    heads: int
    head_width: int

    def __post_init__(self) -> None:
        if not self.channels or self.inputs < 4 or self.inputs % 2 or self.heads < 1:
            raise ValueError(f"{self.inputs} channels in, {len(self.channels)} levels, {self.heads} heads")

    @classmethod
    def from_release(cls, fields: Mapping[str, Any]) -> Self:
        """From the fields of a release's `estimator:` object. Raises `ValueError` with a sentence for one we do not have."""
        with configured(WHAT):
            require(WHAT, fields, act_fn="gelu")
            config = sized(
                WHAT,
                cls(
                    inputs=fields["in_channels"],
                    outputs=fields["out_channels"],
                    channels=tuple(fields["channels"]),
                    blocks=fields["n_blocks"],
                    mid_blocks=fields["num_mid_blocks"],
                    heads=fields["num_heads"],
                    head_width=fields["attention_head_dim"],
                ),
                deep=("blocks", "mid_blocks"),
            )
            if (blocks := (2 * len(config.channels) + config.mid_blocks) * config.blocks) > _MOST_BLOCKS:
                raise ValueError(f"{blocks:,} blocks in all")
            return config


class UNetTimeEmbedding(nn.Module):
    """A time in [0, 1] to a vector: sines and cosines, then two linear layers."""

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.features = features
        self.linear_1, self.linear_2 = nn.Linear(features, dim), nn.Linear(dim, dim)

    def forward(self, t: Tensor) -> Tensor:
        """[batch] -> [batch, dim]."""
        half = self.features // 2
        rates = torch.exp(torch.arange(half, device=t.device, dtype=t.dtype) * (-math.log(10_000.0) / (half - 1)))
        angles = TIME_SCALE * t[:, None] * rates
        return self.linear_2(F.silu(self.linear_1(torch.cat([angles.sin(), angles.cos()], dim=1))))


class UNetConvBlock(nn.Module):
    """Convolution over three frames, group norm, Mish."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.block = nn.Sequential(nn.Conv1d(inputs, outputs, 3, padding=1), nn.GroupNorm(GROUPS, outputs), nn.Mish())

    def forward(self, x: Tensor) -> Tensor:
        return self.block(x)


class ResNet(nn.Module):
    """Two convolution blocks with the time added between them, and a way past both."""

    def __init__(self, inputs: int, outputs: int, time_dim: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Mish(), nn.Linear(time_dim, outputs))
        self.block1, self.block2 = UNetConvBlock(inputs, outputs), UNetConvBlock(outputs, outputs)
        self.res_conv = nn.Conv1d(inputs, outputs, 1)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        return self.block2(self.block1(x) + self.mlp(time)[:, :, None]) + self.res_conv(x)


class UNetAttention(nn.Module):
    """Every frame looks at every frame."""

    def __init__(self, dim: int, heads: int, width: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(dim, heads * width, bias=False) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(heads * width, dim)])

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (one(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for one in (self.to_q, self.to_k, self.to_v))
        return self.to_out[0](F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class Gelu(nn.Module):
    """A linear layer and an exact GELU, under diffusers' name for it."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.proj = nn.Linear(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.proj(x))


class UNetFeedForward(nn.Module):
    """diffusers' FeedForward: two linear layers with a GELU between."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        inner = TIME_EXPANSION * dim
        self.net = nn.Sequential(Gelu(dim, inner), nn.Identity(), nn.Linear(inner, dim))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class TransformerBlock(nn.Module):
    """Attention, then a feed-forward network, each on normalised rows and added to its input."""

    def __init__(self, dim: int, heads: int, width: int) -> None:
        super().__init__()
        self.norm1, self.attn1 = nn.LayerNorm(dim), UNetAttention(dim, heads, width)
        self.norm3, self.ff = nn.LayerNorm(dim), UNetFeedForward(dim)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, frames, dim] -> the same shape."""
        x = x + self.attn1(self.norm1(x))
        return x + self.ff(self.norm3(x))


class Halve(nn.Module):
    """Half the frames, rounded up."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 3, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Double(nn.Module):
    """Twice the frames."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose1d(channels, channels, 4, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Level(nn.ModuleList):
    """A ResNet, transformer blocks, and what leads to the next level's rate, if that is another one."""

    def __init__(self, resnet: ResNet, blocks: nn.Sequential, resample: nn.Module | None) -> None:
        super().__init__([resnet, blocks] if resample is None else [resnet, blocks, resample])

    def forward(self, x: Tensor, time: Tensor) -> tuple[Tensor, Tensor]:
        """[batch, inputs, frames] -> this level's [batch, outputs, frames], and the same at the next level's rate."""
        resnet, blocks, *resample = self
        x = blocks(resnet(x, time).transpose(1, 2)).transpose(1, 2)
        return x, resample[0](x) if resample else x


class UNet(nn.Module):
    """An `engine.speech.flow.Estimator`. Without weights of its own: see `engine.speech.weights.fill`."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        levels, last = config.channels, len(config.channels) - 1
        time_dim = TIME_EXPANSION * levels[0]
        self.time_mlp = UNetTimeEmbedding(config.inputs, time_dim)

        def level(inputs: int, outputs: int, resample: nn.Module | None = None) -> Level:
            blocks = (TransformerBlock(outputs, config.heads, config.head_width) for _ in range(config.blocks))
            return Level(ResNet(inputs, outputs, time_dim), nn.Sequential(*blocks), resample)

        def plain(channels: int) -> nn.Module:
            return nn.Conv1d(channels, channels, 3, padding=1)

        self.down_blocks = nn.ModuleList(
            level(levels[i - 1] if i else config.inputs, width, plain(width) if i == last else Halve(width))
            for i, width in enumerate(levels)
        )
        self.mid_blocks = nn.ModuleList(level(levels[-1], levels[-1]) for _ in range(config.mid_blocks))
        ascending = [*reversed(levels), levels[0]]
        self.up_blocks = nn.ModuleList(
            level(2 * ascending[i], ascending[i + 1], (plain if i == last else Double)(ascending[i + 1])) for i in range(last + 1)
        )
        self.final_block = UNetConvBlock(levels[0], levels[0])
        self.final_proj = nn.Conv1d(levels[0], config.outputs, 1)

    def forward(self, frames: Tensor, t: Tensor) -> Tensor:
        """frames [batch, inputs, n], t [batch] -> velocity [batch, outputs, n]."""
        x, time, skipped = frames, self.time_mlp(t), []
        for level in self.down_blocks:
            skip, x = level(x, time)
            skipped.append(skip)
        for level in self.mid_blocks:
            x, _ = level(x, time)
        for level in self.up_blocks:
            skip = skipped.pop()
            _, x = level(torch.cat([x[:, :, : skip.shape[2]], skip], dim=1), time)
        return self.final_proj(self.final_block(x))
