"""What the calls of a model cost on this machine, and what speed they predict.

Fewer layers are not proportionally less time: several rows at once cost more than one, every head has its price, and so has each
cut of a graph.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from statistics import fmean
from typing import Protocol

import torch

from engine.decoding.calls import Call, Step, calls_of
from engine.decoding.interleaved import Model
from engine.decoding.pattern import Pattern
from engine.events import Token
from engine.lm.sampling import Sampler, Sampling, entropy
from engine.lm.seen_ids import SeenIds
from engine.turn_record import TurnRecord

_POSITION = 64  # where calls are measured: in the middle of a short turn
_REPEATS = 5


class PatternedModel(Model, Protocol):
    """What measuring needs of a `SpokenLM`."""

    def pattern(self, spoken: bool) -> Pattern: ...


class Costs:
    """Of the calls of one model, with as many threads as torch has; measured as they are asked for, and remembered.

    The model is named with every measurement and not kept, so that it can be let go.
    """

    def __init__(self) -> None:
        self._times: dict[Call, list[float]] = {}
        self._cuts: tuple[int, ...] = ()

    @property
    def seconds(self) -> dict[Call, float]:
        """Of every call that was measured: means, since the waiting that a busy machine causes is in a reply's time, too."""
        return {call: fmean(times) for call, times in self._times.items()}

    def as_json(self) -> dict[str, float]:
        """The same in milliseconds, the calls in words."""
        return {str(call): round(1000 * seconds, 4) for call, seconds in self.seconds.items()}

    def unknown(self, model: PatternedModel, steps: Iterable[Step]) -> list[Step]:
        """Those with a call that is still to be measured: all of them, once the model's layers are cut in another way."""
        self._forget_other_cuts(model)
        return [step for step in steps if any(call not in self._times for call in step)]

    def measure(
        self,
        model: PatternedModel,
        steps: Iterable[Step],
        repeats: int = _REPEATS,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Times every call of the steps `repeats` times more, in its step: alone it would find itself in the processor's caches.

        `cancelled` is asked before a step is made once more.
        """
        self._forget_other_cuts(model)
        for step in steps:
            made = [_work(model, call) for call in step]
            for repeat in range(repeats + 1):
                if cancelled():
                    return
                times = [_timed(model, work) for work in made]
                for call, spent in zip(step, times, strict=True) if repeat else ():  # the first one warms up
                    self._times.setdefault(call, []).append(spent)

    def of(self, steps: Mapping[Step, int]) -> float:
        """Seconds that so many of each step take. Raises `KeyError` for a call that was not measured."""
        seconds = self.seconds
        return sum(seconds[call] * count for call, count in calls_of(steps).items())

    def _forget_other_cuts(self, model: Model) -> None:
        if model.decoder.cuts != self._cuts:
            self._cuts = model.decoder.cuts
            self._times.clear()


def _timed(model: Model, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    if model.decoder.device.type == "cuda":
        torch.cuda.synchronize(model.decoder.device)  # which else computes on while nothing is timed
    return time.perf_counter() - began


def _work(model: PatternedModel, call: Call) -> Callable[[], object]:
    """What makes such a call, as often as it is called."""
    states = model.decoder.embed([0] * call.rows)
    match call.part:
        case "layers" | "propagate":
            return _layers(model, call, states)
        case "exit head":
            head = model.exit_heads[call.last]
            return lambda: head.logits(states)
        case "head":
            return lambda: model.decoder.logits(states, call.allowed)
    return _choice(model, call, model.decoder.logits(states).view(-1))


def _layers(model: Model, call: Call, states: torch.Tensor) -> Callable[[], object]:
    """As the stepper does it, over and over at one position of a cache of its own."""
    decoder = model.decoder
    cache, rows = decoder.new_cache(_POSITION + call.rows), list(states.split(1))
    position = cache.capacity - call.rows  # less where the context is short
    cache.commit(0, decoder.config.layers, 0, position)  # what is in there makes no difference to the time
    if call.part == "propagate":
        return lambda: decoder.propagate(states, position, cache, call.first)
    if call.first == 0 and call.rows == 1:
        return lambda: decoder.run(decoder.embed((0,)), position, cache, 0, call.last)
    return lambda: decoder.run(torch.cat(rows), position, cache, call.first, call.last)


def _choice(model: PatternedModel, call: Call, row: torch.Tensor) -> Callable[[], object]:
    """Among one row of logits, and what follows of it in the loop."""
    config, pattern = model.decoder.config, model.pattern(spoken=False)
    allowed = call.allowed or pattern.allowed()
    row = row[: config.vocabulary]
    if call.part == "entropy":
        return lambda: entropy(row, allowed)
    sampler, seen = Sampler(call.sampling or Sampling(), device=row.device), SeenIds(config.vocabulary, device=row.device)
    record, token = TurnRecord(layers=config.layers), int(pattern.allowed().ids[0])

    def choose() -> None:
        seen.add(sampler.choose(row, allowed, seen))
        kind = pattern.kind_of(token)
        pattern.after(token)
        record.apply(Token(len(record.tokens), token, kind, config.layers, False, 0, 0.0, time.perf_counter()))

    return choose
