"""The models Refrain can talk with: one folder a family, each giving a `SpokenLM` for a checkpoint folder."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from engine.models import folders
from engine.models.locating import absolute
from engine.resources import resources_folder

if TYPE_CHECKING:  # it brings torch along
    from engine.models.spoken_lm import SpokenLM

MODE = "#"
"""Stands between a model's name or folder and one of its modes."""
SHIPPED = ("wren", "wren-padded", "wren-early-stop", "wren-parallel")
"""Models that come with the program, by name."""
_LOADED_BY = {
    "wren": "engine.models.wren.wren:Wren",
    "glm4voice": "engine.models.glm4voice.glm4voice:GLM4Voice",
    "lfm2audio": "engine.models.lfm2audio.lfm2audio:LFM2Audio",
    "stepaudio2": "engine.models.stepaudio2.stepaudio2:StepAudio2",
}


def find(name_or_folder: str | Path) -> Path:
    """The folder of a shipped model, a folder (or what `folders.check` takes for one), or that of an added or downloaded
    model by its name.

    Raises `ValueError` with a sentence.
    """
    if str(name_or_folder) in SHIPPED:
        return resources_folder() / str(name_or_folder)
    folder = absolute(Path(name_or_folder))
    if _there(folder.is_dir):
        return folder
    from engine.models.store.registry import ModelRegistry  # which needs this module

    names = ModelRegistry().names()
    if str(name_or_folder) in names:
        return names[str(name_or_folder)]
    if _there(folder.is_file):
        return folder
    known = ", ".join([*SHIPPED, *names])
    raise ValueError(f"There is no model {str(name_or_folder)!r}: give one of {known} or a model's folder.")


def _there(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except OSError:  # a name that no file could have
        return False


def load(name_or_folder: str | Path) -> SpokenLM:
    """Loads a model; `#` and a mode may follow, as in `lfm2.5-audio-1.5b#asr`.

    Raises `ValueError` or `FileNotFoundError` with a sentence for a folder that cannot be used, and for a mode that there is not.
    """
    named, mode = parted(name_or_folder)
    facts = folders.check(find(named))
    if facts.problem:
        raise ValueError(facts.problem)
    module, _, name = _LOADED_BY[facts.family].partition(":")
    model: SpokenLM = getattr(import_module(module), name)(facts.folder)
    if not mode:
        return model
    from engine.models.spoken_lm import in_mode

    return in_mode(model, mode)


def parted(name_or_folder: str | Path) -> tuple[str, str]:
    """A name or folder as `load` takes it -> without the mode, and the mode, "" where none is named."""
    named, sign, mode = str(name_or_folder).rpartition(MODE)
    if not sign or _there(Path(name_or_folder).exists):
        return str(name_or_folder), ""
    return named, mode
