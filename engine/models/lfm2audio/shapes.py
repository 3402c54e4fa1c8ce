"""Sizes that no configuration of the release says, from the shapes of its tensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor


def shape_of(tensors: Mapping[str, Tensor], name: str, axes: int) -> tuple[int, ...]:
    """Of a tensor with so many axes.

    Raises `ValueError` with a sentence that names the tensor where it is missing, empty or of another kind, and the file where
    `tensors` has a method `file_of(name)`.
    """
    place = getattr(tensors, "file_of", lambda name: "The weights")
    if name not in tensors:
        raise ValueError(f"{place(name)} has no tensor {name}: it is incomplete, or of another model.")
    shape = tuple(tensors[name].shape)
    if len(shape) != axes or 0 in shape:
        raise ValueError(f"{place(name)} does not fit: {name} is {list(shape)}, which must have {axes} axes, none of them empty.")
    return shape
