"""The weights of a decoder as its layers want them, whatever runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch

from engine.lm.config import LMConfig


class LayerWeights(NamedTuple):
    """Of a layer with attention. Matrices are [out, in]. Of queries and keys those dimensions are neighbours that are rotated
    together.
    """

    attention_norm: torch.Tensor
    qkv: torch.Tensor  # (heads + 2 kv_heads) * head_dim outputs
    qkv_bias: torch.Tensor | None
    q_norm: torch.Tensor | None  # head_dim
    k_norm: torch.Tensor | None
    out: torch.Tensor
    ffn_norm: torch.Tensor
    gate_up: torch.Tensor  # 2 * ffn outputs
    down: torch.Tensor


class ConvWeights(NamedTuple):
    """Of a layer with a gated short convolution. Matrices are [out, in]."""

    norm: torch.Tensor
    gates: torch.Tensor  # 3 dim outputs: what is let in, what is let out, and what passes through the first
    taps: torch.Tensor  # [taps, dim], the last for the present position
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
        attention = prefix + "self_attn."
        turned = _rotary_order(config)
        sizes = (("q", q_size), ("k", kv_size), ("v", kv_size))
        q, k, v = (self._take(f"{attention}{name}_proj.weight", size, config.dim) for name, size in sizes)
        bias = None
        if config.qkv_bias:
            qb, kb, vb = (self._take(f"{attention}{name}_proj.bias", size) for name, size in sizes)
            bias = torch.cat([turned(qb), turned(kb), vb])
        q_norm, k_norm = (
            turned(self._take(f"{attention}{name}_norm.weight", config.head_dim)) if config.qk_norm else None for name in "qk"
        )
        ffn_norm, gate_up, down = self._ffn(prefix)
        return LayerWeights(
            attention_norm=self._take(prefix + "input_layernorm.weight", config.dim),
            qkv=torch.cat([turned(q), turned(k), v]),
            qkv_bias=bias,
            q_norm=q_norm,
            k_norm=k_norm,
            out=self._take(attention + "o_proj.weight", config.dim, q_size),
            ffn_norm=ffn_norm,
            gate_up=gate_up,
            down=down,
        )

    def convolution(self, number: int) -> ConvWeights:
        """As `layer`, of one of the config's `conv_layers`; what there is no Llama name for has LFM2's."""
        config, prefix = self._config, f"model.layers.{number}."
        ffn_norm, gate_up, down = self._ffn(prefix)
        return ConvWeights(
            norm=self._take(prefix + "input_layernorm.weight", config.dim),
            gates=self._take(prefix + "conv.in_proj.weight", 3 * config.dim, config.dim),
            taps=self._take(prefix + "conv.conv.weight", config.dim, 1, config.conv_taps)[:, 0].t().contiguous(),
            out=self._take(prefix + "conv.out_proj.weight", config.dim, config.dim),
            ffn_norm=ffn_norm,
            gate_up=gate_up,
            down=down,
        )

    def any_layer(self, number: int) -> LayerWeights | ConvWeights:
        """A layer of either kind."""
        return self.convolution(number) if number in self._config.conv_layers else self.layer(number)

    def _ffn(self, prefix: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Norm, gate and up, and down."""
        config, mlp = self._config, prefix + "mlp."
        gate_up = [self._take(f"{mlp}{name}_proj.weight", config.ffn, config.dim) for name in ("gate", "up")]
        norm = self._take(prefix + "post_attention_layernorm.weight", config.dim)
        return norm, torch.cat(gate_up), self._take(mlp + "down_proj.weight", config.dim, config.ffn)

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
