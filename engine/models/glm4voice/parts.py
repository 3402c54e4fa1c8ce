"""Where the release's three folders stand: the language model's, the speech tokenizer's and the vocoder's. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Part = Literal["tokenizer", "decoder"]


def part_of(folder: Path, part: Part) -> Path:
    """The folder of another part, beside or in the language model's. Raises `ValueError` with a sentence without one."""
    name = f"glm-4-voice-{part}"
    for found in (folder.parent / name, folder / name):
        if found.is_dir():
            return found
    raise ValueError(f"{name} is missing: put it beside {folder.name}, in {folder.parent}.")
