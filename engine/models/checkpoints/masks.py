"""Which ids of a vocabulary may come: bool masks, made once and shared."""

from __future__ import annotations

from collections.abc import Iterable

import torch


def mask(vocabulary: int, *ids: Iterable[int], device: torch.device | str = "cpu") -> torch.Tensor:
    """[vocabulary]: true for every id that is named."""
    made = torch.zeros(vocabulary, dtype=torch.bool)
    for group in ids:
        made[list(group)] = True
    return made.to(device)
