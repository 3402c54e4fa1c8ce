"""The random decoder once more, written down plainly: every position through every layer, no cache."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
import torch.nn.functional as F

from tests.engine.random_lm import SHAPE, random_tensors


def dense(
    states: torch.Tensor,
    left_out: Mapping[int, Collection[int]] | None = None,
    unchanged: Mapping[int, Collection[int]] | None = None,
    layers: int = SHAPE.layers,
    seed: int = 0,
) -> torch.Tensor:
    """States [n, dim] of positions 0..n-1 -> their states after `layers` layers.

    In layer l nobody attends to the positions `left_out[l]`, and the states of those of `unchanged[l]` pass as they are.
    """
    tensors, n, d = random_tensors(SHAPE, seed), len(states), SHAPE.head_dim
    angles = torch.outer(torch.arange(n, dtype=torch.float), 10000.0 ** (-torch.arange(0, d, 2) / d)).repeat(1, 2)

    def norm(x, name):
        return F.rms_norm(x, (SHAPE.dim,), tensors[name], SHAPE.norm_eps)

    def heads(x, rotate):
        x = x.view(n, -1, d).transpose(0, 1)
        return x * angles.cos() + torch.cat([-x[..., d // 2 :], x[..., : d // 2]], -1) * angles.sin() if rotate else x

    x = states
    for index in range(layers):
        prefix = f"model.layers.{index}."
        mask = torch.full((n, n), float("-inf")).triu_(1)
        hidden = torch.tensor(sorted((left_out or {}).get(index, ())), dtype=torch.long)
        mask[:, hidden] = float("-inf")
        mask[hidden, hidden] = 0.0  # rows that nobody reads need something to attend to
        h = norm(x, prefix + "input_layernorm.weight")
        q, k, v = (heads(h @ tensors[f"{prefix}self_attn.{name}_proj.weight"].t(), name != "v") for name in "qkv")
        k, v = (part.repeat_interleave(SHAPE.heads // SHAPE.kv_heads, 0) for part in (k, v))
        h = ((q @ k.transpose(1, 2) / d**0.5 + mask).softmax(-1) @ v).transpose(0, 1).reshape(n, -1)
        after = x + h @ tensors[prefix + "self_attn.o_proj.weight"].t()
        h = norm(after, prefix + "post_attention_layernorm.weight")
        gate, up = (h @ tensors[f"{prefix}mlp.{name}_proj.weight"].t() for name in ("gate", "up"))
        after = after + (F.silu(gate) * up) @ tensors[prefix + "mlp.down_proj.weight"].t()
        still = torch.tensor(sorted((unchanged or {}).get(index, ())), dtype=torch.long)
        after[still] = x[still]
        x = after
    return x
