"""Wren's ear: a transformer that was trained on many people's speech, from samples to states, about 41.7 a second.

The architecture is the encoder of Moonshine (Jeffries et al., 2024, "Moonshine: Speech Recognition for Live Transcription and
Voice Commands", section 3.1; `MoonshineEncoder` in transformers): three convolutions straight from the samples, then pre-norm
layers whose attention sees the whole sound, with rotary positions on most of each head.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.wren.listener_config import EncoderConfig

FRAME = 384
"""Samples between two states (24 ms at 16 kHz): the product of the three strides."""
_KERNELS, _STRIDES = (127, 7, 3), (64, 3, 2)
SEEN = _KERNELS[0] + _STRIDES[0] * (_KERNELS[1] - 1 + _STRIDES[1] * (_KERNELS[2] - 1))
"""Samples under the convolutions of one state, from `FRAME` times its number on."""


class SpeechEncoder(nn.Module):
    """[batch, samples at 16 kHz] -> [batch, frames, dim]; see `frames`.

    Loudness is taken out over the whole input, and every state sees all of it: a part of a sound gives other states than the
    same part within a longer one.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config, dim = config, config.dim
        (k1, k2, k3), (s1, s2, s3) = _KERNELS, _STRIDES
        self.first = nn.Conv1d(1, dim, k1, stride=s1, bias=False)
        self.level = nn.GroupNorm(1, dim, eps=1e-5)
        self.second = nn.Conv1d(dim, 2 * dim, k2, stride=s2)
        self.third = nn.Conv1d(2 * dim, dim, k3, stride=s3)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(dim, eps=config.norm_eps, bias=False)

    @staticmethod
    def frames(samples: int) -> int:
        """How many states `samples` samples give."""
        return max(0, (samples - SEEN) // FRAME + 1)

    def forward(self, samples: Tensor) -> Tensor:
        states = self.level(self.first(samples[:, None]).tanh())
        states = F.gelu(self.third(F.gelu(self.second(states)))).mT
        cos, sin = self._angles(states.shape[1])
        for layer in self.layers:
            states = layer(states, cos, sin)
        return self.norm(states)

    def _angles(self, length: int) -> tuple[Tensor, Tensor]:
        """Cosines and sines [length, rotary_dim / 2] of the angles by which pairs are turned."""
        config = self.config
        frequencies = config.rope_theta ** (-torch.arange(0, config.rotary_dim, 2, dtype=torch.float32) / config.rotary_dim)
        angles = torch.arange(length)[:, None] * frequencies
        return angles.cos(), angles.sin()


class EncoderLayer(nn.Module):
    """[batch, frames, dim] -> the same shape."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.heads, self.head_dim, dim = config.heads, config.head_dim, config.dim
        self.attention_norm = nn.LayerNorm(dim, eps=config.norm_eps, bias=False)
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim, bias=False)
        self.mlp_norm = nn.LayerNorm(dim, eps=config.norm_eps, bias=False)
        self.up, self.down = nn.Linear(dim, config.ffn), nn.Linear(config.ffn, dim)

    def forward(self, states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, dim = states.shape
        mixed = self.qkv(self.attention_norm(states)).view(batch, length, 3, self.heads, self.head_dim)
        q, k, v = mixed.permute(2, 0, 3, 1, 4)
        heard = F.scaled_dot_product_attention(turned(q, cos, sin), turned(k, cos, sin), v)
        states = states + self.out(heard.transpose(1, 2).reshape(batch, length, dim))
        return states + self.down(F.gelu(self.up(self.mlp_norm(states))))


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions: neighbours are the pairs; of [..., length, head_dim] what is beyond the angles stays."""
    even, odd = x[..., : 2 * cos.shape[-1]].unflatten(-1, (-1, 2)).unbind(-1)
    pairs = torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)
    return torch.cat([pairs, x[..., 2 * cos.shape[-1] :]], -1)
