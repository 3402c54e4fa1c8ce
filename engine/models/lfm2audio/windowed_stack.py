"""A stack of LFM2's layers, short convolutions and attention within a window, over positions that come piece by piece.

What a layer keeps of earlier positions has a fixed size, so that neither memory nor the cost of a piece grows. One sequence at a
time, [positions, dim]. The names of the weights are the release's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class StackConfig:
    """`attends` says of every layer whether it is attention or a convolution of `taps` positions."""

    dim: int
    attends: tuple[bool, ...]
    heads: int
    kv_heads: int
    feed_forward: int
    window: int  # positions that one sees, itself included
    taps: int
    eps: float
    rope_theta: float
    conv_bias: bool = False

    def __post_init__(self) -> None:
        if self.dim % (2 * self.heads):
            raise ValueError(f"{self.dim} dimensions cannot be split into {self.heads} attention heads of an even size.")
        if self.heads % self.kv_heads:
            raise ValueError(f"{self.heads} attention heads cannot share {self.kv_heads} KV heads evenly.")

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads


class Sight(NamedTuple):
    """What new positions see: the last held ones and those before them in their own piece."""

    cos: Tensor  # [held + new, head_dim / 2], of the rotary angles
    sin: Tensor
    mask: Tensor  # [new, held + new]


class Sights:
    """Cuts the `Sight` of a piece out of tables, made once, for pieces of at most `longest` positions.

    Rotary attention sees only distances. So a position is numbered within the window and not from the start of the reply:
    tables stay short, and angles exact, however long it gets.
    """

    def __init__(self, config: StackConfig, longest: int, device: torch.device | str) -> None:
        self.behind = config.window - 1
        """Positions that are held at most."""
        places = torch.arange(self.behind + longest)
        powers = torch.arange(0, config.head_dim, 2, dtype=torch.float) / config.head_dim
        angles = torch.outer(places.float(), 1.0 / config.rope_theta**powers)
        self._cos, self._sin = angles.cos().to(device), angles.sin().to(device)
        distance = places[self.behind :, None] - places
        self._mask = ((distance >= 0) & (distance < config.window)).to(device)

    def of(self, held: int, new: int) -> Sight:
        """Of `new` positions after `held` ones, at most `behind`."""
        first, last = self.behind - held, self.behind + new
        return Sight(self._cos[first:last], self._sin[first:last], self._mask[:new, first:last])


class ShortConvolution(nn.Module):
    """A gated depthwise convolution over the present and the last few positions; holds its last inputs."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        dim, bias = config.dim, config.conv_bias
        self.in_proj = nn.Linear(dim, 3 * dim, bias)
        self.conv = nn.Conv1d(dim, dim, config.taps, groups=dim, bias=bias)
        self.out_proj = nn.Linear(dim, dim, bias)

    def start(self) -> Tensor:
        """Nothing before the first position: zeros [taps - 1, dim]."""
        channels, _, taps = self.conv.weight.shape
        return self.conv.weight.new_zeros(taps - 1, channels)

    def forward(self, states: Tensor, held: Tensor, sight: Sight) -> tuple[Tensor, Tensor]:
        before, after, values = self.in_proj(states).chunk(3, -1)
        known, new = torch.cat([held, before * values]), len(states)
        # A sum of shifted products: on a processor a grouped convolution of so few positions takes far longer.
        taps = self.conv.weight[:, 0].unbind(1)
        mixed = torch.stack([known[i : i + new] * tap for i, tap in enumerate(taps)]).sum(0)
        if self.conv.bias is not None:
            mixed = mixed + self.conv.bias
        return self.out_proj(after * mixed), known[new:].clone()


