"""Which graphics cards are in this computer, by the system's own lists: no driver and no library is needed for it. No torch."""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VENDORS = {"10de": "NVIDIA", "1002": "AMD", "8086": "Intel"}
_DISPLAY = "0x03"  # the PCI class of what draws, or computes as what draws does
_MOST = 64


@dataclass(frozen=True)
class Card:
    """`vendor` is NVIDIA, AMD, Intel or "" for others; `name` what the system calls it, else made of its numbers."""

    vendor: str
    name: str


def look(root: Path = Path("/")) -> tuple[Card, ...]:
    """The cards of this computer, those that compute first. `root`: where `sys` and `proc` are, on Linux."""
    if sys.platform == "win32":
        found = list(_windows())
    elif sys.platform.startswith("linux"):
        found = list(_linux(root))
    else:
        found = []
    order = list(VENDORS.values())
    return tuple(sorted(found[:_MOST], key=lambda card: order.index(card.vendor) if card.vendor in order else len(order)))


def driver(root: Path = Path("/")) -> str:
    """The version of NVIDIA's driver that the kernel has loaded, such as 580.65.06; empty without one, or off Linux."""
    text = _read(root / "proc" / "driver" / "nvidia" / "version", 4096)
    found = re.search(r"Kernel Module\D*?(?:x86_64|aarch64)?\s+(\d+\.\d+(?:\.\d+)?)", text)
    return found[1] if found else ""


def _linux(root: Path) -> Iterator[Card]:
    names = _nvidia_names(root)
    for place in sorted((root / "sys" / "bus" / "pci" / "devices").glob("*"))[:1000]:
        if not _read(place / "class", 20).startswith(_DISPLAY):
            continue
        vendor, device = (_read(place / name, 20).strip().removeprefix("0x").lower() for name in ("vendor", "device"))
        maker = VENDORS.get(vendor, "")
        name = names.get(place.name.lower()) or f"{maker or 'graphics'} card ({vendor}:{device})"
        yield Card(maker, name)
    if (root / "dev" / "dxg").exists():  # Windows' Linux has no list of cards, but a way to NVIDIA's driver
        yield Card("NVIDIA" if (root / "usr" / "lib" / "wsl" / "lib" / "libcuda.so.1").exists() else "", "Windows' graphics card")


def _nvidia_names(root: Path) -> dict[str, str]:
    """By the place on the bus, as NVIDIA's driver tells it."""
    found = {}
    for place in (root / "proc" / "driver" / "nvidia" / "gpus").glob("*"):
        model = re.search(r"^Model:\s*(.+?)\s*$", _read(place / "information", 4096), re.MULTILINE)
        if model:
            found[place.name.lower()] = " ".join(model[1].split())[:80]
    return found


def _read(path: Path, most: int) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(most).decode("utf-8", "replace")
    except OSError:
        return ""


def _windows() -> Iterator[Card]:
    if sys.platform != "win32":
        return

    class Device(ctypes.Structure):
        _fields_ = [
            ("size", ctypes.c_ulong),
            ("name", ctypes.c_wchar * 32),
            ("text", ctypes.c_wchar * 128),
            ("flags", ctypes.c_ulong),
            ("id", ctypes.c_wchar * 128),
            ("key", ctypes.c_wchar * 128),
        ]

    seen, number = set(), 0
    device = Device(size=ctypes.sizeof(Device))
    while number < _MOST and ctypes.windll.user32.EnumDisplayDevicesW(None, number, ctypes.byref(device), 0):
        number += 1
        vendor = re.search(r"VEN_([0-9A-Fa-f]{4})", device.id)
        if vendor and (device.text, device.id) not in seen:  # a card is listed once for each of its outlets
            seen.add((device.text, device.id))
            yield Card(VENDORS.get(vendor[1].lower(), ""), device.text)
