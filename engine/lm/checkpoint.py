"""Reading and writing weights as safetensors, with matrices and kernels optionally stored as int8 rows and their scales."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

_BYTES, _SCALE = ".int8", ".scale"
_SMALLEST = 16


def read(path: Path | str) -> dict[str, torch.Tensor]:
    """All tensors of a safetensors file of one's own by name, as `unpacked`.

    Raises `FileNotFoundError`, or `ValueError` with a sentence for a file that cannot be used.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"The weights {path.name} are not in {path.parent}: the model is not wholly installed.")
    try:
        stored = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path.name} is damaged or not a safetensors file ({error}): install it again.") from error
    return unpacked(stored, path.name)


def unpacked(stored: Mapping[str, torch.Tensor], file: str) -> dict[str, torch.Tensor]:
    """Tensors by name; what is stored as X.int8 [rows, ...] and X.scale [rows] comes as X.

    Raises `ValueError` with a sentence that names the file for a matrix without its scales.
    """
    tensors = {}
    for name, tensor in stored.items():
        if name.endswith(_BYTES):
            base = name.removesuffix(_BYTES)
            if tensor.dim() < 2 or base + _SCALE not in stored or stored[base + _SCALE].shape != tensor.shape[:1]:
                raise ValueError(f"{file} has {name} without {base + _SCALE}, one for each row: install it again.")
            tensors[base] = tensor.float() * stored[base + _SCALE].float().view(-1, *[1] * (tensor.dim() - 1))
        elif not (name.endswith(_SCALE) and name.removesuffix(_SCALE) + _BYTES in stored):
            tensors[name] = tensor
    return tensors


def write(path: Path | str, tensors: Mapping[str, torch.Tensor], int8: bool = False) -> None:
    """Writes tensors to a safetensors file; with `int8`, matrices and kernels as rounded rows of 8 bits with one scale each.

    Those with very few or very short rows stay as they are: little is to be saved there, and much to be lost.
    """
    stored = {}
    for name, tensor in tensors.items():
        rows = tensor.float().flatten(1) if tensor.dim() >= 2 else tensor
        if int8 and rows.dim() == 2 and min(rows.shape) >= _SMALLEST and tensor.is_floating_point():
            scale = rows.abs().amax(1).clamp(min=1e-12) / 127
            stored[name + _BYTES] = (rows / scale.unsqueeze(1)).round().to(torch.int8).view(tensor.shape).contiguous()
            stored[name + _SCALE] = scale
        else:
            stored[name] = tensor.contiguous()
    save_file(stored, path)
