"""Step-Audio-2's velocity estimator: a diffusion transformer over mel frames that can be fed piece by piece.

Each block is attention, then two causal convolutions, then a feed-forward network; the time of the ODE step shifts, scales
and gates all three (Peebles and Xie, 2023, section 3.2, adaLN-Zero; upstream: cosyvoice2/flow/decoder_dit.py, DiT). There
are no positions: order comes from the convolutions alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.speech.release import configured, sized

WHAT = "The vocoder's estimator"
TIME_FEATURES = 256
_WIDEST = 100.0


@dataclass(frozen=True)
class DiTConfig:
    """The sizes of the estimator; `in_channels` are those of x, mu, the speaker and the condition together."""

    in_channels: int
    out_channels: int
    hidden_size: int
    depth: int
    num_heads: int
    head_dim: int
    mlp_ratio: float = 4.0

    def __post_init__(self) -> None:
        if self.num_heads < 1 or self.head_dim < 1 or self.mlp_ratio > _WIDEST:
            raise ValueError(f"{self.num_heads} heads of {self.head_dim} channels, a network {self.mlp_ratio} times as wide")

    @classmethod
    def from_release(cls, fields: Mapping[str, Any]) -> DiTConfig:
        """From the fields of a release's `estimator:` object. Raises `ValueError` with a sentence."""
        with configured(WHAT):
            return sized(
                WHAT,
                cls(
                    in_channels=fields["in_channels"],
                    out_channels=fields["out_channels"],
                    hidden_size=fields["hidden_size"],
                    depth=fields["depth"],
                    num_heads=fields["num_heads"],
                    head_dim=fields["head_dim"],
                    mlp_ratio=fields.get("mlp_ratio", 4.0),
                ),
                deep=("depth",),
            )


class DiTBlockState(NamedTuple):
    """What a block keeps of the frames it has seen: keys, values [batch, heads, frames, head_dim], and the last two
    inputs of each convolution [batch, hidden, 2]."""

    keys: Tensor
    values: Tensor
    first: Tensor
    second: Tensor


StepState = tuple[DiTBlockState, ...]
"""What the estimator keeps at one ODE step, block by block. Never written to: it may be shared and gone back to."""


class DiTTimeEmbedding(nn.Module):
    """The time in [0, 1] as cosines and sines of 1000 t, through two layers."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(TIME_FEATURES, hidden), nn.SiLU(), nn.Linear(hidden, hidden))

    def forward(self, time: Tensor) -> Tensor:
        """[batch] -> [batch, hidden]."""
        half = TIME_FEATURES // 2
        rates = torch.exp(torch.arange(half, device=time.device, dtype=torch.float32) * (-math.log(10_000.0) / half))
        angles = 1000 * time[:, None].float() * rates
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=-1).to(next(self.mlp.parameters()).dtype))


class DiTAttention(nn.Module):
    """Attention with normalised queries and keys; every new frame sees every new frame and all that is kept."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        inner = config.num_heads * config.head_dim
        self.heads = config.num_heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(config.hidden_size, inner) for _ in range(3))
        self.q_norm, self.k_norm = (nn.LayerNorm(config.head_dim) for _ in range(2))
        self.proj = nn.Linear(inner, config.hidden_size)

    def forward(self, states: Tensor, keys: Tensor, values: Tensor, newest_first: bool) -> tuple[Tensor, Tensor, Tensor]:
        query, key, value = (
            layer(states).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.to_q, self.to_k, self.to_v)
        )
        query, key = self.q_norm(query), self.k_norm(key)
        keys = torch.cat([key, keys] if newest_first else [keys, key], dim=2)
        values = torch.cat([value, values] if newest_first else [values, value], dim=2)
        mixed = F.scaled_dot_product_attention(query, keys, values)
        return self.proj(mixed.transpose(1, 2).flatten(2)), keys, values


class Transpose(nn.Module):
    """[batch, n, channels] <-> [batch, channels, n]."""

    def forward(self, states: Tensor) -> Tensor:
        return states.transpose(1, 2)


