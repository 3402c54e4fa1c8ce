"""How much memory this machine has. torch only where a graphics card is looked for."""

from __future__ import annotations

import logging

import psutil

_log = logging.getLogger(__name__)


def main_memory() -> tuple[int, int]:
    """Bytes in all, and bytes that can be used now; 0 and 0 where the system does not tell."""
    try:
        found = psutil.virtual_memory()
    except (OSError, RuntimeError, psutil.Error) as error:
        _log.warning("The system does not tell its memory.", exc_info=error)
        return 0, 0
    return found.total, found.available


def graphics_card() -> tuple[str, int]:
    """The name and all bytes of the card with the most memory; "" and 0 without one that CUDA can use."""
    try:
        import torch

        if not torch.cuda.is_available():
            return "", 0
        found = [torch.cuda.get_device_properties(number) for number in range(torch.cuda.device_count())]
    except (ImportError, OSError, RuntimeError, AssertionError) as error:  # a driver that does not fit
        _log.warning("No graphics card can be used.", exc_info=error)
        return "", 0
    best = max(found, key=lambda one: one.total_memory, default=None)
    return (best.name, best.total_memory) if best else ("", 0)


def free_video_memory() -> int:
    """Bytes that can be used now of the card that models are loaded on; 0 without one that CUDA can use."""
    import torch

    return torch.cuda.mem_get_info()[0] if torch.cuda.is_available() else 0
