"""What the program runs on: versions, processor and memory. No Qt, and nothing heavy is imported to learn its version."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

Rows = list[tuple[str, str]]
UNKNOWN = "unknown"
LIBRARIES = ("torch", "transformers", "numpy", "pyqtgraph", "sounddevice", "soxr")


def versions() -> Rows:
    """May take some milliseconds: the packages are looked up on disk."""
    frozen = ", frozen" if getattr(sys, "frozen", False) else ""
    python = f"{platform.python_version()} ({platform.python_implementation()}{frozen})"
    return [
        ("Refrain", installed("refrain", "from its source tree")),
        ("Python", python),
        *((name, installed(name)) for name in LIBRARIES),
    ]


def installed(package: str, otherwise: str = "not installed") -> str:
    """The version of a package, without importing it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return otherwise


def hardware() -> Rows:
    """The system and the processor. May start a short-lived program to ask."""
    try:
        release = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        release = ""
    system = f"{platform.system()} {platform.release()}"
    cores = os.cpu_count() or UNKNOWN
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return [
        ("System", f"{release}, {system}" if release else f"{system} {platform.version()}".strip()),
        ("Processor", f"{_processor()} ({platform.machine()})"),
        ("Cores", f"{cores}" if cores == usable else f"{cores}, {usable} of them for this program"),
    ]


def memory() -> Rows:
    """Total and free memory, now; quick."""
    total, free = _memory()
    return [("Memory", f"{_gigabytes(free)} free of {_gigabytes(total)}")]


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size else UNKNOWN


def _processor() -> str:
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        try:
            return subprocess.run(command, capture_output=True, text=True, timeout=5).stdout.strip() or UNKNOWN
        except (OSError, subprocess.TimeoutExpired):
            return UNKNOWN
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or UNKNOWN
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(filter(None, names), platform.processor() or UNKNOWN)


def _memory() -> tuple[int, int]:
    """Total and free bytes; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        sizes = {line.partition(":")[0]: int(line.split()[1]) * 1024 for line in lines}
        return sizes["MemTotal"], sizes["MemAvailable"]
    except (OSError, ValueError, LookupError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), 0
    except (ValueError, OSError):
        return 0, 0


def _windows_memory() -> tuple[int, int]:
    class Status(ctypes.Structure):
        _fields_ = [
            ("size", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "p1", "p2", "v1", "v2", "v3")),
        ]

    status = Status()
    status.size = ctypes.sizeof(status)
    known = ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status))
    return (status.total, status.free) if known else (0, 0)