class CausalConvolutions(nn.Module):
    """Two convolutions over a frame and the two before it, with a norm between. The places in `block` are the release's."""

    kept = 2

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            Transpose(),
            nn.Conv1d(channels, channels, self.kept + 1),
            Transpose(),
            nn.LayerNorm(channels),
            nn.Mish(),
            Transpose(),
            nn.Conv1d(channels, channels, self.kept + 1),
            Transpose(),
        )

    def forward(self, states: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[batch, n, channels] and what was kept -> the same shape, what to keep."""
        outer = torch.cat([first, self.block[0](states)], dim=2)
        inner = torch.cat([second, self.block[1:6](outer)], dim=2)
        return self.block[6:](inner), outer[:, :, -self.kept :], inner[:, :, -self.kept :]


class DiTFeedForward(nn.Module):
    """Two linear layers with the approximate GELU between."""

    def __init__(self, hidden: int, inner: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(hidden, inner)
        self.fc2 = nn.Linear(inner, hidden)

    def forward(self, states: Tensor) -> Tensor:
        return self.fc2(F.gelu(self.fc1(states), approximate="tanh"))


def modulated(states: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Normalised frames, scaled and shifted by what the time says."""
    return F.layer_norm(states, states.shape[-1:], eps=1e-6) * (1 + scale) + shift


class DiTBlock(nn.Module):
    """Attention, convolutions and a feed-forward network, each shifted, scaled and gated by the time, added to its input."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        hidden = config.hidden_size
        self.attn = DiTAttention(config)
        self.mlp = DiTFeedForward(hidden, int(hidden * config.mlp_ratio))
        self.conv = CausalConvolutions(hidden)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(hidden, 9 * hidden))

    def forward(self, states: Tensor, time: Tensor, past: DiTBlockState, newest_first: bool) -> tuple[Tensor, DiTBlockState]:
        modulation = self.adaLN_modulation(time)[:, None].chunk(9, dim=-1)
        (shift_a, scale_a, gate_a), (shift_f, scale_f, gate_f), (shift_c, scale_c, gate_c) = (
            modulation[i : i + 3] for i in (0, 3, 6)
        )
        mixed, keys, values = self.attn(modulated(states, shift_a, scale_a), past.keys, past.values, newest_first)
        states = states + gate_a * mixed
        convolved, first, second = self.conv(modulated(states, shift_c, scale_c), past.first, past.second)
        states = states + gate_c * convolved
        states = states + gate_f * self.mlp(modulated(states, shift_f, scale_f))
        return states, DiTBlockState(keys, values, first, second)


class FinalLayer(nn.Module):
    """Normalised, shifted and scaled by the time, then into the output's width."""

    def __init__(self, hidden: int, out: int) -> None:
        super().__init__()
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(hidden, 2 * hidden))
        self.linear = nn.Linear(hidden, out)

    def forward(self, states: Tensor, time: Tensor) -> Tensor:
        return self.linear(modulated(states, *self.adaLN_modulation(time)[:, None].chunk(2, dim=-1)))


class DiT(nn.Module):
    """The estimator. The names of the weights are those of the release, below `decoder.estimator.`."""

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        self.t_embedder = DiTTimeEmbedding(config.hidden_size)
        self.in_proj = nn.Linear(config.in_channels, config.hidden_size)
        self.blocks = nn.ModuleList(DiTBlock(config) for _ in range(config.depth))
        self.final_layer = FinalLayer(config.hidden_size, config.out_channels)

    def start(self, batch: int) -> StepState:
        """The state before the first frame: no keys, zeros before the convolutions."""
        config, like = self.config, self.in_proj.weight
        nothing = like.new_zeros(batch, config.num_heads, 0, config.head_dim)
        zeros = like.new_zeros(batch, config.hidden_size, CausalConvolutions.kept)
        return (DiTBlockState(nothing, nothing, zeros, zeros),) * config.depth

    def stream(self, frames: Tensor, time: Tensor, past: StepState, newest_first: bool = False) -> tuple[Tensor, StepState]:
        """The velocities of the next frames.

        `frames` [batch, in_channels, n] (x, mu, speaker, condition), `time` [batch] in [0, 1], `past` of the same ODE step
        -> [batch, out_channels, n] and the state after them. `newest_first` keeps keys and values in the order of the
        reference implementation; it changes nothing here, but decides what `kept_frames` keeps.
        """
        states, time = self.in_proj(frames.transpose(1, 2)), self.t_embedder(time)
        kept = []
        for block, before in zip(self.blocks, past, strict=True):
            states, after = block(states, time, before, newest_first)
            kept.append(after)
        return self.final_layer(states, time).transpose(1, 2), tuple(kept)


def kept_frames(state: StepState, first: int, last: int) -> StepState:
    """The state with the keys and values of only its `first` first and `last` last frames, where it holds more."""
    if state[0].keys.shape[2] <= first + last:
        return state
    return tuple(block._replace(keys=_ends(block.keys, first, last), values=_ends(block.values, first, last)) for block in state)


def _ends(frames: Tensor, first: int, last: int) -> Tensor:
    return torch.cat([frames[:, :, :first], frames[:, :, frames.shape[2] - last :]], dim=2)
