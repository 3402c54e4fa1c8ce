"""In how many bits a language model's weights are kept, and which type it computes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import torch

from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder

Precision = Literal["fp32", "bf16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


def compute_type(precision: Precision) -> torch.dtype:
    """The type of activations and KV cache; int8 keeps matrices in 8 bits and computes in bfloat16.

    Raises `ValueError` with a sentence for a precision that does not exist.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"There is no precision {precision!r}: choose one of {', '.join(PRECISIONS)}.")
    return torch.float32 if precision == "fp32" else torch.bfloat16


def build_decoder(
    config: LMConfig, tensors: Mapping[str, torch.Tensor], precision: Precision = "fp32", device: torch.device | str = "cpu"
) -> Decoder:
    """A decoder of that precision on that device, from tensors that are read one after the other."""
    return Decoder(config, tensors, compute_type(precision), device, int8=precision == "int8")
