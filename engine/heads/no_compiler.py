"""Lets torch's optimisers run where torch's compiler is not installed: they ask it to keep away from them."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

COMPILER = "torch._dynamo"


def stand_in() -> None:
    """Puts a module in the compiler's place that compiles nothing, unless the compiler is there."""
    if sys.modules.get(COMPILER) or importlib.util.find_spec(COMPILER) is not None:
        return
    module = ModuleType(COMPILER)
    vars(module)["disable"] = lambda function=None, *_, **__: function if function is not None else lambda given: given
    vars(module)["graph_break"] = lambda *_, **__: None
    sys.modules[COMPILER] = module
    import torch

    torch._dynamo = module
