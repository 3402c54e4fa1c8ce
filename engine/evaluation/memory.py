"""How much memory a reply takes."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

_STATM = Path("/proc/self/statm")


def begin(device: torch.device) -> None:
    """Begins a measurement."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def taken(device: torch.device) -> int:
    """Bytes: torch's most on a GPU since `begin`; without one what the process has now, or at most had; 0 where unknown."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if _STATM.exists():
        import resource

        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
