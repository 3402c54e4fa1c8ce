"""A conversation as prompt positions, and the KV cache that holds the first of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch

from engine.events import Kind
from engine.lm.decoder import Decoder

BLOCK = 256
"""Positions prefilled at a time: so many pass before a cancelled prefill ends."""


class Piece(Protocol):
    """As `engine.models.spoken_lm.PromptPiece`: ids, or states [positions, dim] in their embeddings' place."""

    ids: tuple[int, ...]
    states: torch.Tensor | None

    def __len__(self) -> int: ...


@dataclass(eq=False)
class Exchange:
    """A question and its reply: the ids, what kind each is, and what closes the reply if it did not end by itself."""

    question: list[Piece] = field(default_factory=list)
    reply: list[int] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    closing: Piece | None = None

    def __len__(self) -> int:
        closing = 0 if self.closing is None else len(self.closing)
        return sum(map(len, self.question)) + len(self.reply) + closing


class History:
    """Exchanges, oldest first. The cache always holds the first `cached` of their positions, at full depth.

    Whoever decodes into `cache` must leave it so. `capacity` (at most the decoder's context) bounds the positions.
    """

    def __init__(self, decoder: Decoder, capacity: int):
        self._decoder = decoder
        self.cache = decoder.new_cache(capacity)
        self.exchanges: list[Exchange] = []
        self.reused = 0
        """Of the cached positions, how many were cached when the latest exchange was opened."""

    def __len__(self) -> int:
        return sum(map(len, self.exchanges))

    @property
    def cached(self) -> int:
        return self.cache.position

    @property
    def capacity(self) -> int:
        return self.cache.capacity

    def open(self) -> Exchange:
        """A new exchange at the end."""
        self.reused = self.cached
        self.exchanges.append(Exchange())
        return self.exchanges[-1]

    def add(self, piece: Piece) -> None:
        """One more piece of the latest exchange's question."""
        if len(piece):
            self.exchanges[-1].question.append(piece)

    def make_room(self, positions: int) -> int:
        """Drops the oldest exchanges, but never the latest, until `positions` more fit -> how many of them do fit."""
        before = len(self.exchanges)
        while len(self.exchanges) > 1 and len(self) + positions > self.capacity:
            del self.exchanges[0]
        if len(self.exchanges) < before:
            self._keep(0)  # keys carry their positions: what moves is computed again
        return min(positions, max(0, self.capacity - len(self)))

    def cut_reply(self, exchange: Exchange, tokens: int, close: Callable[[list[int]], Piece]) -> None:
        """Keeps only the first `tokens` tokens of a reply; `close` gives what closes it then."""
        del exchange.reply[tokens:], exchange.kinds[tokens:]
        exchange.closing = close(exchange.reply)
        before = sum(map(len, self.exchanges[: self.exchanges.index(exchange)]))
        self._keep(before + len(exchange) - len(exchange.closing))

    def restore(self, exchanges: Sequence[Exchange]) -> None:
        """Goes back to these exchanges, an earlier value of `exchanges`."""
        same = list(exchanges) == self.exchanges[: len(exchanges)]
        self.exchanges = list(exchanges)
        self._keep(len(self) if same else 0)

    def ids(self) -> list[int]:
        """All token ids in order (states have none)."""
        return [token for piece in self._runs() if not isinstance(piece, torch.Tensor) for token in piece]

    def prefill(self, cancelled: Callable[[], bool] = lambda: False) -> torch.Tensor | None:
        """Brings what is missing into the cache -> the last state [1, dim], or None if nothing was, or if cancelled.

        `cancelled` is asked before every block. Raises `ContextFull` without room.
        """
        if self.cached == len(self):
            return None
        state = None
        for block in self._states_from(self.cached).split(BLOCK):
            if cancelled():
                return None
            state = self._decoder.run(block, self.cached, self.cache)
        return state[-1:]

    def last_logits(self, cancelled: Callable[[], bool] = lambda: False) -> torch.Tensor | None:
        """Prefills everything -> the logits [1, vocabulary] after the last position, or None if cancelled."""
        if self.cached == len(self):
            self._keep(len(self) - 1)
        state = self.prefill(cancelled)
        return None if state is None else self._decoder.logits(state)

    def _keep(self, positions: int) -> None:
        self.cache.roll_back(positions)
        self.reused = min(self.reused, positions)

    def _runs(self) -> Iterator[Sequence[int] | torch.Tensor]:
        for exchange in self.exchanges:
            for piece in exchange.question:
                yield piece.ids if piece.states is None else piece.states
            yield exchange.reply
            if exchange.closing is not None:
                yield exchange.closing.ids if exchange.closing.states is None else exchange.closing.states

    @torch.inference_mode()
    def _states_from(self, position: int) -> torch.Tensor:
        """Embeddings or states [len(self) - position, dim] from `position` on."""
        decoder, found, start = self._decoder, [], 0
        for run in self._runs():
            rest, start = run[max(0, position - start) :], start + len(run)
            if len(rest):
                given = isinstance(rest, torch.Tensor)
                found.append(rest.to(decoder.device, decoder.dtype) if given else decoder.embed(rest))
        return torch.cat(found)
