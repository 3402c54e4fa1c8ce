"""What this machine has: memory, cores, a GPU, room on the disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.models.checkpoints.memory import graphics_card, main_memory
from engine.threads import cores


@dataclass(frozen=True)
class Hardware:
    """Bytes; 0 is what the system does not tell, and `gpu` is "" without one that CUDA can use."""

    memory: int
    memory_free: int
    cores: int
    gpu: str = ""
    gpu_memory: int = 0
    disk_free: int = 0


def look(models_folder: Path) -> Hardware:
    """May import torch, which takes a second or more: not for the thread of a screen."""
    return Hardware(*main_memory(), cores(), *graphics_card(), disk_free(models_folder))


def disk_free(folder: Path) -> int:
    """Of the disk that a folder, which may not be there yet, is or would be on."""
    for place in (folder, *folder.parents):
        if place.is_dir():
            try:
                return shutil.disk_usage(place).free
            except OSError:
                return 0
    return 0
