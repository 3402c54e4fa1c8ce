"""What somebody chose -> the folder of the model that is meant: a file of it, a folder around it, a hub's cache. No torch."""

from __future__ import annotations

from pathlib import Path

from engine.models.checkpoints.config_file import read_json
from engine.models.glm4voice.parts import is_decoder, is_tokenizer, whole_of
from engine.models.hub_cache import folders_in, label, snapshot

_KINDS = ("chatglm", "step_audio_2")


def locate(chosen: Path) -> Path:
    """The folder with the model's `config.json`. Raises `ValueError` with a sentence if it cannot be told."""
    try:
        return _located(absolute(chosen))
    except OSError as error:
        raise ValueError(f"{chosen} cannot be read ({error.strerror or error}).") from None


def absolute(chosen: Path) -> Path:
    """With `~` and from the root on; links stay, for a cache's files are links. Raises `ValueError` with a sentence."""
    try:
        return chosen.expanduser().absolute()
    except RuntimeError:
        raise ValueError(f"{chosen} is not there: there is no user of that name.") from None


def _located(chosen: Path) -> Path:
    folder = snapshot(chosen.parent if chosen.is_file() else chosen)
    if not folder.is_dir():
        raise ValueError(f"{chosen} is not there any more: its disk was unplugged or it was moved.")
    if (folder / "config.json").is_file() and not is_tokenizer(folder):
        return folder
    if is_tokenizer(folder) or is_decoder(folder):
        what = "the speech tokenizer" if is_tokenizer(folder) else "the vocoder"
        if (whole := whole_of(folder)) is not None:
            return whole
        raise ValueError(f"{label(folder)} is only {what} of GLM-4-Voice: choose glm-4-voice-9b, and put the three side by side.")
    inside = [one for one in map(snapshot, folders_in(folder)) if _is_model(one)]
    if len(inside) == 1:
        return inside[0]
    if inside:
        raise ValueError(f"{folder} holds several models: choose one of them, such as {label(inside[0])} in {inside[0]}.")
    if _is_model(folder.parent):
        return folder.parent
    raise ValueError(f"{folder} has no config.json: it is not the folder of a model.")


def _is_model(folder: Path) -> bool:
    """Whether a folder holds a model of a kind that Refrain knows."""
    try:
        config = read_json(folder / "config.json")
    except (ValueError, OSError):
        return False
    return config.get("model_type") in _KINDS or config.get("family") == "wren"
