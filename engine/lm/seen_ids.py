"""Which ids came before: what a repetition penalty goes by."""

from __future__ import annotations

from collections.abc import Iterable

import torch


class SeenIds:
    """The ids of one conversation so far, each once, kept up to date in place as tokens come and are taken back.

    `ids` are those that came first; they stay. What is no id of the vocabulary, as a frame, is counted and not kept.
    """

    def __init__(self, vocabulary: int, ids: Iterable[int] = (), device: torch.device | str = "cpu") -> None:
        self._vocabulary = vocabulary
        self._came = dict.fromkeys((token for token in ids if token < vocabulary), 0)
        """By id, in order: how many tokens had been added once it first came."""
        self._added = 0
        self._buffer = torch.empty(vocabulary, dtype=torch.long, device=device)
        self._buffer[: len(self._came)] = torch.tensor(list(self._came), dtype=torch.long)
        # On the processor an element is written through numpy at a small part of the cost.
        self._slots = self._buffer.numpy() if self._buffer.is_cpu else self._buffer

    @property
    def ids(self) -> torch.Tensor:
        """[ids that came], int64, on the device; valid until one more is added or taken back."""
        return self._buffer[: len(self._came)]

    def __len__(self) -> int:
        """How many tokens were added."""
        return self._added

    def add(self, token: int) -> None:
        """One more token came."""
        self._added += 1
        if token < self._vocabulary and token not in self._came:
            self._slots[len(self._came)] = token
            self._came[token] = self._added

    def roll_back(self, length: int) -> None:
        """Takes back what was added after the first `length` tokens."""
        self._added = length
        while self._came and next(reversed(self._came.values())) > length:
            self._came.popitem()
