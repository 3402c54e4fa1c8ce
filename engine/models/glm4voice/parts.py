"""Where the release's three folders stand: the language model's, the speech tokenizer's and the vocoder's. No torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from engine.models.checkpoints.config_file import read_json
from engine.models.hub_cache import folders_in, label, snapshot

Part = Literal["tokenizer", "decoder"]


def part_of(folder: Path, part: Part) -> Path:
    """The folder of another part, given the language model's: beside it, in it, or where a hub's program has put it.

    It is known by its name, in capitals or not, or by what it holds. Raises `ValueError` with a sentence without one.
    """
    name = f"glm-4-voice-{part}"
    for level in _levels(folder):
        found = [one for one in level if label(one).lower() == name] or [one for one in level if _HOLDS[part](one)]
        exactly = [one for one in found if label(one) == name]
        if len(exactly or found) == 1:
            return (exactly or found)[0]
        if found:
            names = " and ".join(one.name for one in found[:2])
            raise ValueError(f"Beside {folder.name} are several folders that may be {name}, such as {names}: name one {name}.")
    raise ValueError(f"{name} is missing: put it beside {folder.name}, in {folder.parent}.")


def whole_of(part: Path) -> Path | None:
    """The language model's folder, given another part's; None without exactly one."""
    for level in ([part.parent], *_levels(part)):
        found = [one for one in level if _model_type(one) == "chatglm"]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def is_tokenizer(folder: Path) -> bool:
    architectures = _config(folder).get("architectures")
    return isinstance(architectures, list) and "WhisperVQEncoder" in architectures


def is_decoder(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("flow.pt", "hift.pt", "config.yaml"))


_HOLDS: dict[Part, Callable[[Path], bool]] = {"tokenizer": is_tokenizer, "decoder": is_decoder}


def _levels(folder: Path) -> Iterator[list[Path]]:
    """Where to look, the nearest place first."""
    yield _candidates(folder.parent)
    yield _candidates(folder)
    if folder.parent.name == "snapshots":
        yield _candidates(folder.parents[2])
    else:
        yield [one for beside in folders_in(folder.parent.parent) for one in _candidates(beside)]  # of another publisher


def _candidates(folder: Path) -> list[Path]:
    return [snapshot(one) for one in folders_in(folder)]


def _model_type(folder: Path) -> Any:
    return _config(folder).get("model_type")


def _config(folder: Path) -> dict[str, Any]:
    try:
        return read_json(folder / "config.json")
    except (ValueError, OSError):
        return {}
