"""The models Refrain can talk with: one folder a family, each giving a `SpokenLM` for a checkpoint folder."""

from __future__ import annotations

import json
from pathlib import Path

from engine.models.spoken_lm import SpokenLM
from engine.resources import resources_folder

SHIPPED = ("wren",)
"""Models that come with the program, by name."""


def find(name_or_folder: str | Path) -> Path:
    """The folder of a shipped model or the folder itself. Raises `ValueError` with a sentence."""
    if str(name_or_folder) in SHIPPED:
        return resources_folder() / str(name_or_folder)
    folder = Path(name_or_folder).expanduser()
    if not folder.is_dir():
        raise ValueError(f"There is no model {str(name_or_folder)!r}: give one of {', '.join(SHIPPED)} or a model's folder.")
    return folder


def load(name_or_folder: str | Path) -> SpokenLM:
    """Loads a model. Raises `ValueError` or `FileNotFoundError` with a sentence for a folder that cannot be used."""
    folder = find(name_or_folder)
    path = folder / "config.json"
    try:
        family = json.loads(path.read_text(encoding="utf-8")).get("family")
    except FileNotFoundError:
        raise ValueError(f"{folder} has no config.json: it is not the folder of a model.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, AttributeError) as error:
        raise ValueError(f"{path} cannot be read ({error}): install the model again.") from error
    if family == "wren":
        from engine.models.wren.wren import Wren

        return Wren(folder)
    raise ValueError(f"{folder} holds a model of a kind that Refrain does not know ({family or 'not named'}).")
