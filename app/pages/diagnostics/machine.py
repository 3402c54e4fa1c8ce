"""What the program runs on: versions, processor and memory. No Qt, and nothing heavy is imported to learn its version."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from engine import installed
from engine.gpu import cards, state
from engine.models.checkpoints.memory import main_memory

Row = tuple[str, str]
Rows = list[Row]
UNKNOWN = "unknown"
LIBRARIES = ("torch", "numpy", "pyqtgraph", "sounddevice", "soxr")


def versions() -> Rows:
    """May take some milliseconds: the packages are looked up on disk."""
    return [
        ("Refrain", installed.version()),
        ("Installed as", str(installed.installation())),
        ("Python", f"{platform.python_version()} ({platform.python_implementation()})"),
        *((name, package(name)) for name in LIBRARIES),
    ]


def package(name: str, otherwise: str = "not installed") -> str:
    """The version of a package, without importing it."""
    try:
        return version(name)
    except PackageNotFoundError:
        return otherwise


def hardware() -> Rows:
    """The system, the processor and graphics cards. May start a short-lived program to ask."""
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
        ("Graphics", _graphics()),
        ("GPU pack", _pack()),
    ]


def memory() -> Rows:
    """Total and free memory, now; quick."""
    total, free = main_memory()
    return [("Memory", f"{_gigabytes(free)} free of {_gigabytes(total)}")]


def _graphics() -> str:
    """Which cards the system lists, and NVIDIA's driver; the Models page says whether they can be used."""
    found, driver = cards.look(), cards.driver()
    names = ", ".join(card.name for card in found) or "no card was found"
    return f"{names}; NVIDIA's driver {driver}" if driver else names


def _pack() -> str:
    now = state.read(state.home())
    return now.use or (f"left aside: {now.aside}" if now.aside else "none")


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
