"""A conversation as prompt positions, and the KV cache that holds the first of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

import torch

from engine.events import Kind
from engine.lm import shared_positions
from engine.lm.decoder import Decoder
from engine.prefill.deep import DeepPrefill, Marks
from engine.prefill.flops import layers_flops, pooling_flops, prompt_flops
from engine.prefill.pooling import NONE, DeepPooling, Pooling

BLOCK = 256
"""Positions prefilled at a time: so many pass before a cancelled prefill ends."""
SPARE_TURNS = 5
"""For how many turns there is room again, where that can be, once some had to be forgotten."""


Run = Sequence[int | tuple[int, ...]] | torch.Tensor
"""Positions: the id, or the ids that share it, of each, or their states [positions, dim]."""


class UnknownToken(ValueError):
    """A conversation holds a token that the model does not have; the message is a sentence for the user."""


class Piece(Protocol):
    """As `engine.models.spoken_lm.PromptPiece`: ids, or states [positions, dim] in their embeddings' place.

    The `opening` of the first piece of all, whichever that is by now, is what the conversation begins with.
    """

    @property
    def ids(self) -> tuple[int, ...]: ...

    @property
    def states(self) -> torch.Tensor | None: ...

    @property
    def opening(self) -> tuple[int, ...]: ...

    @property
    def speech(self) -> bool: ...

    def __len__(self) -> int: ...


@dataclass(eq=False)
class Exchange:
    """A question and its reply: the ids, what kind each is, and what closes the reply if it did not end by itself.

    The question's speech is as input pooling left it, of `heard` positions; deep pooling happens whenever it is prefilled.
    `widths` says how many of the reply's ids share each position (parallel decoding); None is one each.
    """

    question: list[Piece] = field(default_factory=list)
    reply: list[int] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    closing: Piece | None = None
    pooling: Pooling = NONE
    heard: int = 0
    widths: list[int] | None = None

    def __len__(self) -> int:
        closing = 0 if self.closing is None else len(self.closing)
        reply = self.reply if self.widths is None else self.widths
        return sum(map(len, self.question)) + len(reply) + closing

    def cut(self, tokens: int) -> None:
        """Keeps the first `tokens` tokens of the reply, and no part of a position."""
        if self.widths is not None:
            ends = [0, *accumulate(self.widths)]
            kept = bisect_right(ends, tokens) - 1
            tokens = ends[kept]
            del self.widths[kept:]
        del self.reply[tokens:], self.kinds[tokens:]

    @property
    def merged(self) -> int:
        """How many of the heard positions input pooling saved."""
        return self.heard - sum(len(piece) for piece in self.question if piece.speech)


class History:
    """Exchanges, oldest first. The cache always has the first `cached` of their positions, at full depth but for what
    a schedule (propagate, hole) or a pooling left out of it.

    Whoever decodes into `cache` must leave it so. `capacity` (at most the decoder's context) bounds the positions.
    """

    def __init__(self, decoder: Decoder, capacity: int):
        self._decoder = decoder
        self.cache = decoder.new_cache(capacity)
        self._deep = DeepPrefill(decoder, self.cache)
        self.exchanges: list[Exchange] = []
        self.reused = 0
        """Of the cached positions, how many were cached when the latest exchange was opened."""

    def __len__(self) -> int:
        return len(self._opening) + sum(map(len, self.exchanges))

    @property
    def cached(self) -> int:
        return self.cache.position

    @property
    def capacity(self) -> int:
        return self.cache.capacity

    def open(self, pooling: Pooling = NONE) -> Exchange:
        """A new exchange at the end, whose speech is pooled so."""
        self.reused = self.cached
        self.exchanges.append(Exchange(pooling=pooling))
        return self.exchanges[-1]

    def add(self, piece: Piece) -> None:
        """One more piece of the latest exchange's question."""
        if len(piece):
            self.exchanges[-1].question.append(piece)

    def take_back(self, pieces: int) -> None:
        """Keeps of the latest exchange's question only the first `pieces` pieces."""
        del self.exchanges[-1].question[pieces:]
        self._keep(len(self))

    def make_room(self, positions: int) -> int:
        """Drops the oldest exchanges, but never the latest, until `positions` more fit -> how many of them do fit.

        Keys carry their positions, so what moves is computed again, and that shall not happen in every turn of a full
        conversation. So more are dropped than `positions` need, for `SPARE_TURNS` turns as long as the longest that stays;
        only the exchange before the latest is not dropped for turns to come.
        """
        if len(self.exchanges) > 1 and self._lacks(positions):
            del self.exchanges[0]
            while len(self.exchanges) > 2 and self._lacks(positions + SPARE_TURNS * max(map(len, self.exchanges))):
                del self.exchanges[0]
            if len(self.exchanges) > 1 and self._lacks(positions):
                del self.exchanges[0]
            self._keep(0)
        return min(positions, max(0, self.capacity - len(self)))

    def cut_reply(self, exchange: Exchange, tokens: int, close: Callable[[list[int]], Piece]) -> None:
        """Keeps only the first `tokens` tokens of a reply, in whole positions; `close` gives what closes it then."""
        exchange.cut(tokens)
        exchange.closing = close(exchange.reply)
        before = len(self._opening) + sum(map(len, self.exchanges[: self.exchanges.index(exchange)]))
        self._keep(before + len(exchange) - len(exchange.closing))

    def restore(self, exchanges: Sequence[Exchange]) -> None:
        """Goes back to these exchanges, an earlier value of `exchanges`."""
        same = list(exchanges) == self.exchanges[: len(exchanges)]
        self.exchanges = list(exchanges)
        self._keep(len(self) if same else 0)

    def known(self, exchange: Exchange) -> bool:
        """Whether the model has every token of an exchange."""
        return all(self._unknown(run) is None for run in _runs(exchange))

    def ids(self) -> list[int]:
        """All token ids in order (states have none)."""
        runs = (run for run in self._runs() if not isinstance(run, torch.Tensor))
        return [token for run in runs for token in shared_positions.tokens_of(run)]

    def prefill(self, cancelled: Callable[[], bool] = lambda: False) -> torch.Tensor | None:
        """Brings what is missing into the cache -> the last state [1, dim], or None if nothing was, or if cancelled.

        Also None, with less in the cache, if the last positions are speech in a group that deep pooling holds open.
        `cancelled` is asked before every block. Raises `ContextFull` without room.
        """
        start, state = self.cached + self._deep.pending, None
        if start == len(self):
            return None
        marks = self._marks_from(start)
        for block in self._states_from(start).split(BLOCK):
            if cancelled():
                return None
            state = self._deep.run(block, start, marks[: len(block)])
            start, marks = start + len(block), marks[len(block) :]
        return state

    def last_logits(self, cancelled: Callable[[], bool] = lambda: False) -> torch.Tensor | None:
        """Prefills everything -> the logits [1, vocabulary] after the last position, or None if cancelled."""
        if self.cached == len(self):
            self._keep(len(self) - 1)
        state = self.prefill(cancelled)
        if state is None and self.cached + self._deep.pending == len(self):
            state = self._deep.finish()
        return None if state is None else self._decoder.logits(state)

    def cost(self) -> dict[str, int]:
        """What the latest exchange's question cost, which is prefilled; see `engine.events.TurnStats.prefill`."""
        exchange, config, cache = self.exchanges[-1], self._decoder.config, self.cache
        start = len(self) - len(exchange)
        question = sum(map(len, exchange.question))
        entered = exchange.heard - exchange.merged
        top, pooling = cache.positions(config.layers - 1), exchange.pooling
        kept = bisect_left(top, start + question) - bisect_left(top, start)
        spent = pooling_flops(config, exchange.heard, pooling.input) + pooling_flops(config, entered, pooling.deep)
        before = start + sum(earlier.merged for earlier in self.exchanges[:-1])
        entry = cache.bytes_per_position
        return {
            "heard": exchange.heard,
            "input": entered,
            "deep": kept - (question - entered),
            "flops": prompt_flops(config, cache, start, start + question) + spent,
            "flops_unpooled": layers_flops(config, question + exchange.merged, before),
            "kv_bytes": cache.held_bytes(),
            "kv_bytes_unpooled": entry * (before + question + exchange.merged),
        }

    def _lacks(self, positions: int) -> bool:
        return len(self) + positions > self.capacity

    @property
    def _opening(self) -> Sequence[int]:
        first = next((exchange.question for exchange in self.exchanges[:1]), None)
        return first[0].opening if first else ()

    def _keep(self, positions: int) -> None:
        positions = self._between_groups(positions)
        self._deep.forget()
        self.cache.roll_back(positions)
        self.reused = min(self.reused, positions)

    def _between_groups(self, position: int) -> int:
        """`position`, or where the deep-pooled group that it would cut begins."""
        position, end = min(position, self.cached), len(self._opening)
        for exchange in self.exchanges:
            if exchange.pooling.deep and end < position < end + sum(map(len, exchange.question)):
                held = self.cache.positions(self._decoder.config.layers - 1)
                below = bisect_left(held, position)
                return held[below - 1] + 1 if below else 0
            end += len(exchange)
        return position

    def _runs(self) -> Iterator[Run]:
        yield self._opening
        for exchange in self.exchanges:
            yield from _runs(exchange)

    def _unknown(self, run: Run) -> int | None:
        """The first token of a run that the model does not have."""
        if isinstance(run, torch.Tensor):
            return None
        return next((token for token in shared_positions.tokens_of(run) if not self._decoder.knows(token)), None)

    def _marks_from(self, position: int) -> Marks:
        """From `position` on, how deep pooling merges each position that is speech; None for all others."""
        marks: list[DeepPooling | None] = [None] * len(self._opening)
        for exchange in self.exchanges:
            for piece in exchange.question:
                marks += [exchange.pooling.deep if piece.speech else None] * len(piece)
            marks += [None] * (len(exchange) - sum(map(len, exchange.question)))
        return marks[position:]

    @torch.inference_mode()
    def _states_from(self, position: int) -> torch.Tensor:
        """Embeddings or states [len(self) - position, dim] from `position` on. Raises `UnknownToken`."""
        decoder, found, start = self._decoder, [], 0
        for run in self._runs():
            rest, start = run[max(0, position - start) :], start + len(run)
            if len(rest):
                if (token := self._unknown(rest)) is not None:
                    raise UnknownToken(f"The conversation holds token {token}, which the model does not have: ask again.")
                if isinstance(rest, torch.Tensor):
                    found.append(rest.to(decoder.device, decoder.dtype))
                else:
                    found.append(shared_positions.embed(decoder, rest))
        return torch.cat(found)


def _runs(exchange: Exchange) -> Iterator[Run]:
    for piece in exchange.question:
        yield piece.ids if piece.states is None else piece.states
    yield exchange.reply if exchange.widths is None else shared_positions.split(exchange.reply, exchange.widths)
    if exchange.closing is not None:
        yield exchange.closing.ids if exchange.closing.states is None else exchange.closing.states
