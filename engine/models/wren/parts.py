"""The files of a Wren: all in one folder, or an adapter's own beside those of the base that it updates. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.models.checkpoints.config_file import read_json
from engine.quoting import shown

CONFIG, ADAPTER = "config.json", "adapter.safetensors"
_LONGEST_NAME = 1000


def read_config(folder: Path) -> dict[str, Any]:
    """What config.json holds; an adapter's names its `base` and the rest is the base's.

    Raises `FileNotFoundError` or `ValueError` with a sentence.
    """
    own = read_json(folder / CONFIG)
    base = _base(folder, own)
    return own if base is None else {**read_json(base / CONFIG), **own}


def part_of(folder: Path, name: str) -> Path:
    """Where the file `name` of the model in `folder` is: there, or else in its base. Raises as `read_config`."""
    own = folder / name
    if own.exists():
        return own
    base = _base(folder, read_json(folder / CONFIG))
    return own if base is None else base / name


def _base(folder: Path, config: dict[str, Any]) -> Path | None:
    if "base" not in config:
        return None
    name = config["base"]
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError(f"{folder / CONFIG} has base = {shown(name)}, which is no folder.")
    base = folder / name
    if not (base / CONFIG).is_file():
        raise ValueError(f"{folder.name} is an update of the model in {base.resolve()}, which is not there: install it, too.")
    return base
