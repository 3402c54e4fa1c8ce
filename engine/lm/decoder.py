"""A decoder-only transformer that can run any range of its layers.

At batch 1 a step reads every weight once, so the rest is kept small: fused projections stored [in, out], rotary
positions as one complex product, the residual added inside the matrix product, cache views made once per step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F

from engine.lm.cache import KVCache
from engine.lm.config import LMConfig
from engine.lm.norm import RMSNorm


class _Layer(NamedTuple):
    attention_norm: RMSNorm
    qkv: torch.Tensor  # [dim, (heads + 2 kv_heads) * head_dim]
    qkv_bias: torch.Tensor | None
    out: torch.Tensor  # [heads * head_dim, dim]
    ffn_norm: RMSNorm
    gate_up: torch.Tensor  # [dim, 2 * ffn]
    down: torch.Tensor  # [ffn, dim]


class Decoder:
    """Weights under Hugging Face Llama's names, ready to run; a missing `lm_head.weight` is tied to the embedding.

    Raises `KeyError` for a missing tensor and `ValueError` for one of the wrong shape. Holds no state of a run: one
    decoder serves any number of caches.
    """

    def __init__(
        self,
        config: LMConfig,
        tensors: Mapping[str, torch.Tensor],
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ):
        self.config, self.dtype, self.device = config, dtype, torch.device(device)
        self._tensors = tensors
        self.embedding = self._take("model.embed_tokens.weight", config.vocabulary, config.dim)
        self.norm = self._take_norm("model.norm.weight")
        tied = "lm_head.weight" not in tensors
        head = self.embedding if tied else self._take("lm_head.weight", config.vocabulary, config.dim)
        self.head = head.t().contiguous()  # [dim, vocabulary]
        self._layers = [self._load_layer(f"model.layers.{index}.") for index in range(config.layers)]
        self._rope = _rope_table(config).to(self.device)
        del self._tensors

    def new_cache(self, capacity: int | None = None) -> KVCache:
        """An empty cache of this decoder's type and device."""
        return KVCache(self.config, capacity, self.dtype, self.device)

    @torch.inference_mode()
    def embed(self, ids: Sequence[int] | torch.Tensor) -> torch.Tensor:
        """Token ids [n] -> states [n, dim]."""
        if len(ids) == 1:
            return self.embedding.narrow(0, int(ids[0]), 1)
        return self.embedding[torch.as_tensor(ids, dtype=torch.long, device=self.device)]

    @torch.inference_mode()
    def run(
        self, states: torch.Tensor, start: int, cache: KVCache, first: int = 0, last: int | None = None
    ) -> torch.Tensor:
        """Runs layers[first:last] (by default all) over states [n, dim] at positions start..start+n-1.

        Writes their keys and values, which become the last ones those layers hold, and attends causally to all that
        those layers hold below. Returns the states [n, dim] after layer `last`. Raises `ContextFull` without room.
        """
        config = self.config
        n, heads, kv_heads, head_dim = states.shape[0], config.heads, config.kv_heads, config.head_dim
        last = config.layers if last is None else last
        if n == 0 or first == last:
            return states
        end, groups = start + n, heads // kv_heads
        rope = self._rope[start:end]
        mask = None if n == 1 else _causal_mask(n, end, groups, states)
        x = states.clone()
        views = cache.open(first, last, start, end)
        for layer, keys, values, slot in zip(self._layers[first:last], *views, strict=True):
            h = layer.attention_norm(x)
            h = torch.mm(h, layer.qkv) if layer.qkv_bias is None else torch.addmm(layer.qkv_bias, h, layer.qkv)
            h = h.view(n, heads + 2 * kv_heads, head_dim)
            _rotate(h[:, : heads + kv_heads], rope)
            slot.copy_(h[:, heads:].view(n, 2, kv_heads, head_dim))
            # Query heads that share a KV head become rows of one attention problem: nothing is repeated.
            q = h[:, :heads]
            if n == 1:
                q = q.view(1, kv_heads, groups, head_dim)
                h = F.scaled_dot_product_attention(q, keys, values).reshape(1, heads * head_dim)
            else:
                q = q.view(n, kv_heads, groups, head_dim).permute(1, 2, 0, 3).reshape(1, kv_heads, groups * n, head_dim)
                h = F.scaled_dot_product_attention(q, keys, values, mask)
                h = h.reshape(heads, n, head_dim).transpose(0, 1).reshape(n, heads * head_dim)
            x.addmm_(h, layer.out)
            h = layer.ffn_norm(x)
            gate, up = torch.mm(h, layer.gate_up).chunk(2, -1)
            x.addmm_(F.silu(gate).mul_(up), layer.down)
        cache.close(first, last, end)
        return x

    @torch.inference_mode()
    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """Final norm and head: states [n, dim] after the last layer -> float32 logits [n, vocabulary]."""
        return torch.mm(self.norm(states), self.head).float()

    def _take(self, name: str, *shape: int) -> torch.Tensor:
        if name not in self._tensors:
            raise KeyError(f"The weights lack {name}: the checkpoint is incomplete or of another model.")
        tensor = self._tensors[name]
        if tuple(tensor.shape) != shape:
            raise ValueError(f"{name} is {list(tensor.shape)}, but the model's config asks for {list(shape)}.")
        return tensor.detach().to(self.device, self.dtype)

    def _take_norm(self, name: str) -> RMSNorm:
        return RMSNorm(self._take(name, self.config.dim), self.config.norm_eps)

    def _load_layer(self, prefix: str) -> _Layer:
        config = self.config
        q_size, kv_size = config.heads * config.head_dim, config.kv_heads * config.head_dim
        attention, mlp = prefix + "self_attn.", prefix + "mlp."
        turned = _rotary_order(config)
        q, k, v = (
            self._take(f"{attention}{name}_proj.weight", size, config.dim)
            for name, size in (("q", q_size), ("k", kv_size), ("v", kv_size))
        )
        bias = None
        if config.qkv_bias:
            qb, kb, vb = (
                self._take(f"{attention}{name}_proj.bias", size)
                for name, size in (("q", q_size), ("k", kv_size), ("v", kv_size))
            )
            bias = torch.cat([turned(qb), turned(kb), vb])
        gate_up = [self._take(f"{mlp}{name}_proj.weight", config.ffn, config.dim) for name in ("gate", "up")]
        return _Layer(
            attention_norm=self._take_norm(prefix + "input_layernorm.weight"),
            qkv=torch.cat([turned(q), turned(k), v]).t().contiguous(),
            qkv_bias=bias,
            out=self._take(attention + "o_proj.weight", config.dim, q_size).t().contiguous(),
            ffn_norm=self._take_norm(prefix + "post_attention_layernorm.weight"),
            gate_up=torch.cat(gate_up).t().contiguous(),
            down=self._take(mlp + "down_proj.weight", config.dim, config.ffn).t().contiguous(),
        )


