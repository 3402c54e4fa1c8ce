"""`.pt` files: what torch stores, and what somebody who knows its format could."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st

from engine.models.checkpoints.weights import Weights
from tests.fuzz.inputs import spoilt
from tests.fuzz.target import Target

TYPES = ("FloatStorage", "HalfStorage", "DoubleStorage", "LongStorage", "BoolStorage", "ComplexFloatStorage", "BFloat16Storage")
Tensor = tuple[str, str, int, int, int, tuple, tuple]
"""Name, type, bytes that are stored, numbers that the storage claims, offset, shape, strides."""


def stored(tensors: list[Tensor]) -> bytes:
    """A zipped file of such tensors."""
    table = io.BytesIO()
    _Pickler(table, protocol=2).dump(OrderedDict((tensor[0], _Tensor(number, tensor)) for number, tensor in enumerate(tensors)))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/data.pkl", table.getvalue())
        archive.writestr("a/byteorder", b"little")
        for number, (_, _, bytes_stored, *_) in enumerate(tensors):
            archive.writestr(f"a/data/{number}", bytes(i % 100 for i in range(bytes_stored)))
        archive.writestr("a/version", b"3\n")
    return file.getvalue()


class _Storage:
    def __init__(self, number: int, tensor: Tensor) -> None:
        self.id = ("storage", getattr(torch, tensor[1]), str(number), "cpu", tensor[3])


class _Tensor:
    def __init__(self, number: int, tensor: Tensor) -> None:
        self.arguments = (_Storage(number, tensor), *tensor[4:], False, OrderedDict())

    def __reduce__(self) -> tuple:
        return torch._utils._rebuild_tensor_v2, self.arguments


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return value.id if isinstance(value, _Storage) else None


def saved(values: Any, zipped: bool = True) -> bytes:
    file = io.BytesIO()
    torch.save(values, file, _use_new_zipfile_serialization=zipped)
    return file.getvalue()


def compressed(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    return file.getvalue()


WEIGHT_NORM = {"a.weight_g": torch.rand(4, 1, 1) + 1, "a.weight_v": torch.randn(4, 3, 2), "b.bias": torch.ones(4)}
VALID = [saved(WEIGHT_NORM), saved(WEIGHT_NORM, zipped=False)]

numbers = st.sampled_from([0, 1, 2, 4, 32, 2**31, 2**40, 2**62, 2**63 - 1, -1])
shapes = st.lists(numbers, max_size=3).map(tuple)
claims = st.tuples(
    st.sampled_from(["a.weight_g", "a.weight_v", "a.weight", "b.parametrizations.weight.original0", "generator.a.weight_v", ""]),
    st.sampled_from(TYPES), st.sampled_from([0, 4, 128]), numbers, numbers, shapes, shapes,
)  # fmt: skip


def read(content: bytes | list[Tensor], place: Path) -> None:
    path = place / "hift.pt"
    path.write_bytes(content if isinstance(content, bytes) else stored(content))
    weights = Weights.of_file(path, strip=("generator.",))
    for name in weights:
        assert tuple(weights[name].float().contiguous().shape) == weights.shape(name)


def norm(magnitude: tuple, direction: tuple) -> bytes:
    return saved({"a.weight_g": torch.ones(magnitude), "a.weight_v": torch.ones(direction)})


TARGET = Target(
    st.lists(claims, max_size=3) | spoilt(VALID),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[
        *VALID,
        norm((32, 0), (32, 4, 3)), norm((1, 1, 1), (4000, 400, 3)), norm((32,), (32, 4, 3)), norm((), (32, 4)),
        norm((0, 1), (0, 4)), norm((32, 1, 1), (32, 0, 3)), norm((1,), ()),
        saved({"a.weight_g": torch.ones(4, 1, dtype=torch.long), "a.weight_v": torch.ones(4, 3)}),
        [("a", "FloatStorage", 4, 1, 0, (10**6, 10**6), (0, 0))],  # 4 TB of one number
        [("a", "FloatStorage", 4, 2**28, 0, (2**28,), (1,))],  # what stands behind the file
        [("a", "FloatStorage", 128, 32, 0, (32,), (-1,))],
        [("a", "FloatStorage", 128, 32, 31, (32,), (1,))],
        [("a", "FloatStorage", 128, 32, -1, (1,), (1,))],
        [("a", "HalfStorage", 0, 0, 0, (0, -1), ())],
        [("a", "ComplexFloatStorage", 128, 16, 0, (16,), (1,))],
        compressed(saved({"a": torch.zeros(2_000_000)})),
        saved([torch.ones(1)]), saved({"a": torch.ones(2).to_sparse()}), saved({1: torch.ones(1)}),
        saved({"a": {"b": torch.ones(1)}}), saved({"a": torch.nn.Linear(2, 2)}),
        b"PK", b"PK\x03\x04", b"\x80\x02.", b"\x80\x02" + b"(" * 20_000_000,
    ],
)  # fmt: skip
