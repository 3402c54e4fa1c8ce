"""Matrices as whole numbers with scales for blocks of their rows, as onnxruntime's MatMulNBits takes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from engine.lm.bits import BLOCKS, ROW_SCALE_BLOCK

_AT_ONCE = 1 << 18
"""Values that are rounded at a time: they stay in a processor's cache, and no second matrix in 32 bits is needed."""

_LEAST = 1e-12  # of a scale


class Rounded(NamedTuple):
    whole: NDArray[np.uint8]  # [out, blocks, block * bits / 8]; two numbers of 4 bits a byte, the lower half first
    scales: NDArray[np.float32]  # [out * blocks]
    block: int


def rounded(rows: torch.Tensor, bits: int) -> Rounded:
    """Rows [out, in] in 8 or 4 bits; what a last block lacks is zero.

    Rows that are whole multiples of one 127th of their largest value, as a file with 8-bit rows gives them, stay exactly what
    they are in 8 bits: all blocks of such a row have one scale.
    """
    parts = rows.split(max(1, _AT_ONCE // rows.shape[1]))
    has_one_scale = bits == 8 and all(_has_one_scale(part.float()) for part in parts)
    block = ROW_SCALE_BLOCK if has_one_scale else BLOCKS[bits]
    blocks = -(-rows.shape[1] // block)
    whole = torch.empty(len(rows), blocks, block * bits // 8, dtype=torch.uint8)
    scales = torch.empty(len(rows), blocks)
    at = 0
    for part in parts:
        values = F.pad(part.float(), (0, -rows.shape[1] % block)).view(len(part), blocks, block)
        here = slice(at, at := at + len(part))
        scales[here] = _row_scales(part.float()) if has_one_scale else _block_scales(values, bits)
        whole[here] = _packed(values / scales[here].unsqueeze(-1), bits)
    return Rounded(whole.numpy(), scales.numpy().reshape(-1), block)


def _row_scales(rows: torch.Tensor) -> torch.Tensor:
    """[out, in] -> [out, 1]"""
    return (rows.abs().amax(-1, keepdim=True) / 127).clamp_(min=_LEAST)


def _has_one_scale(rows: torch.Tensor) -> bool:
    multiples = rows / _row_scales(rows)
    return bool((multiples - multiples.round()).abs().max() < 1e-3)


def _block_scales(values: torch.Tensor, bits: int) -> torch.Tensor:
    """[out, blocks, block] -> [out, blocks]. Of 4 bits, -8 to 7, the value furthest from zero gets -8, whatever its sign."""
    if bits == 8:
        return (values.abs().amax(-1) / 127).clamp_(min=_LEAST)
    low, high = values.aminmax(dim=-1)
    return torch.where(high > -low, (high / -8).clamp_(max=-_LEAST), (low / -8).clamp_(min=_LEAST))


def _packed(multiples: torch.Tensor, bits: int) -> torch.Tensor:
    """Multiples of the scales [out, blocks, block], rounded and moved above zero -> bytes [out, blocks, block * bits / 8]."""
    middle = 1 << (bits - 1)
    moved = multiples.round_().clamp_(-middle, middle - 1).add_(middle).to(torch.uint8)
    return moved if bits == 8 else moved[..., 0::2] | (moved[..., 1::2] << 4)
