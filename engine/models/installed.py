"""Which models are on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.models import SHIPPED, find


@dataclass(frozen=True)
class Installed:
    """A model that can be loaded by `name`; `megabytes` (of 10^6 bytes) is what its folder takes."""

    name: str
    folder: Path
    megabytes: float


def installed() -> list[Installed]:
    """The shipped models whose folders are there; whether they are whole is seen when they are loaded."""
    folders = {name: find(name) for name in SHIPPED}
    return [
        Installed(name, folder, sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6)
        for name, folder in folders.items()
        if (folder / "config.json").is_file()
    ]
