"""Tiny random checkpoints in the layout of the releases: they answer with random words and noise, in moments and anywhere.

They are for trying out what needs a big model's folder without a big model: the files, tensors and configs have the names
of the releases, sizes and contents are our own.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

FAMILIES = {
    "glm4voice": "engine.models.tiny.glm4voice",
    "lfm2audio": "engine.models.tiny.lfm2audio",
    "stepaudio2": "engine.models.tiny.stepaudio2",
}
"""Family -> the module whose `write` makes one."""


def make(family: str, folder: Path, seed: int = 0) -> None:
    """Writes a checkpoint of a family into a folder that is new or empty; the same seed gives the same weights.

    Raises `ValueError` with a sentence for a family or a folder that cannot be used, or `OSError`.
    """
    if family not in FAMILIES:
        raise ValueError(f"There are no tiny models of the family {family!r}: give one of {', '.join(FAMILIES)}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} is there already and not an empty folder: give a new one.")
    folder.mkdir(parents=True, exist_ok=True)
    import_module(FAMILIES[family]).write(folder, seed)
