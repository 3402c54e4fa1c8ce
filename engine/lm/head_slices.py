"""The LM head with only the rows that may be chosen: where speech comes, most of a vocabulary is text."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.linear import Int8Linear, Linear


class HeadSlices:
    """Rows of a head by allowed ids, prepared once for each object and dropped with it.

    What the head would give for the allowed ids is the same, up to the order in which a product adds up, and the others
    cannot be chosen: as they are left out before everything else, neither the likeliest token nor the distribution of a
    sampled one changes. (It does against decoding without rules, which may choose any id.)
    """

    def __init__(self, head: Linear | Int8Linear):
        self._head = head
        self._slices: WeakKeyDictionary[AllowedIds, Linear | Int8Linear] = WeakKeyDictionary()

    def logits(self, states: torch.Tensor, allowed: AllowedIds | None) -> torch.Tensor:
        """Normed states [n, dim] -> logits [n, vocabulary], -inf for what is not allowed; None is all that the head has."""
        if allowed is None:
            return self._head(states)
        rows = self._slices.get(allowed)
        if rows is None:
            everything = len(allowed) == len(allowed.mask)
            rows = self._slices[allowed] = self._head if everything else self._head.select(allowed.rows)
        return allowed.scatter(rows(states))
