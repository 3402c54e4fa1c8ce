"""The files in which this project keeps weights: matrices perhaps in 8 bits, looked over as those of releases are."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.lm import checkpoint
from engine.models.checkpoints.weights import Weights


def read_packed(path: Path) -> dict[str, torch.Tensor]:
    """All tensors of a safetensors file by name, as `checkpoint.unpacked`. Raises `FileNotFoundError` or `ValueError`."""
    return checkpoint.unpacked(Weights.of_file(path), path.name)
