"""The ids that may come at a place of a reply."""

from __future__ import annotations

from collections.abc import Iterable

import torch


class AllowedIds:
    """Ids of a vocabulary, made once for every phase of a model's replies and shared; `text` says that words come there.

    `ids` [k] are int64 and ascending, `mask` [vocabulary] is true at them; do not write to either. Where they stand side by side,
    `rows` is their slice, else it is `ids`. An object equals nothing but itself, so that it can be the key to what was
    prepared for it. Raises `ValueError` where there are none, and `IndexError` for an id beyond the vocabulary.
    """

    def __init__(
        self, vocabulary: int, *ids: Iterable[int], device: torch.device | str = "cpu", text: bool = False
    ) -> None:
        self.text = text
        mask = torch.zeros(vocabulary, dtype=torch.bool)
        for group in ids:
            mask[list(group)] = True
        found = mask.nonzero().flatten()
        if not len(found):
            raise ValueError("No id of the vocabulary is allowed.")
        self.ids, self.mask = found.to(device), mask.to(device)
        self._numbers = found.numpy()  # on the host: looking one up waits for no device
        self._first, self._count = int(found[0]), len(found)
        self._side_by_side = int(found[-1]) - self._first + 1 == self._count
        self.rows = slice(self._first, self._first + self._count) if self._side_by_side else self.ids

    def __len__(self) -> int:
        return self._count

    def __contains__(self, token: int) -> bool:
        return bool(self.mask[token])

    def id_at(self, place: int) -> int:
        """The id at a place among the allowed ones, from 0."""
        return self._first + place if self._side_by_side else int(self._numbers[place])

    def place_of(self, token: int) -> int:
        """Where an allowed id stands among them: the inverse of `id_at`."""
        return token - self._first if self._side_by_side else int(self._numbers.searchsorted(token))

    def gather(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [..., vocabulary] -> those of the allowed ids [..., k]: a view where they stand side by side."""
        if self._side_by_side:
            return logits.narrow(-1, self._first, self._count)
        return logits.index_select(-1, self.ids)

    def scatter(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits of the allowed ids [..., k] -> [..., vocabulary], -inf for all others."""
        if self._count == len(self.mask):
            return logits
        out = logits.new_full((*logits.shape[:-1], len(self.mask)), float("-inf"))
        if self._side_by_side:
            out.narrow(-1, self._first, self._count).copy_(logits)
            return out
        return out.index_copy_(-1, self.ids, logits)
