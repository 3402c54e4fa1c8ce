"""The tensors of a released checkpoint by name, read when they are asked for, and looked over before."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open

from engine.models.checkpoints.files import AGAIN
from engine.models.checkpoints.pt_file import read_pt
from engine.models.checkpoints.shards import INDEX, read_header, shards
from engine.quoting import clean, reason

# The two spellings of weight norm, magnitude and direction: torch.nn.utils.weight_norm, and its parametrization.
_MAGNITUDES = {".weight_g": ".weight_v", ".parametrizations.weight.original0": ".parametrizations.weight.original1"}
_TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


class _Entry(NamedTuple):
    file: Path
    shape: tuple[int, ...]
    type: torch.dtype | None  # None for whole numbers
    read: Callable[[], torch.Tensor]


class Weights(Mapping[str, torch.Tensor]):
    """Tensors by name, on the CPU, of the type they are stored as; files are mapped into memory, not read at once.

    Names lose a prefix named in `strip`. A weight stored by weight norm, in either spelling, is one tensor `X.weight`.
    Everything here raises `ValueError` or `FileNotFoundError` with a sentence that names the file and the tensor.
    """

    def __init__(self, entries: Mapping[str, _Entry], place: Path, strip: Sequence[str] = (), mapped: bool = False):
        self.place = place
        self.mapped = mapped
        """Whether tensors are views of a file: whoever keeps one keeps a copy of it."""
        self._entries = _fold_weight_norm({_without(name, strip): entry for name, entry in entries.items()})

    @classmethod
    def of_folder(cls, folder: Path, strip: Sequence[str] = ()) -> Weights:
        """A folder's `model.safetensors`, or the shards that its index names."""
        files, places = shards(folder)
        found = {file: _safetensors(folder / file) for file in files}
        for name, file in places.items():
            if name not in found[file]:
                raise ValueError(f"{file} in {folder} lacks {clean(name)}, which {INDEX} places there: {AGAIN}.")
        entries = {name: found[file][name] for name, file in places.items()} or found[files[0]]
        return cls(entries, folder, strip, mapped=True)

    @classmethod
    def of_file(cls, path: Path, strip: Sequence[str] = ()) -> Weights:
        """One `.safetensors` file, or a `.pt` file that holds nothing but tensors by name."""
        if path.suffix == ".safetensors":
            return cls(_safetensors(path), path, strip, mapped=True)
        tensors, mapped = read_pt(path)
        return cls({name: _entry(path, tensor) for name, tensor in tensors.items()}, path, strip, mapped)

    def __getitem__(self, name: str) -> torch.Tensor:
        """The tensor. Raises `KeyError` for an unknown name and `ValueError` if it holds NaN or infinity."""
        entry = self._entries[name]
        tensor = entry.read()
        if tensor.is_floating_point() and tensor.numel():
            low, high = torch.aminmax(tensor)  # both are NaN where anything is
            if not bool(torch.isfinite(low) and torch.isfinite(high)):
                raise ValueError(f"{clean(name)} in {entry.file} has values that are not finite numbers: {AGAIN}.")
        return tensor

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def file_of(self, name: str) -> Path:
        """The file that a tensor stands in; the file or folder of all where there is no such tensor."""
        return self._entries[name].file if name in self._entries else self.place

    def shape(self, name: str) -> tuple[int, ...]:
        """Of a tensor, without reading it."""
        return self._entries[name].shape

    def type(self, name: str) -> torch.dtype | None:
        """Of a tensor, without reading it; None if it holds no floating point numbers."""
        return self._entries[name].type

    def check(self, shapes: Mapping[str, tuple[int, ...]], model: str) -> None:
        """Raises unless every tensor of `shapes` is there with its shape; further ones do not matter.

        `model` is what the weights should be of, for the sentence. Nothing is read.
        """
        missing = [name for name in shapes if name not in self]
        if shapes and len(missing) == len(shapes):
            first = next(iter(self), "nothing")
            raise ValueError(f"{self.place} holds no weights of {model}: expected {missing[0]}, found {first}.")
        if missing:
            more = f" and {len(missing) - 1} more tensors" if len(missing) > 1 else ""
            raise ValueError(f"The weights in {self.place} are incomplete: {missing[0]}{more} missing; {AGAIN}.")
        for name, shape in shapes.items():
            if (found := self.shape(name)) != tuple(shape):
                raise ValueError(
                    f"{name} in {self._entries[name].file} is {list(found)}, but the config of {model} asks for "
                    f"{list(shape)}: weights and config are of different models."
                )


def _safetensors(path: Path) -> dict[str, _Entry]:
    header = read_header(path)
    try:
        file = safe_open(path, "pt")
    except (SafetensorError, OSError, ValueError) as error:
        raise ValueError(f"{path} is no safetensors file that can be read ({reason(error)}): {AGAIN}.") from error

    def reader(name: str) -> Callable[[], torch.Tensor]:
        return lambda: file.get_tensor(name)

    return {
        name: _Entry(path, tuple(tensor["shape"]), _TYPES.get(tensor["dtype"]), reader(name)) for name, tensor in header.items()
    }


def _entry(path: Path, tensor: torch.Tensor) -> _Entry:
    return _Entry(path, tuple(tensor.shape), tensor.dtype if tensor.is_floating_point() else None, lambda: tensor)


def _without(name: str, prefixes: Sequence[str]) -> str:
    for prefix in prefixes:
        name = name.removeprefix(prefix)
    return name


def _fold_weight_norm(entries: dict[str, _Entry]) -> dict[str, _Entry]:
    """Replaces magnitude and direction of a weight by the weight itself: g * v / |v|, the norm over all but the first axis."""
    folded = dict(entries)
    for name in entries:
        end = next((end for end in _MAGNITUDES if name.endswith(end)), None)
        if end is None:
            continue
        stem = name.removesuffix(end)
        if (direction_name := stem + _MAGNITUDES[end]) in entries:
            magnitude, direction = folded.pop(name), folded.pop(direction_name)
            _check_magnitude(name, magnitude, direction)
            folded[stem + ".weight"] = direction._replace(read=_product(magnitude, direction))
    return folded


def _check_magnitude(name: str, magnitude: _Entry, direction: _Entry) -> None:
    """Raises `ValueError` unless there is one magnitude for each row: torch's product looks at no shape, and reads on."""
    wanted = (*direction.shape[:1], *(1 for _ in direction.shape[1:]))
    if magnitude.shape != wanted or not direction.shape or not math.prod(direction.shape):
        found = f"{list(magnitude.shape)}, for a direction of {list(direction.shape)} it must be {list(wanted)}"
        raise ValueError(f"{clean(name)} in {magnitude.file} is {found}: {AGAIN}.")
    if magnitude.type is None or direction.type is None:
        raise ValueError(f"{clean(name)} in {magnitude.file} is no weight, for it has whole numbers: {AGAIN}.")


def _product(magnitude: _Entry, direction: _Entry) -> Callable[[], torch.Tensor]:
    # As a network in float32 has them once it is loaded, whatever they are stored as.
    return lambda: torch._weight_norm(direction.read().float().contiguous(), magnitude.read().float().contiguous(), 0)
