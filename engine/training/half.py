"""Half precision for the heavy parts of training, on processors that have it.

Where it is only imitated, it takes 15 times as long as single precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor
from torch.optim import _muon


def is_there() -> bool:
    """Whether the processor computes with bfloat16."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def autocast() -> AbstractContextManager[object]:
    """bfloat16 where the processor computes with it."""
    return torch.autocast("cpu", torch.bfloat16) if is_there() else nullcontext()


def muon(matrices: Sequence[Tensor], rate: float) -> torch.optim.Muon:
    """Muon for weights [rows, columns], which turns what it subtracts into something near an orthogonal matrix.

    torch does that in bfloat16 on whatever processor: here in single precision where the processor lacks it.
    """
    if not is_there():
        _muon._zeropower_via_newtonschulz = orthogonalised  # type: ignore[assignment]
    return torch.optim.Muon(matrices, rate, weight_decay=0.02, momentum=0.95, adjust_lr_fn="match_rms_adamw")


def orthogonalised(grad: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """A matrix with the singular vectors of `grad` [rows, columns] and singular values near 1, float32.

    By Newton and Schulz' iteration with a polynomial of the fifth degree (Jordan et al., Muon, 2024).
    """
    first, third, fifth = coefficients
    is_high = grad.shape[0] > grad.shape[1]
    found = grad.float().mT if is_high else grad.float()
    found = found / found.norm().clamp(min=eps)
    for _ in range(steps):
        gram = found @ found.mT
        found = torch.addmm(found, torch.addmm(gram, gram, gram, beta=third, alpha=fifth), found, beta=first)
    return found.mT if is_high else found
