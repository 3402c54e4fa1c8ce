"""What CUDA's driver says of itself and of its cards, by the driver's own library: no torch and no pack is needed for it.

`python -m engine.gpu.probe [LIBRARY]` prints it as one line of JSON: a process of its own, because a driver that is in a bad
state hangs, or takes the process with it.
"""

from __future__ import annotations

import ctypes
import json
import sys
from dataclasses import dataclass
from typing import Any

from engine.gpu import children

PATIENCE = 15.0  # seconds
LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
_MOST = 64
_MAJOR, _MINOR = 75, 76  # attributes of a device: the two numbers of its compute capability
_ERRORS = {
    100: "CUDA sees no card",
    101: "CUDA sees no such card",
    802: "the card is not ready yet",
    803: "the driver in memory is not the one on the disk: restart the computer",
    999: "the driver does not say why",
}


@dataclass(frozen=True)
class Device:
    """As CUDA sees it; bytes."""

    name: str
    memory: int
    capability: tuple[int, int]


@dataclass(frozen=True)
class Cuda:
    """The version of CUDA that the driver brings, (0, 0) if there is none, and its cards; `error` is the rest of a sentence."""

    version: tuple[int, int] = (0, 0)
    devices: tuple[Device, ...] = ()
    error: str = ""


def look(library: str = LIBRARY) -> Cuda:
    """Asks a child; takes a tenth of a second where there is no driver, and never longer than `PATIENCE`."""
    try:
        found = children.ask("engine.gpu.probe", library, seconds=PATIENCE)
        devices = tuple(Device(str(name), int(memory), (int(a), int(b))) for name, memory, (a, b) in found["devices"])
        major, minor = found["version"]
        return Cuda((int(major), int(minor)), devices, str(found["error"]))
    except children.Mute as error:
        return Cuda(error=f"when its driver was asked, {error}")
    except (KeyError, TypeError, ValueError) as error:
        return Cuda(error=f"its driver gave an odd answer ({error})")


def ask(library: str) -> dict[str, Any]:
    """Asks the driver in this process."""
    found: dict[str, Any] = {"version": (0, 0), "devices": [], "error": ""}
    try:
        cuda = ctypes.CDLL(library)
        number = ctypes.c_int()
        _call(cuda, "cuDriverGetVersion", ctypes.byref(number))
        found["version"] = divmod(number.value, 1000)[0], number.value % 1000 // 10
        _call(cuda, "cuInit", 0)
        count = ctypes.c_int()
        _call(cuda, "cuDeviceGetCount", ctypes.byref(count))
        found["devices"] = [_device(cuda, place) for place in range(min(count.value, _MOST))]
    except (OSError, AttributeError) as error:
        if found["version"] != (0, 0) or isinstance(error, _Refused):
            found["error"] = str(error)
    return found


def _device(cuda: ctypes.CDLL, place: int) -> tuple[str, int, tuple[int, int]]:
    device, name, memory = ctypes.c_int(), ctypes.create_string_buffer(100), ctypes.c_size_t()
    _call(cuda, "cuDeviceGet", ctypes.byref(device), place)
    _call(cuda, "cuDeviceGetName", name, len(name), device)
    _call(cuda, "cuDeviceTotalMem_v2", ctypes.byref(memory), device)
    capability = _attribute(cuda, _MAJOR, device), _attribute(cuda, _MINOR, device)
    return name.value.decode("utf-8", "replace"), memory.value, capability


def _attribute(cuda: ctypes.CDLL, attribute: int, device: ctypes.c_int) -> int:
    value = ctypes.c_int()
    _call(cuda, "cuDeviceGetAttribute", ctypes.byref(value), attribute, device)
    return value.value


class _Refused(OSError):
    """The driver answered with an error."""


def _call(cuda: ctypes.CDLL, name: str, *arguments: Any) -> None:
    code = getattr(cuda, name)(*arguments)
    if code:
        raise _Refused(f"{_ERRORS.get(code, 'its driver does not work')} (error {code})")


if __name__ == "__main__":
    print(json.dumps(ask(sys.argv[1] if len(sys.argv) > 1 else LIBRARY)), flush=True)
