"""The language model as it is trained: the layers of `engine.lm` over whole batches, with early exits in the loss.

Weights carry the names that `engine.lm.decoder.Decoder` reads, with fused matrices split on export.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.lm.config import LMConfig
from engine.models.wren.adaptor import WrenAdaptor


class Layer(nn.Module):
    """Pre-norm attention and SwiGLU of a Llama layer. [batch, positions, dim] -> the same shape."""

    def __init__(self, config: LMConfig) -> None:
        super().__init__()
        self.heads, dim = config.heads, config.dim
        self.attention_norm, self.mlp_norm = nn.Parameter(torch.ones(dim)), nn.Parameter(torch.ones(dim))
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim, bias=False)
        self.gate_up = nn.Linear(dim, 2 * config.ffn, bias=False)
        self.down = nn.Linear(config.ffn, dim, bias=False)
        self.eps = config.norm_eps

    def forward(self, states: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        batch, length, dim = states.shape
        mixed = self.qkv(F.rms_norm(states, (dim,), self.attention_norm, self.eps))
        q, k, v = mixed.view(batch, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        # Spelled out: on CPU the backward pass of the fused attention is three times slower.
        scores = (q @ k.transpose(-1, -2)).float() * (dim // self.heads) ** -0.5 + mask
        mixed = (scores.softmax(-1).to(v.dtype) @ v).transpose(1, 2).reshape(batch, length, dim)
        states = states + self.out(mixed)
        gate, up = self.gate_up(F.rms_norm(states, (dim,), self.mlp_norm, self.eps)).chunk(2, -1)
        return states + self.down(F.silu(gate) * up)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions as Llama does them: halves of each head are the pairs."""
    low, high = x.chunk(2, -1)
    return torch.cat([low * cos - high * sin, high * cos + low * sin], -1).to(x.dtype)


class TrainedLM(nn.Module):
    """Embedding, adaptor of the listener's features, layers, norm and head."""

    def __init__(self, config: LMConfig, features: int) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.dim)
        self.adaptor = WrenAdaptor(features, config.dim)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.Parameter(torch.ones(config.dim))
        self.head = nn.Linear(config.dim, config.vocabulary, bias=False)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)
        for layer in self.blocks:
            for matrix in (layer.out, layer.down):
                nn.init.normal_(matrix.weight, std=0.02 / (2 * config.layers) ** 0.5)

    @property
    def blocks(self) -> list[Layer]:
        """`layers` by their type, which torch's list does not tell."""
        return [layer for layer in self.layers if isinstance(layer, Layer)]

    def embed(self, ids: Tensor, features: Tensor) -> Tensor:
        """ids [batch, length] (negative where features stand, in order), features [count, width] -> [batch, length, dim]."""
        spoken = ids < 0
        states = self.embedding(ids.clamp_min(0))
        return states.masked_scatter(spoken[..., None], self.adaptor(features).to(states.dtype))

    def states(self, ids: Tensor, features: Tensor, skipped: frozenset[int] = frozenset()) -> list[Tensor]:
        """The states after the embedding and after every layer; a skipped layer passes its input on."""
        return self.through(self.embed(ids, features), skipped)

    def through(self, embedded: Tensor, skipped: frozenset[int] = frozenset()) -> list[Tensor]:
        """States [batch, length, dim] -> those and the ones after every layer."""
        config, length = self.config, embedded.shape[1]
        half = config.head_dim // 2
        angles = torch.arange(length)[:, None] * config.rope_theta ** (-torch.arange(half) / half)
        mask = torch.full((length, length), float("-inf")).triu(1)
        found = [embedded]
        for i, layer in enumerate(self.layers):
            found.append(found[-1] if i in skipped else layer(found[-1], angles.cos(), angles.sin(), mask))
        return found

    def logits(self, states: Tensor) -> Tensor:
        return self.head(F.rms_norm(states, (self.config.dim,), self.norm, self.config.norm_eps))

    def exported(self) -> dict[str, Tensor]:
        """Tensors by Llama's names, and the adaptor's."""
        tensors: dict[str, Tensor] = {"model.embed_tokens.weight": self.embedding.weight, "lm_head.weight": self.head.weight}
        tensors["model.norm.weight"] = self.norm
        tensors |= {f"adaptor.{name}": tensor for name, tensor in self.adaptor.state_dict().items()}
        for i, layer in enumerate(self.blocks):
            q, k, v = layer.qkv.weight.chunk(3)
            gate, up = layer.gate_up.weight.chunk(2)
            named = {
                "self_attn.q_proj": q, "self_attn.k_proj": k, "self_attn.v_proj": v, "self_attn.o_proj": layer.out.weight,
                "mlp.gate_proj": gate, "mlp.up_proj": up, "mlp.down_proj": layer.down.weight,
                "input_layernorm": layer.attention_norm, "post_attention_layernorm": layer.mlp_norm,
            }  # fmt: skip
            tensors |= {f"model.layers.{i}.{name}.weight": tensor for name, tensor in named.items()}
        return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}

    def load_exported(self, tensors: dict[str, Tensor]) -> None:
        """The reverse: goes on from shipped weights."""
        self.embedding.weight.data.copy_(tensors["model.embed_tokens.weight"])
        self.norm.data.copy_(tensors["model.norm.weight"])
        self.adaptor.load_state_dict({n.removeprefix("adaptor."): t for n, t in tensors.items() if n.startswith("adaptor.")})
        self.head.weight.data.copy_(tensors["lm_head.weight"])
        for i, layer in enumerate(self.blocks):
            prefix = f"model.layers.{i}."
            part = {n.removeprefix(prefix).removesuffix(".weight"): t for n, t in tensors.items() if n.startswith(prefix)}
            layer.qkv.weight.data.copy_(torch.cat([part[f"self_attn.{x}_proj"] for x in "qkv"]))
            layer.gate_up.weight.data.copy_(torch.cat([part["mlp.gate_proj"], part["mlp.up_proj"]]))
            layer.out.weight.data.copy_(part["self_attn.o_proj"])
            layer.down.weight.data.copy_(part["mlp.down_proj"])
            layer.attention_norm.data.copy_(part["input_layernorm"])
            layer.mlp_norm.data.copy_(part["post_attention_layernorm"])
