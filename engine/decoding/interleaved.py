"""The decoding loop for one interleaved sequence of text and speech tokens (and its early-stop form)."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NamedTuple, Protocol

import torch

from engine.decoding.exits import Exits
from engine.decoding.pattern import Pattern, under
from engine.decoding.stepper import Stepper
from engine.events import Drafts, Token
from engine.lm.cache import KVCache
from engine.lm.decoder import Decoder
from engine.lm.frames import Frames
from engine.lm.heads import ExitHead
from engine.lm.sampling import Drafted, Sampler, entropy
from engine.lm.seen_ids import SeenIds
from engine.schedules import Schedule, Spark, check


class Model(Protocol):
    """What decoding needs of a `SpokenLM`."""

    decoder: Decoder
    exit_heads: dict[int, ExitHead]


class _Step(NamedTuple):
    logits: torch.Tensor  # [vocabulary]
    layer: int | None  # None is full depth
    caught_up: int
    entropy: float | None


class _Draft(NamedTuple):
    token: int
    drafted: Drafted
    place: Pattern  # where it stands
    milliseconds: float
    at: float


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
    check(schedule, model.decoder.config.layers, model.exit_heads, model.decoder.frame_shape)
    return Decoding(model, cache, last_logits, under(schedule, pattern), schedule, sampler, cancelled, previous, clock)


class Decoding:
    """One reply: iterate for its `Token` and `Drafts` events; close it to stop early.

    However the iteration ends, afterwards every cache layer is filled to the same position, by the prompt and
    `cached_ids`: a beginning of `ids`, the tokens that were yielded. The last token is usually not in the cache, as
    nothing was chosen after it. With `propagate` or `hole` the layers above an exit stay without what they would have made
    of it themselves; the conversation goes on from there.
    """

    def __init__(
        self, model: Model, cache: KVCache, last_logits: torch.Tensor, pattern: Pattern, schedule: Schedule, sampler: Sampler,
        cancelled: Callable[[], bool], previous: Sequence[int], clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.ids: list[int] = []
        self._layers = model.decoder.config.layers
        self._cache = cache
        self._stepper = Stepper(model.decoder, cache, schedule.kv)
        self._exits = Exits(schedule, model.decoder, model.exit_heads)
        self._schedule, self._sampler, self._cancelled, self._clock = schedule, sampler, cancelled, clock
        self._start = cache.position
        cache.roll_back(self._start)
        self._seen = SeenIds(model.decoder.config.vocabulary, previous, model.decoder.device)
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

    def _run(self, logits: torch.Tensor, pattern: Pattern) -> Generator[Token | Drafts]:
        try:
            if pattern.done or self._cancelled():
                return
            began = time.perf_counter()
            token = self._sampler.choose(logits, pattern.allowed(), self._seen)
            yield self._token(token, pattern, self._layers, False, 0, _milliseconds(began))
            schedule, place = self._schedule, pattern.after(token)
            if isinstance(schedule, Spark) and schedule.review:
                yield from self._review(schedule, token, place)
            else:
                yield from self._trust(token, place)
        finally:
            # Drafts and tokens nobody received go; what was received and still pends is brought to full depth.
            self._stepper.roll_back(self._start + len(self.ids))
            self._stepper.flush()

    def _trust(self, token: int, place: Pattern) -> Iterator[Token]:
        """Every token stands as it was chosen, at the depth the schedule gives its place."""
        while not (place.done or self._full() or self._cancelled()):
            began = time.perf_counter()
            step = self._step(token, place)
            token = self._sampler.choose(step.logits, place.allowed(), self._seen)
            refresh = step.layer is None and self._exits.refreshes(place)
            depth = step.layer or self._layers
            yield self._token(token, place, depth, refresh, step.caught_up, _milliseconds(began), step.entropy)
            place = place.after(token)

    def _step(self, token: int, place: Pattern) -> _Step:
        """One step of the depth that the schedule or, in the middle of it, the exit head's entropy decides."""
        stepper, exits, threshold = self._stepper, self._exits, self._schedule.threshold
        early, unsure, caught_up = exits.exit(place), None, stepper.pending
        if early is None:
            return _Step(stepper.full_step(token, wanted=exits.wanted([place]))[0], None, caught_up, None)
        layer, head = early
        logits = stepper.exit_step(token, layer, head)[0]
        if threshold is not None:
            unsure = entropy(logits, place.allowed())
            if unsure >= threshold:
                return _Step(stepper.catch_up(wanted=exits.wanted([place]))[0], None, caught_up, unsure)
        stepper.commit_exit()
        return _Step(logits, layer, 0, unsure)

    def _review(self, schedule: Spark, token: int, place: Pattern) -> Iterator[Token | Drafts]:
        """Groups of drafts and one full step that keeps a beginning of them and adds a token of its own."""
        stepper, exits = self._stepper, self._exits
        while not (place.done or self._full() or self._cancelled()):
            drafts, place = self._draft(schedule, token, place)
            if self._cancelled():
                return
            began, caught_up = time.perf_counter(), stepper.pending
            first_row = stepper.position - len(drafts)
            # A last draft that nothing can follow need not be fed: the rows before it review it.
            last = place.done or self._full()
            wanted = exits.wanted([draft.place for draft in drafts] + ([] if last else [place]))
            if last:
                rows = stepper.catch_up(every_row=True, wanted=wanted)
            else:
                rows = stepper.full_step(drafts[-1].token if drafts else token, every_row=True, wanted=wanted)
            kept = 0
            for draft, row in zip(drafts, rows, strict=False):
                allowed = draft.place.allowed()
                token = self._sampler.review(draft.token, draft.drafted, row, allowed, self._seen, schedule.tolerance)
                if token != draft.token:
                    place = draft.place
                    stepper.roll_back(first_row + kept + 1)
                    break
                self._seen.add(token)  # and once more when it is yielded, which changes nothing
                kept += 1
            if drafts:
                steps = tuple((d.at, d.milliseconds) for d in drafts)
                spent, at = _milliseconds(began), self._clock()
                yield Drafts(kept, tuple(d.token for d in drafts[kept:]), steps, at, spent)
            for draft in drafts[:kept]:
                yield self._token(draft.token, draft.place, schedule.layer, False, 0, draft.milliseconds)
            if kept == len(drafts):
                if last:
                    return
                token = self._sampler.choose(rows[-1], place.allowed(), self._seen)
            yield self._token(token, place, self._layers, exits.refreshes(place), caught_up, _milliseconds(began))
            place = place.after(token)

    def _draft(self, schedule: Spark, token: int, place: Pattern) -> tuple[list[_Draft], Pattern]:
        """Drafts after `token`, none at a place where tokens do not exit early, and the place after them."""
        drafts: list[_Draft] = []
        layer, sure = schedule.layer, len(self._seen)
        while len(drafts) < schedule.drafts and not place.done:
            head = self._exits.head(place, layer)
            if head is None or self._full() or self._cancelled():
                break
            began = time.perf_counter()
            logits = self._stepper.exit_step(token, layer, head)[0]
            token, drafted = self._sampler.draft(logits, place.allowed(), self._seen)
            drafts.append(_Draft(token, drafted, place, _milliseconds(began), self._clock()))
            self._seen.add(token)
            place = place.after(token)
        self._seen.roll_back(sure)
        return drafts, place

    def _full(self) -> bool:
        """Whether the cache has no room for another position."""
        return self._stepper.position >= self._cache.capacity

    def _token(
        self,
        token: int,
        place: Pattern,
        depth: int,
        refresh: bool,
        caught_up: int,
        milliseconds: float,
        unsure: float | None = None,
    ) -> Token:
        index = len(self.ids)
        self.ids.append(token)
        self._seen.add(token)
        self._exits.passed(place)
        kind, allowed = place.kind_of(token), place.allowed()
        codes = allowed.codes_of(token) if isinstance(allowed, Frames) else ()
        return Token(index, token, kind, depth, refresh, caught_up, milliseconds, self._clock(), unsure, codes)


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000
