"""In how many bits a language model's weights are kept, which type it computes in, and what runs it.

On the processor 8 and 4 bits are onnxruntime's, where that is the back end wanted. 32 and 16 bits are torch's everywhere: in 32
both read the same bytes, which is what a big model's step waits for, and 16 bits are a type that onnxruntime's processor kernels
do not compute in. A graphics card is torch's, too.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from engine.lm.backends import graph_decoder, wants_graphs
from engine.lm.bits import Bits
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder
from engine.models.checkpoints.precision_choice import PRECISIONS, Precision

GRAPHS: Mapping[Precision, Bits] = {"int8": Bits(8), "int4": Bits(4, wide=1 / 8)}
"""How onnxruntime keeps matrices. Of 4 bits the lowest eighth of the layers is not made: errors there go through all others."""
_ONLY_GRAPHS: tuple[Precision, ...] = ("int4",)


def graph_bits(precision: Precision, config: LMConfig, device: torch.device | str) -> Bits | None:
    """How onnxruntime keeps the matrices of a model of this shape; None where torch runs it."""
    return GRAPHS.get(precision) if str(device) == "cpu" and wants_graphs(config) else None


def offered(config: LMConfig, device: torch.device | str) -> tuple[Precision, ...]:
    """The precisions that a model of this shape has on a device, the most bits first."""
    return tuple(one for one in PRECISIONS if one not in _ONLY_GRAPHS or graph_bits(one, config, device))


def check_offered(precision: Precision, config: LMConfig, device: torch.device | str) -> None:
    """Raises `ValueError` with a sentence for a precision that there is not, there."""
    if precision not in (found := offered(config, device)):
        what = f"no precision {precision!r}" if precision not in PRECISIONS else f"{precision} only on processors, by onnxruntime"
        raise ValueError(f"There is {what}: choose one of {', '.join(found)}.")


def compute_type(precision: Precision, config: LMConfig, device: torch.device | str) -> torch.dtype:
    """The type of activations and KV cache: torch's 8 bits compute in bfloat16, onnxruntime's in float32.

    Raises as `check_offered`.
    """
    check_offered(precision, config, device)
    return torch.float32 if precision == "fp32" or graph_bits(precision, config, device) else torch.bfloat16


def build_decoder(
    config: LMConfig, tensors: Mapping[str, torch.Tensor], precision: Precision = "fp32", device: torch.device | str = "cpu"
) -> Decoder:
    """A decoder of that precision on that device, from tensors that are read one after the other. Raises as `check_offered`."""
    computes = compute_type(precision, config, device)
    if bits := graph_bits(precision, config, device):
        return graph_decoder(config, tensors, bits)
    return Decoder(config, tensors, computes, device, int8=precision == "int8")
