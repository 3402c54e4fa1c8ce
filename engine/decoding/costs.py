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

from engine.decoding.calls import Call, Step
from engine.decoding.interleaved import Model
from engine.decoding.pattern import Pattern
from engine.events import Token
from engine.lm.frames import Frames
from engine.lm.sampling import Sampler, Sampling, entropy
from engine.lm.seen_ids import SeenIds
from engine.turn_record import TurnRecord

_POSITION = 64  # where calls are measured: in the middle of a short turn
_REPEATS = 5


class PatternedModel(Model, Protocol):
    """What measuring needs of a `SpokenLM`."""

    def pattern(self, spoken: bool) -> Pattern: ...


class Costs:
    """Of the calls of one model as it is prepared, with as many threads as torch has: measured as asked for, and remembered.

    A call is timed in each step that it is made in: what came before it decides what it finds in the processor's caches. The
    model is named with every measurement and not kept, so that it can be let go.
    """

    def __init__(self) -> None:
        self._times: dict[Step, list[list[float]]] = {}  # of each of its calls, once for every repetition

    @property
    def seconds(self) -> dict[Call, float]:
        """Of every call that was measured, over all steps: means, as the waiting on a busy machine is in a reply's time, too."""
        found: dict[Call, list[float]] = {}
        for step, repetitions in self._times.items():
            for times in repetitions:
                for call, spent in zip(step, times, strict=True):
                    found.setdefault(call, []).append(spent)
        return {call: fmean(times) for call, times in found.items()}

    def unknown(self, steps: Iterable[Step]) -> list[Step]:
        """Those that are still to be measured."""
        return [step for step in steps if step not in self._times]

    def measure(
        self,
        model: PatternedModel,
        steps: Iterable[Step],
        repeats: int = _REPEATS,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Makes each of the steps `repeats` times more. `cancelled` is asked before every time."""
        for step in steps:
            calls = [_work(model, call) for call in step]
            for repetition in range(repeats + 1):
                if cancelled():
                    return
                times = [_timed(model, call) for call in calls]
                if repetition:  # the first one warms up
                    self._times.setdefault(step, []).append(times)

    def of(self, steps: Mapping[Step, int]) -> float:
        """Seconds that so many of each step take. Raises `KeyError` for one that was not measured."""
        return sum(fmean(map(sum, self._times[step])) * count for step, count in steps.items())


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
    frames = call.allowed if isinstance(call.allowed, Frames) else None
    return _choice(model, call, model.decoder.logits(states, frames).view(-1))


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
    if not isinstance(allowed, Frames):
        row = row[: config.vocabulary]
    if call.part == "entropy":
        return lambda: entropy(row, allowed)
    sampler, seen = Sampler(call.sampling or Sampling(), device=row.device), SeenIds(config.vocabulary, device=row.device)
    record, token = TurnRecord(layers=config.layers), 0

    def choose() -> None:
        seen.add(sampler.choose(row, allowed, seen))
        kind = pattern.kind_of(token)
        pattern.after(token)
        record.apply(Token(len(record.tokens), token, kind, config.layers, False, 0, 0.0, time.perf_counter()))

    return choose
