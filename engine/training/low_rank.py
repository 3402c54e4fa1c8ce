"""Low-rank updates of a trained language model (LoRA, arXiv 2106.09685), and the heads that parallel decoding needs besides."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.wren.low_rank import FUSED
from engine.training.network import TrainedLM

RANK = 32
MATRICES = tuple(FUSED)


class LowRank(nn.Module):
    """x @ (weight + up @ down).T with `weight` as it is and `up` at first 0: the start is the matrix itself."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) * linear.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + F.linear(F.linear(x, self.down), self.up)

    @property
    def weight(self) -> Tensor:
        """The updated matrix [out, in]."""
        return self.linear.weight + self.up @ self.down


class AdaptedLM(nn.Module):
    """A `TrainedLM` of which only updates of the layers' matrices and the norms are trained.

    With `slots` there are as many heads [rows, dim] over the ids `spoken`, which begin as the model's own rows: slot i of a
    position says its i-th speech token.
    """

    def __init__(self, model: TrainedLM, spoken: Tensor, slots: int = 0, rank: int = RANK) -> None:
        super().__init__()
        self.model = model.requires_grad_(False)
        self.spoken = spoken
        for layer in model.layers:
            for name in MATRICES:
                setattr(layer, name, LowRank(getattr(layer, name), rank))
            layer.attention_norm.requires_grad_(True)
            layer.mlp_norm.requires_grad_(True)
        model.norm.requires_grad_(True)
        self.heads = nn.ParameterList(model.head.weight.detach()[spoken].clone() for _ in range(slots))

    def trained(self) -> dict[str, nn.Parameter]:
        """What is trained, by name."""
        return {name: parameter for name, parameter in self.named_parameters() if parameter.requires_grad}

    def states(self, ids: Tensor, beside: Tensor, features: Tensor) -> list[Tensor]:
        """ids [batch, length], beside [batch, length, slots] (-1 where nothing stands) -> the states after every layer.

        What shares a position enters as the mean of its embeddings.
        """
        states = self.model.embed(ids, features)
        if self.heads:
            there = (beside >= 0)[..., None]
            total = (self.model.embedding(beside.clamp_min(0)) * there).sum(-2)
            states = (states + total) / (1 + there.sum(-2))
        return self.model.through(states)

    def speech_logits(self, states: Tensor, slot: int) -> Tensor:
        """States [n, dim] after the last layer -> logits [n, rows] over `spoken`."""
        model = self.model
        return F.linear(F.rms_norm(states, (model.config.dim,), model.norm, model.config.norm_eps), self.heads[slot])

    def exported(self) -> dict[str, Tensor]:
        """The update as `engine.models.wren.low_rank` reads it: `up` and `down` of each fused matrix, norms, heads."""
        tensors: dict[str, Tensor] = {"model.norm.weight": self.model.norm}
        for i, layer in enumerate(self.model.blocks):
            prefix = f"model.layers.{i}."
            tensors[f"{prefix}input_layernorm.weight"] = layer.attention_norm
            tensors[f"{prefix}post_attention_layernorm.weight"] = layer.mlp_norm
            for name in MATRICES:
                update = getattr(layer, name)
                tensors |= {f"{prefix}{name}.up": update.up, f"{prefix}{name}.down": update.down}
        tensors |= {f"speech.{slot}": head for slot, head in enumerate(self.heads)}
        return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
