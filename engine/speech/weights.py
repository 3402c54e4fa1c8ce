"""A network that was built without memory is given its weights, checked one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


def fill(
    network: Network,
    tensors: Mapping[str, Tensor],
    released: Callable[[str], str] = str,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
) -> Network:
    """Gives a network (on the meta device or not) its weights, ready to run; `released` maps our names to the file's.

    The network keeps what `tensors` hands out, or copies of it where they are views of a file (`tensors.mapped`). Tensors
    that the network does not have are left alone. Raises `ValueError` with a sentence that names a tensor that
    is missing or has another shape, and the file where `tensors` has a method `file_of(name)`.
    """
    place, mapped = getattr(tensors, "file_of", lambda name: "The weights"), getattr(tensors, "mapped", False)
    weights = {}
    for name, wanted in network.state_dict().items():
        stored = released(name)
        if stored not in tensors:
            raise ValueError(f"{place(stored)} has no tensor {stored}: it is incomplete, or of another model.")
        found = tensors[stored]
        if found.shape != wanted.shape:
            shapes = f"{stored} is {list(found.shape)}; the configuration asks for {list(wanted.shape)}"
            raise ValueError(f"{place(stored)} does not fit: {shapes}.")
        weights[name] = found.to(device, dtype, copy=mapped)
    network.load_state_dict(weights, assign=True)
    return network.requires_grad_(False).eval()


def table(rows: int, dim: int) -> nn.Embedding:
    """An embedding whose weights are to be loaded; to initialise one on the meta device takes torch seconds."""
    return nn.Embedding.from_pretrained(torch.empty(rows, dim))
