"""What every layer keeps of its positions, in their order, with a level per layer and room for gaps."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import torch

from engine.lm.config import LMConfig

Views = tuple[Sequence[torch.Tensor], Sequence[torch.Tensor], Sequence[torch.Tensor]]
"""Each over layers: keys and values [1, kv_heads, entries, head_dim] to read; slots [n, 2, kv_heads, head_dim] to write.

Of a layer with a convolution: what it mixes [entries, dim] to read, twice, and slots [n, dim] to write.
"""


class ContextFull(RuntimeError):
    """The cache has no room for more positions; the message is a sentence for the user."""


class KVCache:
    """A preallocated cache of `capacity` positions (at most, and by default, the model's context).

    There is room for `spare` more entries, which a step may overwrite as it likes.

    Every layer has dealt with the positions below its level: it holds an entry (a key and a value, or one vector that a
    convolution mixes) for each of them, except for those that were left out of it. Entries stand next to one another, so
    what was left out is never read. A convolution reads only its last few entries, but keeps all: so it can be rolled back
    as far as the others.
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
        self._config = config
        self.capacity = min(capacity or config.context, config.context)
        convolutions = set(config.conv_layers)
        self._mixes = [layer in convolutions for layer in range(config.layers)]
        self._place = [sum(mixes == of for of in self._mixes[:layer]) for layer, mixes in enumerate(self._mixes)]
        shape = (2, config.layers - len(convolutions), config.kv_heads, self.capacity + spare, config.head_dim)
        self._store = _zeros(shape, dtype, device)
        self._mixed = _zeros((len(convolutions), self.capacity + spare, config.dim), dtype, device)
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
        """Bytes of all entries that are held (not of the room kept for more)."""
        heads, dim = self._store.shape[2], self._store.shape[-1]
        values = (2 * heads * dim, self._mixed.shape[-1])
        held = sum(self.entries(layer) * values[mixes] for layer, mixes in enumerate(self._mixes))
        return held * self._store.element_size()

    @property
    def bytes_per_position(self) -> int:
        """What all layers together hold of one position."""
        return self._config.position_values * self._store.element_size()

    def contents(self, layer: int) -> torch.Tensor:
        """What `layer` holds, a view: [2, kv_heads, entries, head_dim], keys (rotated) first; of a convolution [entries, dim]."""
        held, place = self.entries(layer), self._place[layer]
        return self._mixed[place, :held] if self._mixes[layer] else self._store[:, place, :, :held]

    def buffers(self, layer: int) -> tuple[torch.Tensor, ...]:
        """All the room of a layer; views: for keys and for values [1, kv_heads, capacity + spare, head_dim], or of a convolution
        [1, capacity + spare, dim]."""
        if self._mixes[layer]:
            return (self._mixed[self._place[layer], None],)
        return tuple(self._store[:, self._place[layer], None])

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
        end = below + count
        if len(self._mixed):
            return self._views_by_layer(first, last, below, end)
        keys, values = self._store[:, first:last, None, :, :end].unbind(0)
        slots = self._store[:, first:last, :, below:end].permute(1, 3, 0, 2, 4)
        return keys.unbind(0), values.unbind(0), slots.unbind(0)

    def _views_by_layer(self, first: int, last: int, below: int, end: int) -> Views:
        """As `_views`, where not all layers are of one kind."""
        keys: list[torch.Tensor] = []
        values: list[torch.Tensor] = []
        slots: list[torch.Tensor] = []
        for layer in range(first, last):
            place = self._place[layer]
            if self._mixes[layer]:
                views = (self._mixed[place, :end], self._mixed[place, :end], self._mixed[place, below:end])
            else:
                both = self._store[:, place]
                views = (both[0, None, :, :end], both[1, None, :, :end], both[:, :, below:end].permute(2, 0, 1, 3))
            for found, view in zip((keys, values, slots), views, strict=True):
                found.append(view)
        return keys, values, slots

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


def _zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device | str) -> torch.Tensor:
    """As `torch.zeros`; on the processor memory is taken only where something is written, which few conversations fill."""
    count = math.prod(shape)
    if torch.device(device).type != "cpu" or not count:
        return torch.zeros(shape, dtype=dtype, device=device)
    return torch.from_numpy(np.zeros(count * dtype.itemsize, np.uint8)).view(dtype).view(shape)
