"""Keys and values of every layer at absolute positions, with a fill level per layer."""

from __future__ import annotations

import torch

from engine.lm.config import LMConfig


class ContextFull(RuntimeError):
    """The cache has no room for more positions; the message is a sentence for the user."""


class KVCache:
    """A preallocated cache of `capacity` positions (at most, and by default, the model's context).

    Rolling back sets integers: what lies above a layer's level is simply written again.
    """

    def __init__(
        self,
        config: LMConfig,
        capacity: int | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ):
        self.capacity = min(capacity or config.context, config.context)
        shape = (2, config.layers, config.kv_heads, self.capacity, config.head_dim)
        self._store = torch.zeros(shape, dtype=dtype, device=device)
        self._levels = [0] * config.layers

    def filled(self, layer: int) -> int:
        """How many positions, from 0, `layer` holds."""
        return self._levels[layer]

    @property
    def position(self) -> int:
        """How many positions every layer holds."""
        return min(self._levels)

    def roll_back(self, position: int) -> None:
        """Forgets everything at `position` and above, in every layer."""
        self._levels = [min(level, position) for level in self._levels]

    def keys_values(self, layer: int) -> torch.Tensor:
        """What `layer` holds: [2, kv_heads, filled, head_dim], keys (rotated) first; a view."""
        return self._store[:, layer, :, : self._levels[layer]]

    def open(self, first: int, last: int, start: int, end: int):
        """Views for a step over positions start..end-1 in layers[first:last], made once for all of those layers.

        Returns, each as a tuple over the layers, keys and values [1, kv_heads, end, head_dim] to read, and the slots
        [end - start, 2, kv_heads, head_dim] to write. Raises `ContextFull`, or `ValueError` if it would leave a gap.
        """
        if end > self.capacity:
            raise ContextFull(f"The conversation needs more than the {self.capacity} positions there is room for.")
        if start > min(self._levels[first:last]):
            raise ValueError(f"Layers {first} to {last - 1} have nothing before position {start} to attend to.")
        keys, values = self._store[:, first:last, None, :, :end].unbind(0)
        slots = self._store[:, first:last, :, start:end].permute(1, 3, 0, 2, 4)
        return keys.unbind(0), values.unbind(0), slots.unbind(0)

    def close(self, first: int, last: int, end: int) -> None:
        """Ends what `open` began: layers[first:last] now hold exactly `end` positions."""
        self._levels[first:last] = [end] * (last - first)
