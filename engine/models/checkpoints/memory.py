"""How much memory this machine has, without any package for it. torch only where a graphics card is looked for."""

from __future__ import annotations

import ctypes
import logging
import os
import subprocess
import sys
from pathlib import Path

_log = logging.getLogger(__name__)


def main_memory() -> tuple[int, int]:
    """Bytes in all, and bytes that can be used now; 0 and 0 where the system does not tell."""
    try:
        if sys.platform == "win32":
            return _windows()
        return _mac() if sys.platform == "darwin" else _linux()
    except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
        _log.warning("The system does not tell its memory.", exc_info=error)
        return 0, 0


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


def _linux() -> tuple[int, int]:
    lines = Path("/proc/meminfo").read_text().splitlines()
    values = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
    return values["MemTotal"], values["MemAvailable"]


def _mac() -> tuple[int, int]:
    page = os.sysconf("SC_PAGE_SIZE")
    told = subprocess.run(["/usr/bin/vm_stat"], capture_output=True, text=True, timeout=5, check=True).stdout
    pages = {name: int(rest.strip(" .")) for name, _, rest in (line.partition(":") for line in told.splitlines()[1:])}
    free = sum(pages.get(f"Pages {kind}", 0) for kind in ("free", "inactive", "purgeable", "speculative"))
    return page * os.sysconf("SC_PHYS_PAGES"), page * free


def _windows() -> tuple[int, int]:
    class Status(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "page", "page_free", "own", "own_free", "extended")),
        ]

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return 0, 0
    return status.total, status.free
