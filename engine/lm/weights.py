"""The weights of a decoder as its layers want them, whatever runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch

from engine.lm.config import LMConfig


class LayerWeights(NamedTuple):
    """Matrices are [out, in]. Of queries and keys those dimensions are neighbours that are rotated together."""

    attention_norm: torch.Tensor
    qkv: torch.Tensor  # (heads + 2 kv_heads) * head_dim outputs
    qkv_bias: torch.Tensor | None
    out: torch.Tensor
    ffn_norm: torch.Tensor
    gate_up: torch.Tensor  # 2 * ffn outputs
    down: torch.Tensor


class WeightReader:
    """Takes a decoder's tensors, under Hugging Face Llama's names, out of a mapping; a missing `lm_head.weight` is the embedding.

    Every method raises `KeyError` for a missing tensor and `ValueError` for one of the wrong shape. Matrices come as copies of
    the type `matrices`; where that is None, as they are stored, to be looked at and not to be kept. All else comes as `dtype`.
    """

    def __init__(
        self,
        config: LMConfig,
        tensors: Mapping[str, torch.Tensor],
        dtype: torch.dtype,
        device: torch.device,
        matrices: torch.dtype | None,
    ) -> None:
        self._config, self._tensors = config, tensors
        self._dtype, self._device, self._matrices = dtype, device, matrices

    @property
    def is_tied(self) -> bool:
        """Whether the head is the embedding."""
        return "lm_head.weight" not in self._tensors

    def embedding(self) -> torch.Tensor:
        return self._take("model.embed_tokens.weight", self._config.vocabulary, self._config.dim)

    def head(self) -> torch.Tensor:
        return self.embedding() if self.is_tied else self._take("lm_head.weight", self._config.head_rows, self._config.dim)

    def norm(self) -> torch.Tensor:
        return self._take("model.norm.weight", self._config.dim)

    def layer(self, number: int) -> LayerWeights:
        config, prefix = self._config, f"model.layers.{number}."
        q_size, kv_size = config.heads * config.head_dim, config.kv_heads * config.head_dim
        attention, mlp = prefix + "self_attn.", prefix + "mlp."
        turned = _rotary_order(config)
        sizes = (("q", q_size), ("k", kv_size), ("v", kv_size))
        q, k, v = (self._take(f"{attention}{name}_proj.weight", size, config.dim) for name, size in sizes)
        bias = None
        if config.qkv_bias:
            qb, kb, vb = (self._take(f"{attention}{name}_proj.bias", size) for name, size in sizes)
            bias = torch.cat([turned(qb), turned(kb), vb])
        gate_up = [self._take(f"{mlp}{name}_proj.weight", config.ffn, config.dim) for name in ("gate", "up")]
        return LayerWeights(
            attention_norm=self._take(prefix + "input_layernorm.weight", config.dim),
            qkv=torch.cat([turned(q), turned(k), v]),
            qkv_bias=bias,
            out=self._take(attention + "o_proj.weight", config.dim, q_size),
            ffn_norm=self._take(prefix + "post_attention_layernorm.weight", config.dim),
            gate_up=torch.cat(gate_up),
            down=self._take(mlp + "down_proj.weight", config.dim, config.ffn),
        )

    def _take(self, name: str, *shape: int) -> torch.Tensor:
        if name not in self._tensors:
            raise KeyError(f"The weights lack {name}: the checkpoint is incomplete or of another model.")
        tensor = self._tensors[name]
        if tuple(tensor.shape) != shape:
            raise ValueError(f"{name} is {list(tensor.shape)}, but the model's config asks for {list(shape)}.")
        if len(shape) == 2 and self._matrices is None:
            return tensor.detach().to(self._device)
        dtype = self._matrices if self._matrices and len(shape) == 2 else self._dtype
        return tensor.detach().to(self._device, dtype, copy=True)  # the tensor may be a file mapped into memory


def _rotary_order(config: LMConfig) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function that reorders the rows of a q or k projection so that rotary pairs are neighbours (2i, 2i + 1).

    The same reordering of queries and keys leaves their products as they were.
    """
    order = torch.arange(config.head_dim)
    if not config.rope_interleaved:
        order[: config.rotary_dim] = order[: config.rotary_dim].view(2, -1).t().flatten()
    return lambda rows: rows.unflatten(0, (-1, config.head_dim))[:, order.to(rows.device)].flatten(0, 1)
