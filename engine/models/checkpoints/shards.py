"""A checkpoint's safetensors files as they stand on the disk: which there are, and what their headers say. No torch."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.models.checkpoints.files import AGAIN, need

WHOLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
_LONGEST_HEADER = 100_000_000  # bytes, as the format's reference reader allows

Header = Mapping[str, Mapping[str, Any]]
"""Tensor name -> its `dtype`, `shape` and `data_offsets`."""


def shards(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The names of a checkpoint's files, and for each tensor its file; the latter is empty for one file without an index.

    That the files are there is not looked at. Raises `ValueError` or `FileNotFoundError` with a sentence.
    """
    if (folder / INDEX).is_file():
        places = _read_index(folder / INDEX)
        files = sorted(set(places.values()))
        if (folder / WHOLE).is_file() and not all((folder / name).is_file() for name in files):
            return [WHOLE], {}  # the index is of an earlier form of the model
        return files, places
    found = [path.name for path in sorted(folder.glob("model*.safetensors"))]
    if not found:
        raise FileNotFoundError(f"{folder} holds no weights: model.safetensors is missing; {AGAIN}.")
    if len(found) > 1 or ("-of-" in found[0] and not found[0].endswith("-00001-of-00001.safetensors")):
        raise FileNotFoundError(f"{INDEX} is missing in {folder}: {AGAIN}.")
    return found, {}


def read_header(path: Path) -> Header:
    """The header of a file that is as long as it says. Raises `FileNotFoundError` or `ValueError` with a sentence."""
    need(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"{path.name} in {path.parent} is no safetensors file: {AGAIN}.")
        head = file.read(length)
    if len(head) < length or size < 8:
        raise ValueError(f"{path.name} in {path.parent} is cut short, even its header: {AGAIN}.")
    try:
        header = json.loads(head)
        header.pop("__metadata__", None)
        expected = 8 + length + stored_bytes(header)
        elements(header)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise ValueError(f"The header of {path.name} in {path.parent} is damaged: {AGAIN}.") from None
    if size != expected:
        what = "cut short" if size < expected else "longer than it should be"
        raise ValueError(f"{path.name} in {path.parent} is {what}: {size:,} of {expected:,} bytes; {AGAIN}.")
    return header


def stored_bytes(header: Header) -> int:
    """Of all tensors together."""
    return max((tensor["data_offsets"][1] for tensor in header.values()), default=0)


def elements(header: Header) -> int:
    """Numbers in all tensors together."""
    return sum(math.prod(tensor["shape"]) for tensor in header.values())


def _read_index(path: Path) -> dict[str, str]:
    """Tensor name -> file name. A name that is more than a file beside the index is refused."""
    try:
        places = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        pairs = dict(places.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(f"{path} is damaged: {AGAIN}.") from None
    for name, file in pairs.items():
        if not isinstance(file, str) or not file or Path(file).name != file or "\\" in file or ":" in file:
            raise ValueError(f"{path} places {name} in {file!r}, which is no file beside it: {AGAIN} from its publisher.")
    if not pairs:
        raise ValueError(f"{path} names no tensors: {AGAIN}.")
    return pairs
