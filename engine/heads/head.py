"""A head in training: it begins as the model's own norm and output rows, and learns to say what full depth says."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.heads.recording import Places

Head = Callable[[Tensor], Tensor]
"""States [n, dim] -> logits [n, rows], or what frames are chosen by."""


class TrainedHead(nn.Module):
    """RMSNorm and a linear map: states [n, dim] -> [n, rows]."""

    def __init__(self, norm: Tensor, weight: Tensor, eps: float, bias: Tensor | None = None) -> None:
        super().__init__()
        self.eps = eps
        self.norm, self.weight = nn.Parameter(norm.detach().float().clone()), nn.Parameter(weight.detach().float().clone())
        self.bias = None if bias is None else nn.Parameter(bias.detach().float().clone())

    def forward(self, states: Tensor) -> Tensor:
        return F.linear(F.rms_norm(states, self.norm.shape, self.norm, self.eps), self.weight, self.bias)


def moved(places: Places, device: torch.device) -> Places:
    """The same on a device."""
    return Places(places.states.to(device), places.final.to(device), places.target.to(device))
