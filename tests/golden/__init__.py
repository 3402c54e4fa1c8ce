"""Comparisons with recordings of the public reference implementations.

The recordings stand in `data`; REFRAIN_GOLDEN names another folder that holds sets of the same form.
"""

from __future__ import annotations

import os
from pathlib import Path

SHIPPED = Path(__file__).parent / "data"


def golden_folder(name: str) -> Path:
    """The folder of one golden set, such as `glm4voice`."""
    return Path(os.environ.get("REFRAIN_GOLDEN") or SHIPPED) / name


def sound_file(name: str, file: str) -> Path:
    """A sound of a set by the name that its index has for it; what is shipped is FLAC."""
    path = golden_folder(name) / file
    return path if path.exists() else path.with_suffix(".flac")
