"""How much memory a model and the program take."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING

import psutil

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
    """Bytes of what all layers keep of one position."""
    return decoder.config.position_values * decoder.dtype.itemsize


def peak_rss() -> int:
    """The most bytes this process had in memory so far."""
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
