"""From what the listener heard to the language model's states."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class WrenAdaptor(nn.Module):
    """Listener features [positions, 2 * classes], 0..1 -> states [positions, dim] that take the embeddings' place."""

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.up, self.out = nn.Linear(features, dim), nn.Linear(dim, dim)

    def forward(self, features: Tensor) -> Tensor:
        return self.out(F.gelu(self.up(features)))
