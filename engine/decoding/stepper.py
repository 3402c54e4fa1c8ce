"""The two kinds of decode step, early exit and full depth with catch-up, over one cache."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import torch

from engine.lm.cache import KVCache
from engine.lm.decoder import Decoder
from engine.lm.frames import Choices
from engine.lm.heads import ExitHead
from engine.schedules import KV

Wanted = Sequence[Choices | None]
"""For each row of logits: what is chosen among by it; None is all ids. Nothing at all is all of all."""
Rows = Sequence[torch.Tensor]
"""Logits [vocabulary], position by position; where a frame comes, what it is chosen by."""


class Stepper:
    """Feeds one token at a time at the next position of `cache`.

    After an exit step the layers above hold nothing for its position; the state waits in a pending buffer until a
    full step or a flush brings all pending positions up as one batch (the catch-up of arXiv 2603.09215). Other ways for
    these layers, `kv`, are for good: see `engine.schedules.KV` and `commit_exit`.
    """

    def __init__(self, decoder: Decoder, cache: KVCache, kv: KV = "catch-up"):
        self._decoder, self._cache, self._kv = decoder, cache, kv
        self._pending: list[torch.Tensor] = []  # states [1, dim] after layer _layer
        self._layer = 0

    @property
    def position(self) -> int:
        """Where the next token goes."""
        return self._cache.filled(0)

    @property
    def pending(self) -> int:
        """Positions that have only been through the lower layers."""
        return len(self._pending)

    def exit_step(self, token: int, layer: int, head: ExitHead | Decoder) -> torch.Tensor:
        """Runs `token` through layers[0:layer], the same ones while anything is pending -> logits [1, vocabulary] by `head`.

        The decoder itself can be the head: its final norm and LM head on the layer's state, the logit lens.
        """
        decoder = self._decoder
        state = decoder.run(decoder.embed((token,)), self.position, self._cache, 0, layer)
        self._pending.append(state)
        self._layer = layer
        return head.logits(state)

    def commit_exit(self) -> None:
        """The latest exit step is final: unless its position is to catch up, the layers above are dealt with now."""
        if self._kv == "catch-up" or not self._pending:
            return
        layers = self._decoder.config.layers
        if self._kv == "propagate":
            self._decoder.propagate(torch.cat(self._pending), self._cache.filled(layers - 1), self._cache, self._layer)
        else:
            self._cache.skip(self._layer, layers, self.position)
        self._pending.clear()

    def catch_up(self, every_row: bool = False, wanted: Wanted = ()) -> Rows:
        """Brings all pending positions to full depth, from their states on -> logits, as `full_step`, of the latest."""
        return self._logits(self._full_depth(), every_row, wanted)

    def full_step(self, token: int, every_row: bool = False, wanted: Wanted = ()) -> Rows:
        """Runs `token` and all pending positions through every layer -> full depth's logits.

        They are those of the token, or with `every_row` those of the pending ones, and then its own.
        """
        decoder = self._decoder
        state = decoder.embed((token,))
        if not self._pending:
            return self._logits(decoder.run(state, self.position, self._cache), every_row, wanted)
        self._pending.append(decoder.run(state, self.position, self._cache, 0, self._layer))
        return self.catch_up(every_row, wanted)

    def flush(self) -> None:
        """Brings all pending positions to full depth."""
        if self._pending:
            self._full_depth()

    def roll_back(self, position: int) -> None:
        """Forgets everything at `position` and above."""
        del self._pending[max(0, len(self._pending) - max(0, self.position - position)) :]
        self._cache.roll_back(position)

    def _full_depth(self) -> torch.Tensor:
        layers = self._decoder.config.layers
        states = torch.cat(self._pending)
        states = self._decoder.run(states, self._cache.filled(layers - 1), self._cache, self._layer, layers)
        self._pending.clear()
        return states

    def _logits(self, states: torch.Tensor, every_row: bool, wanted: Wanted) -> Rows:
        states = states if every_row else states[-1:]
        rows: list[torch.Tensor] = []
        for ids, alike in groupby(wanted or [None] * len(states)):  # of the same ids, all rows at once
            rows += self._decoder.logits(states[len(rows) : len(rows) + len(list(alike))], ids)
        return rows
