"""The LM head with only the rows that may be chosen: where speech comes, most of a vocabulary is text."""

from __future__ import annotations

import torch

from engine.lm.linear import Int8Linear, Linear

_MOST = 8
"""Masks whose rows are kept at a time; a model's pattern has a few."""


class HeadSlices:
    """Rows of a head by mask, each prepared once: masks are shared objects, so their identity says which they are.

    What the head would give for the ids of the mask is the same, up to the order in which a product adds up, and the
    other ids cannot be chosen: with masks that are applied before everything else, as ours, neither the likeliest token nor
    the distribution of a sampled one changes. (It does against decoding without masks, which may choose any id.)
    """

    def __init__(self, head: Linear | Int8Linear, vocabulary: int):
        self._head, self._vocabulary = head, vocabulary
        # The mask is kept with its rows, so that its identity cannot pass to another one.
        self._slices: dict[int, tuple[torch.Tensor, torch.Tensor, Linear | Int8Linear]] = {}

    def logits(self, states: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
        """Normed states [n, dim], a mask [vocabulary] -> logits [n, vocabulary], -inf for what the mask excludes."""
        if id(allowed) not in self._slices:
            self._prepare(allowed)
        _, ids, rows = self._slices[id(allowed)]
        found = rows(states)
        if len(ids) == self._vocabulary:
            return found
        out = torch.full((len(states), self._vocabulary), float("-inf"), dtype=found.dtype, device=found.device)
        return out.index_copy_(1, ids, found)

    def _prepare(self, allowed: torch.Tensor) -> None:
        if len(self._slices) >= _MOST:
            self._slices.clear()
        ids = allowed.nonzero().flatten()
        rows = self._head if len(ids) == self._vocabulary else self._head.select(ids)
        self._slices[id(allowed)] = (allowed, ids, rows)
