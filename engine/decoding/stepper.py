"""The two kinds of decode step, early exit and full depth with catch-up, over one cache."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from engine.lm.cache import KVCache
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead


class Stepper:
    """Feeds one token at a time at the next position of `cache`.

    After an exit step the layers above hold nothing for its position; the state waits in a pending buffer until a
    full step or a flush brings all pending positions up as one batch (the catch-up of arXiv 2603.09215).
    """

    def __init__(self, decoder: Decoder, cache: KVCache, heads: Mapping[int, ExitHead]):
        self._decoder, self._cache, self._heads = decoder, cache, heads
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

    def exit_step(self, token: int, layer: int) -> torch.Tensor:
        """Runs `token` through layers[0:layer] -> the exit head's logits [1, vocabulary]."""
        if self._pending and layer != self._layer:
            self.flush()
        decoder = self._decoder
        state = decoder.run(decoder.embed((token,)), self.position, self._cache, 0, layer)
        self._pending.append(state)
        self._layer = layer
        return self._heads[layer].logits(state)

    def full_step(self, token: int, every_row: bool = False) -> torch.Tensor:
        """Runs `token` and all pending positions through every layer -> full depth's logits.

        They are [1, vocabulary] for the token, or with `every_row` [pending + 1, vocabulary], the pending ones first.
        """
        decoder = self._decoder
        state = decoder.embed((token,))
        if not self._pending:
            return decoder.logits(decoder.run(state, self.position, self._cache))
        self._pending.append(decoder.run(state, self.position, self._cache, 0, self._layer))
        states = self._catch_up()
        return decoder.logits(states if every_row else states[-1:])

    def flush(self) -> torch.Tensor | None:
        """Brings all pending positions to full depth -> their states [pending, dim] after the last layer, or None."""
        return self._catch_up() if self._pending else None

    def roll_back(self, position: int) -> None:
        """Forgets everything at `position` and above."""
        del self._pending[max(0, len(self._pending) - max(0, self.position - position)) :]
        self._cache.roll_back(position)

    def _catch_up(self) -> torch.Tensor:
        layers = self._decoder.config.layers
        states = torch.cat(self._pending)
        states = self._decoder.run(states, self._cache.filled(layers - 1), self._cache, self._layer, layers)
        self._pending.clear()
        return states
