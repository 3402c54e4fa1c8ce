"""How much memory a model and the program take."""

from __future__ import annotations

import ctypes
import sys
import types
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it brings torch along
    from engine.lm.decoder import Decoder

ATOMS = (str, bytes, int, float, complex, bool, type(None), type, types.ModuleType, types.FunctionType, types.MethodType)


def weights_bytes(model: object) -> int:
    """Bytes of all tensors that hang on a loaded model, each storage once."""
    import torch

    seen: set[int] = set()
    storages: dict[int, int] = {}
    waiting: list[object] = [model]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, ATOMS) or id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor):
            storage = thing.untyped_storage()
            storages[storage.data_ptr()] = storage.nbytes()
        elif isinstance(thing, dict):
            waiting.extend(thing.values())
        elif isinstance(thing, list | tuple | set | frozenset):
            waiting.extend(thing)
        else:
            waiting.extend(getattr(thing, "__dict__", {}).values())
    return sum(storages.values())


def kv_bytes_per_position(decoder: Decoder) -> int:
    """Bytes of one position's keys and values in all layers."""
    config = decoder.config
    return 2 * config.layers * config.kv_heads * config.head_dim * decoder.dtype.itemsize


def peak_rss() -> int:
    """The most bytes this process had in memory so far; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _windows_peak()
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if sys.platform == "win32":

    def _windows_peak() -> int:
        class Counters(ctypes.Structure):
            _fields_ = [
                ("size", ctypes.c_ulong),
                ("page_faults", ctypes.c_ulong),
                *((name, ctypes.c_size_t) for name in ("peak", "now", "q1", "q2", "q3", "q4", "pagefile", "peak_pagefile")),
            ]

        counters = Counters()
        counters.size = ctypes.sizeof(counters)
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        ask = kernel.K32GetProcessMemoryInfo
        ask.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
        return counters.peak if ask(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size) else 0
