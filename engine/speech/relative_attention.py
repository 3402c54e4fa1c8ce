"""Self-attention with relative positions, as the speech encoders of CosyVoice's family use it.

The score of a query at position i and a key at position j is (q + u).k + (q + v).p(i - j), over the root of the head's
width (Dai et al., Transformer-XL, section 3.3; upstream: cosyvoice/transformer/attention.py, RelPositionMultiHeadedAttention).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_AT_ONCE = 512  # queries: the memory for their scores grows with the length of a sound, not with its square
KeysValues = tuple[Tensor, Tensor]
"""Keys and values of earlier positions, oldest first: two tensors [batch, heads, positions, head width]."""


def relative_positions(queries: int, keys: int, dim: int, like: Tensor) -> Tensor:
    """[queries + keys - 1, dim]: sines (even places) and cosines (odd) of the distances keys - 1 ... -(queries - 1).

    These are all distances between the newest `queries` of `keys` positions and the positions themselves. Computed in
    float32; `like` gives the device and the type of the result.
    """
    distances = torch.arange(keys - 1, -queries, -1, device=like.device, dtype=torch.float32)
    rates = torch.exp(torch.arange(0, dim, 2, device=like.device, dtype=torch.float32) * (-math.log(10_000.0) / dim))
    angles = distances[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).to(like.dtype)


def by_key(scores: Tensor) -> Tensor:
    """[..., queries, queries + keys - 1] by distance, largest first -> [..., queries, keys] by key."""
    queries, distances = scores.shape[-2:]
    # Key j of query i stands in column queries - 1 - i + j. With one more column the memory, read in rows one shorter,
    # moves back by one column from row to row.
    rows = F.pad(scores, (0, 1)).flatten(-2)[..., queries - 1 : queries - 1 + queries * distances]
    return rows.unflatten(-1, (queries, distances))[..., : distances - queries + 1]


class RelativeAttention(nn.Module):
    """Multi-head attention over relative positions; the names of the weights are those of the releases."""

    def __init__(self, dim: int, heads: int, key_bias: bool = True) -> None:
        super().__init__()
        self.heads, self.width = heads, dim // heads
        self.linear_q = nn.Linear(dim, dim)
        self.linear_k = nn.Linear(dim, dim, bias=key_bias)
        self.linear_v = nn.Linear(dim, dim)
        self.linear_out = nn.Linear(dim, dim)
        self.linear_pos = nn.Linear(dim, dim, bias=False)
        self.pos_bias_u = nn.Parameter(torch.zeros(heads, self.width))
        self.pos_bias_v = nn.Parameter(torch.zeros(heads, self.width))

    def forward(
        self, states: Tensor, positions: Tensor, past: KeysValues | None = None, visible: Tensor | None = None
    ) -> tuple[Tensor, KeysValues]:
        """[batch, n, dim] -> the same shape, and the keys and values of `past` and of these positions.

        `positions` is `relative_positions(n, n + past length, dim, ...)`; `visible` [n, n + past length] is false where
        a query must not look (None: it looks everywhere).
        """
        query, key, value = (self._split(layer(states)) for layer in (self.linear_q, self.linear_k, self.linear_v))
        if past is not None:
            key, value = torch.cat([past[0], key], dim=2), torch.cat([past[1], value], dim=2)
        place = self._split(self.linear_pos(positions)[None])
        count, keys = query.shape[2], key.shape[2]
        parts = []
        for start in range(0, max(1, count), _AT_ONCE):
            end = min(start + _AT_ONCE, count)
            # Of the distances those to these queries, as if no query came after them.
            part, near = query[:, :, start:end], place[:, :, count - end : count - start + keys - 1]
            scores = by_key((part + self.pos_bias_v[:, None]) @ near.transpose(-1, -2)) * self.width**-0.5
            if visible is not None:
                scores = scores.masked_fill(~visible[start:end], float("-inf"))
            parts.append(F.scaled_dot_product_attention(part + self.pos_bias_u[:, None], key, value, attn_mask=scores))
        mixed = torch.cat(parts, dim=2)
        return self.linear_out(mixed.transpose(1, 2).flatten(2)), (key, value)

    def _split(self, states: Tensor) -> Tensor:
        """[batch, n, dim] -> [batch, heads, n, head width]."""
        return states.unflatten(-1, (self.heads, self.width)).transpose(1, 2)
