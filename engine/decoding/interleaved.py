"""The decoding loop for one interleaved sequence of text and speech tokens (and its early-stop form)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import torch

from engine.decoding.pattern import Pattern
from engine.decoding.stepper import Stepper
from engine.events import Drafts, Token
from engine.lm.cache import KVCache
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampler
from engine.schedules import Full, Schedule, check


class Model(Protocol):
    """What decoding needs of a `SpokenLM`."""

    decoder: Decoder
    exit_heads: dict[int, ExitHead]


class _Draft(NamedTuple):
    token: int
    drafted: torch.Tensor | None  # the probabilities it was drawn from
    place: Pattern  # where it stands
    milliseconds: float


def decode(
    model: Model,
    cache: KVCache,
    last_logits: torch.Tensor,
    pattern: Pattern,
    schedule: Schedule,
    sampler: Sampler,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    previous: Sequence[int] = (),
    clock: Callable[[], float] = time.perf_counter,
) -> Decoding:
    """Decodes a reply after a prompt that fills `cache`; `last_logits` [1 or none, vocabulary] are its last position's.

    `cancelled` is asked before every step. `previous` are the prompt's ids (for the repetition penalty). `clock` gives
    the events' times in seconds. Raises `ScheduleError` if the model cannot run the schedule.
    """
    check(schedule, model.decoder.config.layers, model.exit_heads)
    return Decoding(model, cache, last_logits, pattern, schedule, sampler, cancelled, previous, clock)


class Decoding:
    """One reply: iterate for its `Token` and `Drafts` events; close it to stop early.

    However the iteration ends, afterwards every cache layer is filled to the same position and holds the prompt and
    `cached_ids`: a beginning of `ids`, the tokens that were yielded. The last token is usually not in the cache, as
    nothing was chosen after it.
    """

    def __init__(self, model, cache, last_logits, pattern, schedule, sampler, cancelled, previous, clock):
        self.ids: list[int] = []
        self._layers = model.decoder.config.layers
        self._decoder, self._heads, self._cache = model.decoder, model.exit_heads, cache
        self._stepper = Stepper(model.decoder, cache, model.exit_heads)
        self._schedule, self._sampler, self._cancelled, self._clock = schedule, sampler, cancelled, clock
        self._start = cache.position
        cache.roll_back(self._start)
        self._seen = list(previous)
        self._events = self._run(last_logits.view(-1), pattern)

    def __iter__(self) -> Iterator[Token | Drafts]:
        return self._events

    def close(self) -> None:
        """Stops decoding and leaves the cache as described above."""
        self._events.close()

    @property
    def cached_ids(self) -> list[int]:
        """The reply's tokens that are in the cache, once the iteration ended."""
        return self.ids[: self._cache.position - self._start]

    def _run(self, logits: torch.Tensor, pattern: Pattern) -> Iterator[Token | Drafts]:
        try:
            if pattern.done or self._cancelled():
                return
            began = time.perf_counter()
            token = self._sampler.choose(logits, pattern.allowed(), self._seen)
            yield self._token(token, pattern, self._layers, False, 0, _milliseconds(began))
            loop = self._review if self._schedule.review else self._trust
            yield from loop(token, pattern.after(token))
        finally:
            # Drafts and tokens nobody received go; what was received and still pends is brought to full depth.
            self._stepper.roll_back(self._start + len(self.ids))
            self._stepper.flush()

    def _trust(self, token: int, place: Pattern) -> Iterator[Token]:
        """Every token stands as it was chosen, at the depth the schedule gives its place."""
        stepper, sampler = self._stepper, self._sampler
        while not (place.done or self._full() or self._cancelled()):
            began = time.perf_counter()
            layer, caught_up = self._exit_layer(place), 0
            if layer is None:
                caught_up = stepper.pending
                logits = stepper.full_step(token)
            else:
                logits = stepper.exit_step(token, layer)
            token = sampler.choose(logits[0], place.allowed(), self._seen)
            refresh = layer is None and self._refreshes(place)
            yield self._token(token, place, layer or self._layers, refresh, caught_up, _milliseconds(began))
            place = place.after(token)

    def _review(self, token: int, place: Pattern) -> Iterator[Token | Drafts]:
        """Groups of drafts and one full step that keeps a beginning of them and adds a token of its own."""
        stepper = self._stepper
        while not (place.done or self._full() or self._cancelled()):
            drafts, place = self._draft(token, place)
            if self._cancelled():
                return
            began, caught_up = time.perf_counter(), stepper.pending
            first_row = stepper.position - len(drafts)
            # A last draft that nothing can follow need not be fed: the rows before it review it.
            last = place.done or self._full()
            if last:
                rows = self._decoder.logits(stepper.flush())
            else:
                rows = stepper.full_step(drafts[-1].token if drafts else token, every_row=True)
            kept = 0
            for draft, row in zip(drafts, rows, strict=False):
                seen = self._seen + [d.token for d in drafts[:kept]]
                token = self._sampler.review(draft.token, draft.drafted, row, draft.place.allowed(), seen)
                if token != draft.token:
                    place = draft.place
                    stepper.roll_back(first_row + kept + 1)
                    break
                kept += 1
            if drafts:
                yield Drafts(kept, tuple(d.token for d in drafts[kept:]))
            for draft in drafts[:kept]:
                yield self._token(draft.token, draft.place, self._schedule.layer, False, 0, draft.milliseconds)
            if kept == len(drafts):
                if last:
                    return
                token = self._sampler.choose(rows[-1], place.allowed(), self._seen)
            yield self._token(token, place, self._layers, self._refreshes(place), caught_up, _milliseconds(began))
            place = place.after(token)

    def _draft(self, token: int, place: Pattern) -> tuple[list[_Draft], Pattern]:
        """Drafts after `token`, never beyond the chunk, and the place after them."""
        drafts: list[_Draft] = []
        layer = self._schedule.layer
        while len(drafts) < self._schedule.drafts and not place.done and self._may_exit(place, layer):
            if self._full() or self._cancelled():
                break
            began = time.perf_counter()
            logits = self._stepper.exit_step(token, layer)[0]
            seen = self._seen + [d.token for d in drafts]
            token, drafted = self._sampler.draft(logits, place.allowed(), seen)
            drafts.append(_Draft(token, drafted, place, _milliseconds(began)))
            place = place.after(token)
        return drafts, place

    def _exit_layer(self, place: Pattern) -> int | None:
        if not place.speech_step:
            return None
        layer = self._schedule.depth(place.chunk_index, place.chunk_length, self._layers)
        return layer if layer is not None and self._may_exit(place, layer) else None

    def _may_exit(self, place: Pattern, layer: int) -> bool:
        return place.speech_step and self._heads[layer].can_choose(place.allowed())

    def _refreshes(self, place: Pattern) -> bool:
        return place.speech_step and not isinstance(self._schedule, Full)

    def _full(self) -> bool:
        """Whether the cache has no room for another position."""
        return self._stepper.position >= self._cache.capacity

    def _token(
        self, token: int, place: Pattern, depth: int, refresh: bool, caught_up: int, milliseconds: float
    ) -> Token:
        index = len(self.ids)
        self.ids.append(token)
        self._seen.append(token)
        kind = place.kind_of(token)
        return Token(index, token, kind, depth, refresh, caught_up, milliseconds, self._clock())


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000
