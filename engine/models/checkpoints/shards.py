"""A checkpoint's safetensors files as they stand on the disk: which there are, and what their headers say. No torch."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.models.checkpoints.config_file import read_json
from engine.models.checkpoints.files import AGAIN, need
from engine.quoting import clean, shown

WHOLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
_LONGEST_HEADER = 10_000_000  # bytes: those of the largest releases have less than one million
_LONGEST_NAME = 200
_MOST_AXES = 8
_LARGEST = 2**40  # of an axis; what is beyond holds no numbers that a disk could
_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4, "I32": 4,
    "F32": 4, "U64": 8, "I64": 8, "F64": 8,
}  # fmt: skip
"""Of an element, by the format's names of the types that are read here."""

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
        for name, tensor in header.items():
            _check(name, tensor)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise ValueError(f"The header of {path.name} in {path.parent} is damaged: {AGAIN}.") from None
    expected = 8 + length + stored_bytes(header)
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


def _check(name: str, tensor: Mapping[str, Any]) -> None:
    """Raises unless an entry of a header describes a tensor whose bytes are as many as its shape needs."""
    shape, (begin, end) = tensor["shape"], tensor["data_offsets"]
    numbers = (*shape, begin, end)
    if len(shape) > _MOST_AXES or not all(type(number) is int and 0 <= number <= _LARGEST for number in numbers):
        raise ValueError(name)
    if end - begin != math.prod(shape) * _BYTES[tensor["dtype"]]:
        raise ValueError(name)


def _read_index(path: Path) -> dict[str, str]:
    """Tensor name -> file name. A name that is more than a file beside the index is refused."""
    try:
        pairs = dict(read_json(path, _LONGEST_HEADER)["weight_map"].items())
    except (KeyError, TypeError, AttributeError):
        raise ValueError(f"{path} is damaged: {AGAIN}.") from None
    for name, file in pairs.items():
        is_name = isinstance(file, str) and 0 < len(file) <= _LONGEST_NAME and file.isprintable()
        if not is_name or Path(file).name != file or "\\" in file or ":" in file:
            where = f"{clean(name)} in {shown(file)}"
            raise ValueError(f"{path} places {where}, which is no file beside it: {AGAIN} from its publisher.")
    if not pairs:
        raise ValueError(f"{path} names no tensors: {AGAIN}.")
    return pairs
