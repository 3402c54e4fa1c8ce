"""Resampling as the released models' own code does it, to compare with them; elsewhere `engine.speech.resample` is better."""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
import torch

_ZEROS = 6  # zero crossings of the sine to either side
_ROLL_OFF = 0.99  # of the lower of the two Nyquist frequencies
_BLOCK = 4096  # phases computed at a time: memory stays bounded


def resample(samples: np.ndarray, rate: float, wanted: float) -> np.ndarray:
    """Float32 [n] at `rate` -> float32 [ceil(n * wanted / rate)] at `wanted`, both whole numbers of samples per second.

    Every output is a sum over a sine divided by its argument under half a period of a squared cosine (Hann), centred on
    its own moment. Upstream: torchaudio.functional.resample with its default settings. Raises `ValueError` for other rates.
    """
    if not (rate > 0 and wanted > 0 and rate == int(rate) and wanted == int(wanted)):
        raise ValueError(f"Sound cannot be brought from {rate} to {wanted} samples per second: both must be whole numbers.")
    shared = gcd(int(rate), int(wanted))
    step, phases = int(rate) // shared, int(wanted) // shared
    cutoff = min(step, phases) * _ROLL_OFF
    reach = ceil(_ZEROS * step / cutoff)
    kernels = _kernels(step, phases, cutoff, reach)  # [reach + step + reach, phases]
    count = -(-len(samples) * phases // step)
    padded = torch.nn.functional.pad(torch.from_numpy(np.array(samples, np.float32)), (reach, reach + step))
    windows = padded.unfold(0, len(kernels), step)
    parts = [part @ kernels for part in windows.split(_BLOCK)]
    return torch.cat(parts).flatten()[:count].numpy()


def _kernels(step: int, phases: int, cutoff: float, reach: int) -> torch.Tensor:
    """Weights of input samples -reach ... step + reach - 1, for outputs at 0, 1/phases, 2/phases ... of `step` samples."""
    inputs = torch.arange(-reach, step + reach, dtype=torch.float64)[:, None] / step
    outputs = torch.arange(phases, dtype=torch.float64) / phases
    at = ((inputs - outputs) * cutoff).clamp(-_ZEROS, _ZEROS)
    window = torch.cos(at * torch.pi / (2 * _ZEROS)).square()
    return (torch.sinc(at) * window * cutoff / step).float()
