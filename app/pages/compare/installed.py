"""The models on this machine that a reply can be rendered with. No Qt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from engine.models.store.registry import ModelRegistry


@dataclass(frozen=True)
class InstalledModel:
    """`use` is what the engine loads, a name or a folder; `name` is for people and stands for no other one."""

    use: str
    name: str
    folder: Path


def installed(shelf: ModelRegistry | None = None) -> list[InstalledModel]:
    """What can be used of the list on the Models page. Reads many small files: not for the screen's thread.

    Raises `ValueError` with a sentence if the catalogue that ships is damaged.
    """
    usable = [entry for entry in (shelf or ModelRegistry()).entries() if entry.can_be_used]
    shared = Counter(entry.name for entry in usable)
    return [
        InstalledModel(entry.use, entry.name if shared[entry.name] == 1 else _short(entry.key), entry.folder.absolute())
        for entry in usable
        if entry.folder is not None
    ]


def _short(key: str) -> str:
    return Path(key).name or key
