"""A decoder by the back end that is wanted: torch (the reference, and graphics cards), or onnxruntime (faster on processors)."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from engine.lm import backend_choice
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder


def make_decoder(config: LMConfig, tensors: Mapping[str, torch.Tensor], bits: int = 32) -> Decoder:
    """A decoder on the processor; `bits` (32, 8 or 4) are those of its matrices where onnxruntime runs it, else 32.

    Raises as `Decoder` and `backend_choice.wanted`.
    """
    if backend_choice.wanted() == "torch" or config.head_dim % 16:  # other heads its attention refuses
        return Decoder(config, tensors)
    from engine.lm.graph import Bits
    from engine.lm.graph_decoder import GraphDecoder

    return GraphDecoder(config, tensors, Bits(bits))
