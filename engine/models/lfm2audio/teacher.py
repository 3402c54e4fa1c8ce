"""The depth transformer for training: all codes of a frame at once, each after the given ones before it, with gradients.

In float32 and written plainly; `engine.models.lfm2audio.depth_transformer` is what replies are made with.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.lm.norm import RMSNorm
from engine.models.lfm2audio.depth_transformer import EPS, HEADS, KV_HEADS, LAYER, ROPE_THETA, TABLES, DepthConfig


class DepthTeacher:
    """As `engine.heads.goal.FrameTeacher`; `norm` is the backbone's last one, of `eps`. Its tensors were checked before."""

    def __init__(
        self, config: DepthConfig, tensors: Mapping[str, Tensor], norm: RMSNorm, eps: float, device: torch.device
    ) -> None:
        self._config, self.eps, self.end = config, eps, config.codes

        def read(name: str) -> Tensor:
            return tensors[name].to(device, torch.float32, copy=True)

        self.norm, self.weight, self.bias = norm.weight, read("depth_linear.weight"), read("depth_linear.bias")
        names = ("operator_norm", "operator.qkv_proj", "operator.bounded_attention.q_layernorm",
                 "operator.bounded_attention.k_layernorm", "operator.out_proj", "ffn_norm", "feed_forward.w1", "feed_forward.w3",
                 "feed_forward.w2")  # fmt: skip
        layers = map(LAYER.format, range(config.layers))
        self._layers = [[read(f"{layer}{name}.weight") for name in names] for layer in layers]
        tables = list(map(TABLES.format, range(config.codebooks)))
        embedding = "to_logits" if config.tied else "embedding"
        self._embeddings = [read(f"{name}{embedding}.weight") for name in tables[:-1]]
        self._heads = [(read(name + "embedding_norm.weight"), read(name + "to_logits.weight")) for name in tables]

    def logits(self, rows: Tensor, codes: Tensor) -> Tensor:
        """See `FrameTeacher`."""
        x = rows.unflatten(1, (self._config.codebooks, -1))
        before = [table[codes[:, codebook]] for codebook, table in enumerate(self._embeddings)]
        x = x + torch.stack([torch.zeros_like(x[:, 0]), *before], 1)
        for layer in self._layers:
            x = self._through(x, *layer)
        found = [F.linear(_normed(x[:, codebook], norm), head) for codebook, (norm, head) in enumerate(self._heads)]
        return torch.stack(found, 1)

    def _through(
        self, x: Tensor, norm: Tensor, qkv: Tensor, q_norm: Tensor, k_norm: Tensor, out: Tensor, ffn_norm: Tensor, gate: Tensor,
        up: Tensor, down: Tensor,
    ) -> Tensor:  # fmt: skip
        """One layer: [n, codebooks, dim] -> the same shape."""
        heads = F.linear(_normed(x, norm), qkv).unflatten(-1, (-1, self._config.head_dim)).transpose(1, 2)
        q, k, v = heads.split([HEADS, KV_HEADS, KV_HEADS], 1)
        q, k = _turned(_normed(q, q_norm)), _turned(_normed(k, k_norm))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True).transpose(1, 2).flatten(2)
        x = x + F.linear(mixed, out)
        h = _normed(x, ffn_norm)
        return x + F.linear(F.silu(F.linear(h, gate)) * F.linear(h, up), down)


def _normed(x: Tensor, weight: Tensor) -> Tensor:
    return F.rms_norm(x, weight.shape, weight, EPS)


def _turned(heads: Tensor) -> Tensor:
    """[n, heads, codebooks, head_dim], neighbouring pairs by their place."""
    size = heads.shape[-1]
    powers = ROPE_THETA ** (torch.arange(0, size, 2, device=heads.device) / size)
    angles = torch.arange(heads.shape[2], device=heads.device)[:, None] / powers
    even, odd, cos, sin = heads[..., ::2], heads[..., 1::2], angles.cos(), angles.sin()
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)
