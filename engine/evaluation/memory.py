"""How much memory a reply takes."""

from __future__ import annotations

import psutil
import torch


def begin(device: torch.device) -> None:
    """Begins a measurement."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def taken(device: torch.device) -> int:
    """Bytes: torch's most on a GPU since `begin`; without one what the process has now."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return psutil.Process().memory_info().rss
