"""A decoder by the back end that is wanted: torch (the reference, and graphics cards), or onnxruntime (faster on processors)."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from engine.lm import backend_choice
from engine.lm.bits import Bits, has_graphs
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder


def wants_graphs(config: LMConfig) -> bool:
    """Whether onnxruntime is to run decoders of this shape, and can. Raises as `backend_choice.wanted`."""
    return backend_choice.wanted() == "onnxruntime" and has_graphs(config)


def make_decoder(config: LMConfig, tensors: Mapping[str, torch.Tensor], bits: Bits) -> Decoder:
    """A decoder on the processor; `bits` are those of its matrices where onnxruntime runs it, torch has them in 32.

    Raises as `Decoder` and `backend_choice.wanted`.
    """
    return graph_decoder(config, tensors, bits) if wants_graphs(config) else Decoder(config, tensors)


def graph_decoder(config: LMConfig, tensors: Mapping[str, torch.Tensor], bits: Bits) -> Decoder:
    """By onnxruntime, which is imported where it is used. Raises as `Decoder`."""
    from engine.lm.graph_decoder import GraphDecoder

    return GraphDecoder(config, tensors, bits)