class WindowAttention(nn.Module):
    """Grouped-query attention to the last positions; holds their keys, not yet rotated, and values."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        dim, keys = config.dim, config.kv_heads * config.head_dim
        self.heads, self.kv_heads, self.behind = config.heads, config.kv_heads, config.window - 1
        self.q_proj, self.out_proj = nn.Linear(dim, dim, bias=False), nn.Linear(dim, dim, bias=False)
        self.k_proj, self.v_proj = nn.Linear(dim, keys, bias=False), nn.Linear(dim, keys, bias=False)
        self.q_layernorm = nn.RMSNorm(config.head_dim, config.eps)
        self.k_layernorm = nn.RMSNorm(config.head_dim, config.eps)

    def start(self) -> Tensor:
        """No keys and values: [2, KV heads, 0, head_dim]."""
        return self.q_layernorm.weight.new_zeros(2, self.kv_heads, 0, len(self.q_layernorm.weight))

    def forward(self, states: Tensor, held: Tensor, sight: Sight) -> tuple[Tensor, Tensor]:
        new = len(states)
        query = self.q_layernorm(self.q_proj(states).unflatten(1, (self.heads, -1)))
        key = self.k_layernorm(self.k_proj(states).unflatten(1, (self.kv_heads, -1)))
        value = self.v_proj(states).unflatten(1, (self.kv_heads, -1))
        known = torch.cat([held, torch.stack([key, value]).transpose(1, 2)], 2)
        query = _rotated(query.transpose(0, 1), sight.cos[-new:], sight.sin[-new:])
        keys, values = _rotated(known[0], sight.cos, sight.sin), known[1]
        mixed = F.scaled_dot_product_attention(query[None], keys[None], values[None], sight.mask, enable_gqa=True)
        kept = known[:, :, max(0, known.shape[2] - self.behind) :].clone()  # without what it was cut out of
        return self.out_proj(mixed[0].transpose(0, 1).flatten(1)), kept


class GatedFeedForward(nn.Module):
    """SwiGLU: `w1` is the gate, `w3` what it lets through, `w2` the way back."""

    def __init__(self, dim: int, inner: int) -> None:
        super().__init__()
        self.w1, self.w3 = nn.Linear(dim, inner, bias=False), nn.Linear(dim, inner, bias=False)
        self.w2 = nn.Linear(inner, dim, bias=False)

    def forward(self, states: Tensor) -> Tensor:
        return self.w2(F.silu(self.w1(states)) * self.w3(states))


class StackLayer(nn.Module):
    """Attention or a convolution, then a feed-forward network, each on normalised states and added to its input."""

    def __init__(self, config: StackConfig, attends: bool) -> None:
        super().__init__()
        self.operator_norm = nn.RMSNorm(config.dim, config.eps)
        self.self_attn = WindowAttention(config) if attends else None
        self.conv = None if attends else ShortConvolution(config)
        self.ffn_norm = nn.RMSNorm(config.dim, config.eps)
        self.feed_forward = GatedFeedForward(config.dim, config.feed_forward)

    @property
    def operator(self) -> WindowAttention | ShortConvolution:
        found = self.self_attn or self.conv
        assert found is not None
        return found

    def forward(self, states: Tensor, held: Tensor, sight: Sight) -> tuple[Tensor, Tensor]:
        """[n, dim] and what the operator holds -> the same of after these positions."""
        mixed, held = self.operator(self.operator_norm(states), held, sight)
        states = states + mixed
        return states + self.feed_forward(self.ffn_norm(states)), held


class WindowedStack(nn.Module):
    """The layers and the norm after them."""

    layers: Sequence[StackLayer]  # a ModuleList, whose type does not say what it holds

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(StackLayer(config, attends) for attends in config.attends)  # type: ignore[assignment]
        self.embedding_norm = nn.RMSNorm(config.dim, config.eps)  # so named in the release, although it is the last

    def start(self) -> list[Tensor]:
        """What the layers hold before the first position."""
        return [layer.operator.start() for layer in self.layers]

    def forward(self, states: Tensor, held: list[Tensor], sight: Sight) -> tuple[Tensor, list[Tensor]]:
        """[n, dim] at the next positions, and what the layers hold of earlier ones -> states [n, dim], and what they hold now."""
        after = []
        for layer, past in zip(self.layers, held, strict=True):
            states, kept = layer(states, past, sight)
            after.append(kept)
        return self.embedding_norm(states), after


def _rotated(heads: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """[heads, n, head_dim], in pairs (i, i + head_dim / 2), by angles [n, head_dim / 2]."""
    first, second = heads.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)
