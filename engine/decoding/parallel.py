"""The decoding loop for positions that say a text token and several speech tokens at once (parallel, arXiv 2506.04518).

What shares a position is chosen from the same state and enters the model together, as the mean of its embeddings. That is the
shortest sequence of all paradigms; but no token of a position knows the others. As every step says text, every step runs every
layer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeGuard

import torch

from engine.decoding.interleaved import Model
from engine.decoding.pattern import Pattern
from engine.events import Kind, Token
from engine.lm import shared_positions
from engine.lm.cache import KVCache
from engine.lm.sampling import Sampler
from engine.lm.seen_ids import SeenIds
from engine.schedules import Full, Schedule, ScheduleError


class SharedPattern(Pattern, Protocol):
    """A pattern whose reply has positions that several tokens share."""

    @property
    def slot(self) -> int:
        """Place of the next token in its position, from 0: a token at 0 begins a new position."""

    def logits(self, row: torch.Tensor) -> torch.Tensor:
        """What the model says of one position, as its `Decoder.logits` gives it -> the next token's logits [vocabulary]."""

    def after(self, token: int) -> SharedPattern: ...


class _Choice(NamedTuple):
    token: int
    kind: Kind


def is_shared(pattern: Pattern) -> TypeGuard[SharedPattern]:
    """Whether a reply of this pattern is to be decoded here."""
    return hasattr(pattern, "slot")


def decode(
    model: Model,
    cache: KVCache,
    last_logits: torch.Tensor,
    pattern: SharedPattern,
    schedule: Schedule,
    sampler: Sampler,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    previous: Sequence[int] = (),
    clock: Callable[[], float] = time.perf_counter,
) -> ParallelDecoding:
    """As `engine.decoding.interleaved.decode`; `last_logits` is whatever the model says of one position.

    Raises `ScheduleError` for any schedule but full depth.
    """
    if not isinstance(schedule, Full):
        raise ScheduleError(
            f"{schedule} cannot run: this model says text in every step, and text always runs every layer. Use full."
        )
    return ParallelDecoding(model, cache, last_logits, pattern, sampler, cancelled, previous, clock)


class ParallelDecoding:
    """One reply: iterate for its `Token` events; close it to stop early.

    `widths` says how many of `ids`, the tokens that were yielded, share each position. However the iteration ends,
    afterwards every cache layer is filled to the same position and holds the prompt and `cached_ids`: whole positions.
    A step's tokens share its time evenly.
    """

    def __init__(
        self, model: Model, cache: KVCache, last_logits: torch.Tensor, pattern: SharedPattern, sampler: Sampler,
        cancelled: Callable[[], bool], previous: Sequence[int], clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.ids: list[int] = []
        self.widths: list[int] = []
        self._decoder, self._cache = model.decoder, cache
        self._sampler, self._cancelled, self._clock = sampler, cancelled, clock
        self._start = cache.position
        self._seen = SeenIds(model.decoder.config.vocabulary, previous, model.decoder.device)
        self._events = self._run(last_logits.view(-1), pattern)

    def __iter__(self) -> Iterator[Token]:
        return self._events

    def close(self) -> None:
        """Stops decoding and leaves the cache as described above."""
        self._events.close()

    @property
    def cached_ids(self) -> list[int]:
        """The reply's tokens that are in the cache, once the iteration ended."""
        return self.ids[: sum(self.widths[: self._cache.position - self._start])]

    def _run(self, row: torch.Tensor, place: SharedPattern) -> Generator[Token]:
        try:
            began = time.perf_counter()
            while not (place.done or self._cancelled()):
                choices, place = self._choose(row, place)
                yield from self._tokens(choices, (time.perf_counter() - began) * 1000 / len(choices))
                if place.done or self._cache.position >= self._cache.capacity or self._cancelled():
                    return
                began = time.perf_counter()
                row = self._step([choice.token for choice in choices])
        finally:
            self._cache.roll_back(self._cache.position)  # no layer is ahead of the others if a step failed

    def _choose(self, row: torch.Tensor, place: SharedPattern) -> tuple[list[_Choice], SharedPattern]:
        """All tokens of one position, and the place after them."""
        choices: list[_Choice] = []
        while not place.done and (place.slot or not choices):
            token = self._sampler.choose(place.logits(row), place.allowed(), self._seen)
            choices.append(_Choice(token, place.kind_of(token)))
            self._seen.add(token)
            place = place.after(token)
        return choices, place

    def _step(self, tokens: list[int]) -> torch.Tensor:
        """Feeds one position -> what the model says of the next."""
        states = shared_positions.embed(self._decoder, [tuple(tokens)])
        return self._decoder.logits(self._decoder.run(states, self._cache.position, self._cache)).view(-1)

    def _tokens(self, choices: list[_Choice], milliseconds: float) -> Iterator[Token]:
        depth, at = self._decoder.config.layers, self._clock()
        self.widths.append(0)
        for choice in choices:
            index = len(self.ids)
            self.ids.append(choice.token)
            self.widths[-1] += 1
            yield Token(index, choice.token, choice.kind, depth, False, 0, milliseconds, at)
