"""What runs a decoder's layers: torch (the reference, and graphics cards), or onnxruntime (the faster one on processors)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import get_args

import torch

from engine.lm.config import LMConfig
from engine.lm.decoder import Backend, Decoder

BACKENDS: tuple[Backend, ...] = get_args(Backend)
"""The first is what is used unless something else is wanted."""
VARIABLE = "REFRAIN_BACKEND"
"""An environment variable that names the one to use."""


def wanted() -> Backend:
    """What models are to be loaded with. Raises `ValueError` with a sentence for one that does not exist."""
    named = os.environ.get(VARIABLE) or BACKENDS[0]
    found = next((backend for backend in BACKENDS if backend == named), None)
    if found is None:
        raise ValueError(f"{VARIABLE} is {named!r}: it may be one of {', '.join(BACKENDS)}.")
    return found


def make_decoder(config: LMConfig, tensors: Mapping[str, torch.Tensor], bits: int = 32) -> Decoder:
    """A decoder on the processor; `bits` (32, 8 or 4) are those of its matrices where onnxruntime runs it, else 32.

    Raises as `Decoder` and `wanted`.
    """
    if wanted() == "torch" or config.head_dim % 16:  # other heads its attention refuses
        return Decoder(config, tensors)
    from engine.lm.graph import Bits
    from engine.lm.graph_decoder import GraphDecoder

    return GraphDecoder(config, tensors, Bits(bits))
