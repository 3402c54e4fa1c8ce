"""Reading a `.pt` file that holds nothing but tensors by name, each of which is looked over before it is used.

torch's own reader keeps programs out (`weights_only`), but believes what the file says of sizes: a tensor may claim more numbers
than are stored, which would be read from foreign memory, or repeat one number a trillion times. So files are mapped, where a
claim can reach no further than the file's end, and what a tensor says of itself is held against what is there.
"""

from __future__ import annotations

import io
import math
import pickle
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from engine.models.checkpoints.files import AGAIN, need
from engine.quoting import clean

_TYPES = {
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
    torch.bool,
}  # fmt: skip
_LONGEST_NAME = 1000
_LONGEST_TABLE = 500_000
"""Bytes of the table of names and shapes: a thousand tensors have some 100,000."""


def read_pt(path: Path) -> tuple[dict[str, Tensor], bool]:
    """Tensors by name, on the CPU, and whether they are views of the file. Raises `FileNotFoundError` or `ValueError`."""
    need(path)
    mapped = _is_zipped(path)
    try:
        stored = _load(path, mapped)
    except pickle.UnpicklingError:
        raise ValueError(f"{path} holds more than tensors, perhaps a program: it is not loaded; {AGAIN}.") from None
    except Exception as error:  # what torch raises for a damaged file is of many kinds
        raise ValueError(f"{path} is cut short or damaged: {AGAIN}.") from error
    if not isinstance(stored, Mapping) or not all(_is_named(*item) for item in stored.items()):
        raise ValueError(f"{path} is not a table of tensors by name: {AGAIN}.")
    room = path.stat().st_size
    for name, tensor in stored.items():
        if (problem := _problem(tensor)) is not None:
            raise ValueError(f"{clean(name)} in {path} {problem}: {AGAIN}.")
        room -= tensor.nbytes
        if room < 0:
            raise ValueError(f"The tensors in {path} claim to hold more numbers than the file: {AGAIN}.")
    return dict(stored), mapped


def _load(path: Path, zipped: bool) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about ways of storing that are old
        if not zipped:
            with path.open("rb", buffering=0) as file:
                return torch.load(_ShortTable(file), map_location="cpu", weights_only=True)
        # What torch says of names that it does not know, it looks through in a time that grows with the square of their length.
        if torch.serialization.get_unsafe_globals_in_checkpoint(path):
            raise pickle.UnpicklingError
        return torch.load(path, mmap=True, map_location="cpu", weights_only=True)


class _ShortTable(io.BufferedReader):
    """A file that is not zipped: its table has an end, and in its lines, which are names, nothing long stands."""

    def __init__(self, file: io.RawIOBase) -> None:
        super().__init__(file)
        self._steps = 0

    def read(self, size: int | None = -1) -> bytes:
        self._steps += 1  # the table is read step by step, numbers are read at once
        if self._steps > _LONGEST_TABLE:
            raise pickle.UnpicklingError
        return super().read(size)

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(_LONGEST_NAME)
        if len(line) == _LONGEST_NAME:
            raise pickle.UnpicklingError
        return line


def _is_named(name: object, tensor: object) -> bool:
    return isinstance(name, str) and type(tensor) in (Tensor, torch.nn.Parameter)


def _problem(tensor: Tensor) -> str | None:
    """What keeps a tensor from being a plain table of numbers, all of them stored."""
    if tensor.layout is not torch.strided or tensor.device.type != "cpu" or tensor.dtype not in _TYPES or tensor.is_neg():
        return "is a tensor of a kind that is not read here"
    shape, strides, offset = tensor.shape, tensor.stride(), tensor.storage_offset()
    if len(shape) != len(strides) or min((*shape, *strides, offset)) < 0:
        return "has a shape that no tensor has"
    count, reach = math.prod(shape), sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    numbers = max(count, offset + reach + 1) if count else 0
    if numbers * tensor.itemsize > tensor.untyped_storage().nbytes():
        return "claims to hold more numbers than are stored"
    return None


def _is_zipped(path: Path) -> bool:
    """Whether a file is a zip file, as all are that were not stored by very old programs. Raises `ValueError`."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise ValueError(f"{path} is cut short or damaged: {AGAIN}.") from None
    tables = sum(entry.file_size for entry in entries if "/data/" not in entry.filename)
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries) or tables > _LONGEST_TABLE:
        raise ValueError(f"{path} is not stored as the releases are: {AGAIN}.")
    return True
