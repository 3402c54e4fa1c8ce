"""Keys and values of every layer, in the order of their positions, with a level per layer and room for gaps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

import torch

from engine.lm.config import LMConfig

Views = tuple[Sequence[torch.Tensor], Sequence[torch.Tensor], Sequence[torch.Tensor]]
"""Each over layers: keys and values [1, kv_heads, entries, head_dim] to read; slots [n, 2, kv_heads, head_dim] to write."""


class ContextFull(RuntimeError):
    """The cache has no room for more positions; the message is a sentence for the user."""


class KVCache:
    """A preallocated cache of `capacity` positions (at most, and by default, the model's context).

    There is room for `spare` more entries, which a step may overwrite as it likes.

    Every layer has dealt with the positions below its level: it holds an entry (a key and a value) for each of them,
    except for those that were left out of it. Entries stand next to one another, so what was left out is never read.
    Rolling back sets integers: what lies above a layer's level is simply written again.
    """

    def __init__(
        self,
        config: LMConfig,
        capacity: int | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        spare: int = 0,
    ):
        self.capacity = min(capacity or config.context, config.context)
        shape = (2, config.layers, config.kv_heads, self.capacity + spare, config.head_dim)
        self._store = torch.zeros(shape, dtype=dtype, device=device)
        self._levels = [0] * config.layers
        self._held: dict[int, list[int]] = {}  # the positions held, of the layers that left some out

    def filled(self, layer: int) -> int:
        """How many positions, from 0, `layer` has dealt with: it holds them, or they were left out of it."""
        return self._levels[layer]

    @property
    def position(self) -> int:
        """How many positions every layer has dealt with."""
        return min(self._levels)

    def positions(self, layer: int) -> Sequence[int]:
        """The positions that `layer` holds, in the order of its entries."""
        return tuple(self._held[layer]) if layer in self._held else range(self._levels[layer])

    def entries(self, layer: int) -> int:
        """How many positions `layer` holds."""
        return len(self._held[layer]) if layer in self._held else self._levels[layer]

    def held_bytes(self) -> int:
        """Bytes of all keys and values that are held (not of the room kept for more)."""
        keys_values = self._store[:, 0, :, 0]
        return sum(map(self.entries, range(len(self._levels)))) * keys_values.numel() * keys_values.element_size()

    def keys_values(self, layer: int) -> torch.Tensor:
        """What `layer` holds: [2, kv_heads, entries, head_dim], keys (rotated) first; a view."""
        return self._store[:, layer, :, : self.entries(layer)]

    def buffers(self, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        """All the room of a layer for keys and for values, each [1, kv_heads, capacity + spare, head_dim]; views."""
        keys, values = self._store[:, layer, None]
        return keys, values

    def roll_back(self, position: int) -> None:
        """Forgets everything at `position` and above, in every layer."""
        self._levels = [min(level, position) for level in self._levels]
        for layer, held in list(self._held.items()):
            del held[bisect_left(held, position) :]
            self._settle(layer)

    def skip(self, first: int, last: int, end: int) -> None:
        """Leaves the positions up to `end` (not included) that layers[first:last] have not dealt with out of them.

        Raises `ContextFull` without room.
        """
        self._check_room(end)
        for layer in range(first, last):
            if self._levels[layer] < end:
                self._list(layer, self._levels[layer])
                self._levels[layer] = end

    def reserve(self, first: int, last: int, start: int, end: int, positions: Sequence[int] | None = None) -> Views:
        """Views for a step of layers[first:last] over start..end-1, or of these only over its `positions`.

        The keys and values to read reach up to the step's own. Raises `ContextFull`, or `ValueError` if the layers have
        not dealt with what is below `start`.
        """
        self._check_step(first, last, start, end)
        count = end - start if positions is None else len(positions)
        if not self._held:
            return self._views(first, last, start, count)
        keys: list[torch.Tensor] = []
        values: list[torch.Tensor] = []
        slots: list[torch.Tensor] = []
        for below, alike in groupby(range(first, last), lambda layer: self._below(layer, start)):
            layers = list(alike)
            for found, more in zip((keys, values, slots), self._views(layers[0], layers[-1] + 1, below, count), strict=True):
                found += more
        return keys, values, slots

    def commit(self, first: int, last: int, start: int, end: int, positions: Sequence[int] | None = None) -> None:
        """Ends what `reserve` began: layers[first:last] have now dealt with exactly `end` positions."""
        if self._held or positions is not None:
            for layer in range(first, last):
                if layer in self._held or positions is not None:
                    held = self._list(layer, start)
                    del held[bisect_left(held, start) :]
                    held += range(start, end) if positions is None else positions
        self._levels[first:last] = [end] * (last - first)
        for layer in range(first, last) if self._held else ():
            self._settle(layer)

    def held_below(self, first: int, last: int, start: int, end: int) -> list[int]:
        """As `reserve`, for who has `buffers`: how many entries each of layers[first:last] holds below `start`."""
        self._check_step(first, last, start, end)
        return [self._below(layer, start) for layer in range(first, last)] if self._held else [start] * (last - first)

    def _views(self, first: int, last: int, below: int, count: int) -> Views:
        """As `reserve`, for layers that all hold `below` entries before the step."""
        keys, values = self._store[:, first:last, None, :, : below + count].unbind(0)
        slots = self._store[:, first:last, :, below : below + count].permute(1, 3, 0, 2, 4)
        return keys.unbind(0), values.unbind(0), slots.unbind(0)

    def _below(self, layer: int, position: int) -> int:
        """How many entries `layer` holds for positions below `position`, all of which it has dealt with."""
        return bisect_left(self._held[layer], position) if layer in self._held else position

    def _list(self, layer: int, below: int) -> list[int]:
        """The list of what `layer` holds; where there was none, it holds everything below `below`."""
        if layer not in self._held:
            self._held[layer] = list(range(below))
        return self._held[layer]

    def _settle(self, layer: int) -> None:
        """A layer that holds everything below its level again needs no list."""
        if layer in self._held and len(self._held[layer]) == self._levels[layer]:
            del self._held[layer]

    def _check_step(self, first: int, last: int, start: int, end: int) -> None:
        self._check_room(end)
        if start > min(self._levels[first:last]):
            raise ValueError(f"Layers {first} to {last - 1} have nothing before position {start} to attend to.")

    def _check_room(self, end: int) -> None:
        if end > self.capacity:
            raise ContextFull(f"The conversation needs more than the {self.capacity} positions there is room for.")