def _rotary_order(config: LMConfig):
    """A function that reorders the rows of a q or k projection so that rotary pairs are neighbours (2i, 2i + 1).

    The same reordering of queries and keys leaves their products as they were.
    """
    order = torch.arange(config.head_dim)
    if not config.rope_interleaved:
        order[: config.rotary_dim] = order[: config.rotary_dim].view(2, -1).t().flatten()
    return lambda rows: rows.unflatten(0, (-1, config.head_dim))[:, order.to(rows.device)].flatten(0, 1)


def _rope_table(config: LMConfig) -> torch.Tensor:
    """Unit complex numbers [context, 1, head_dim / 2]; dimensions that are not rotated have angle 0."""
    powers = torch.arange(0, config.rotary_dim, 2, dtype=torch.float) / config.rotary_dim
    angles = torch.outer(torch.arange(config.context, dtype=torch.float), 1.0 / config.rope_theta**powers)
    angles = F.pad(angles, (0, (config.head_dim - config.rotary_dim) // 2))
    return torch.polar(torch.ones_like(angles), angles).unsqueeze(1)


def _rotate(qk: torch.Tensor, rope: torch.Tensor) -> None:
    """Rotates queries and keys [n, heads, head_dim] in place."""
    if qk.dtype == torch.float32:
        torch.view_as_complex(qk.unflatten(-1, (-1, 2))).mul_(rope)
    else:
        turned = torch.view_as_complex(qk.float().unflatten(-1, (-1, 2))) * rope
        qk.copy_(torch.view_as_real(turned).flatten(-2))


def _causal_mask(n: int, end: int, groups: int, like: torch.Tensor) -> torch.Tensor:
    """Additive mask [groups * n, end] for the last n of `end` positions."""
    mask = torch.full((n, end), float("-inf"), dtype=like.dtype, device=like.device).triu_(end - n + 1)
    return mask if groups == 1 else mask.repeat(groups, 1)
