"""The released language models' shapes, and random weights for them that are made when they are asked for, not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from zlib import crc32

import torch

from engine.lm.config import LMConfig

SHAPES = {
    "glm4voice": LMConfig(
        168_960, dim=4096, layers=40, heads=32, kv_heads=2, head_dim=128, ffn=13_696, norm_eps=3.90625e-08,
        rotary_dim=64, rope_interleaved=True, qkv_bias=True, context=8192,
    ),
    "stepaudio2": LMConfig(
        158_720, dim=3584, layers=28, heads=28, kv_heads=4, head_dim=128, ffn=18_944, norm_eps=1e-6,
        rope_theta=1e6, qkv_bias=True, context=16_384,
    ),
}  # fmt: skip
"""By family."""

_DRAWN = 4_194_301
"""Different values, one after the other again and again: a prime, so that no two rows of a matrix are the same."""


class RandomWeights(Mapping[str, torch.Tensor]):
    """A decoder's tensors under Llama's names, in bfloat16 as they are released: each is the same whenever it is asked for.

    Matrices keep the size of what goes through, norms do nothing.
    """

    def __init__(self, config: LMConfig) -> None:
        self._pool = torch.randn(_DRAWN, generator=torch.Generator().manual_seed(0)).bfloat16()
        queries, kv = config.heads * config.head_dim, config.kv_heads * config.head_dim
        self._shapes: dict[str, tuple[int, ...]] = {
            "model.embed_tokens.weight": (config.vocabulary, config.dim),
            "model.norm.weight": (config.dim,),
            "lm_head.weight": (config.head_rows, config.dim),
        }
        for layer in (f"model.layers.{number}." for number in range(config.layers)):
            for name, rows in (("q", queries), ("k", kv), ("v", kv)):
                self._shapes[f"{layer}self_attn.{name}_proj.weight"] = rows, config.dim
                if config.qkv_bias:
                    self._shapes[f"{layer}self_attn.{name}_proj.bias"] = (rows,)
            self._shapes |= {
                f"{layer}self_attn.o_proj.weight": (config.dim, queries),
                f"{layer}mlp.gate_proj.weight": (config.ffn, config.dim),
                f"{layer}mlp.up_proj.weight": (config.ffn, config.dim),
                f"{layer}mlp.down_proj.weight": (config.dim, config.ffn),
                f"{layer}input_layernorm.weight": (config.dim,),
                f"{layer}post_attention_layernorm.weight": (config.dim,),
            }

    def __getitem__(self, name: str) -> torch.Tensor:
        shape = self._shapes[name]
        if name.endswith("norm.weight"):
            return torch.ones(shape, dtype=torch.bfloat16)
        size = 1.0 if name == "model.embed_tokens.weight" else 0.02 if len(shape) == 1 else shape[-1] ** -0.5
        start, count = crc32(name.encode()) % _DRAWN, prod(shape)
        return (self._pool.repeat(-(-(start + count) // _DRAWN))[start : start + count] * size).view(shape)

    def __contains__(self, name: object) -> bool:
        return name in self._shapes

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)
