"""The scripts of `packaging/`, which is no package of ours (its name is a library's): loaded from their files."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from tests.rig.processes import ROOT

FOLDER = ROOT / "packaging"
sys.path.append(str(FOLDER))  # they import each other as they do when they are run


def load(path: str) -> ModuleType:
    """`path` below `packaging/`, with slashes: `lock/lock.py`. Loaded once."""
    name = "packaging_scripts_" + path.removesuffix(".py").replace("/", "_")
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(FOLDER, path))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look their own module up
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
