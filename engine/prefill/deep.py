"""Deep pooling (arXiv 2604.06871): speech merged between two layers while the prompt is prefilled block by block.

The layers below hold every position. Before the pooled layer the states of the user's speech form groups
(`engine.prefill.affinity`), and the layers from there on run and hold one entry for each group. An open group waits: what is
behind it goes up only with it, so the upper layers always end where a group ended.

An entry stands at the position of its group's last member. That is when all of it has been heard, so it looks back at
everything that came before and at nothing that came later; what follows, which keeps its own position, is as far
away from it as from the nearest of its members; and an entry is never further from its neighbours than any of its members.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

import torch

from engine.lm.cache import KVCache
from engine.lm.decoder import Decoder
from engine.prefill.affinity import Affinity
from engine.prefill.pooling import DeepPooling

Marks = Sequence[DeepPooling | None]
"""For each position how it is pooled if it is speech; None: it stands for itself."""


class _OpenGroup(NamedTuple):
    pooling: DeepPooling
    affinity: Affinity


class DeepPrefill:
    """Runs the positions of one cache, in order and in blocks of any size; `pending` of them wait in an open group."""

    def __init__(self, decoder: Decoder, cache: KVCache):
        self._decoder, self._cache = decoder, cache
        self._open: _OpenGroup | None = None

    @property
    def pending(self) -> int:
        """Positions that the lower layers hold and the upper layers still wait for."""
        return 0 if self._open is None else self._open.affinity.pending

    def run(self, states: torch.Tensor, start: int, marks: Marks) -> torch.Tensor | None:
        """States [n, dim] at positions start..start+n-1 -> the last one [1, dim] after every layer.

        None if the last position waits in an open group. Raises `ContextFull` without room.
        """
        poolings = list(dict.fromkeys(mark for mark in marks if mark is not None))
        if self._open is not None and self._open.pooling not in poolings[:1]:
            poolings.insert(0, self._open.pooling)
        if not poolings:
            return self._decoder.run(states, start, self._cache)[-1:]
        if len(poolings) > 1:  # turns may be pooled each in its own way
            if cut := marks.index(poolings[1]):
                self.run(states[:cut], start, marks[:cut])
            self.finish()
            return self.run(states[cut:], start + cut, marks[cut:])
        return self._pooled(states, start, marks, poolings[0])

    def finish(self) -> torch.Tensor | None:
        """Closes the open group -> its state [1, dim] after every layer, None if there was none."""
        closed, self._open = self._open, None
        if closed is None:
            return None
        groups = closed.affinity.finish()
        return self._rise(closed.pooling.layer, [groups.means], groups.sizes)

    def forget(self) -> None:
        """Drops the open group: the cache is rolled back to where the upper layers end, at most."""
        self._open = None

    def _pooled(self, states: torch.Tensor, start: int, marks: Marks, pooling: DeepPooling) -> torch.Tensor | None:
        affinity = Affinity(pooling.tau, pooling.window) if self._open is None else self._open.affinity
        lower = self._decoder.run(states, start, self._cache, 0, pooling.layer)
        entries: list[torch.Tensor] = []
        sizes: list[int] = []
        end = 0
        for mark, run in groupby(marks):
            first, end = end, end + len(list(run))
            if mark is None:
                groups = affinity.finish()
                if groups.sizes:
                    entries.append(groups.means)
                entries.append(lower[first:end])
                sizes += [*groups.sizes, *[1] * (end - first)]
            else:
                groups = affinity.feed(lower[first:end])
                if groups.sizes:
                    entries.append(groups.means)
                sizes += groups.sizes
        self._open = _OpenGroup(pooling, affinity) if affinity.pending else None
        state = self._rise(pooling.layer, entries, sizes) if sizes else None
        return None if self.pending else state

    def _rise(self, layer: int, entries: list[torch.Tensor], sizes: list[int]) -> torch.Tensor:
        """Runs entries, which stand for so many positions each, through the upper layers -> the last state [1, dim]."""
        layers = self._decoder.config.layers
        start = self._cache.filled(layer)
        positions = [start + end - 1 for end in accumulate(sizes)]
        return self._decoder.run(torch.cat(entries), start, self._cache, layer, layers, positions=positions)[-1:]
