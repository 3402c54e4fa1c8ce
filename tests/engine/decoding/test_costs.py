"""What calls cost is measured once and adds up to what a reply costs."""

from __future__ import annotations

import gc
import weakref
from collections import Counter

import pytest

from engine.decoding import costs as module
from engine.decoding.calls import Call, calls_of, steps_of
from engine.decoding.costs import Costs
from engine.decoding.interleaved import decode
from engine.lm.decoder import Decoder
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import parse
from engine.turn_record import TurnRecord
from tests.engine.random_lm import SHAPE
from tests.engine.random_spoken_lm import RandomSpokenLM

EVERY_PART = ["entropy:2<2+text", "spark:triple@3+propagate", "spark:k=4,last@1+review+slice"]


@pytest.fixture
def model():
    return RandomSpokenLM(limit=40)


@pytest.fixture
def ticking(monkeypatch):
    """A clock that goes by a second per layer and row, and by nothing else."""
    now, run = [0.0], Decoder.run

    def slow(decoder, states, start, cache, first=0, last=None, *rest):
        now[0] += len(states) * ((decoder.config.layers if last is None else last) - first)
        return run(decoder, states, start, cache, first, last, *rest)

    monkeypatch.setattr(Decoder, "run", slow)
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    return now


def steps_for(model, schedule):
    cache, logits = model.prompt()
    record, pattern = TurnRecord(schedule, layers=SHAPE.layers), model.pattern(spoken=False)
    for event in decode(model, cache, logits, pattern, parse(schedule), Sampler(Sampling())):
        record.apply(event)
    return steps_of(record, pattern, model), record


@pytest.mark.parametrize("schedule", EVERY_PART)
def test_every_call_of_a_reply_can_be_measured(model, schedule):
    steps, costs = steps_for(model, schedule)[0], Costs()
    costs.measure(model, steps)
    assert costs.seconds.keys() == calls_of(steps).keys()
    assert all(seconds > 0 for seconds in costs.seconds.values())


@pytest.mark.parametrize("schedule", ["full", "spark:even@2", "spark:k=4,last@1+review"])
def test_costs_add_up_to_the_reply(model, schedule, ticking):
    began = ticking[0]
    steps, record = steps_for(model, schedule)
    spent = ticking[0] - began - 5 * SHAPE.layers  # of which the prompt's five positions
    costs = Costs()
    costs.measure(model, steps)
    assert costs.of(steps) == spent > 0


def test_several_rows_cost_what_they_are_measured_at(model, ticking):
    costs, (one, three) = Costs(), ((Call("layers", 2, 4, rows),) for rows in (1, 3))
    costs.measure(model, [one, three])
    assert costs.of(Counter({one: 2, three: 1})) == 2 * 2 + 6


def test_what_is_known_is_not_measured_again(model):
    steps, costs = steps_for(model, "spark:even@2")[0], Costs()
    assert costs.unknown(steps) == list(steps)
    costs.measure(model, steps)
    assert costs.unknown(steps) == []
    assert costs.unknown([*steps, (Call("layers", 0, 3),)]) == [(Call("layers", 0, 3),)]


def test_what_was_not_measured_predicts_nothing(model):
    with pytest.raises(KeyError):
        Costs().of(Counter({(Call("layers", 0, 3),): 1}))


def test_measuring_ends_when_it_is_cancelled(model):
    steps, costs, asked = list(steps_for(model, "spark:even@2")[0]), Costs(), []
    costs.measure(model, steps, cancelled=lambda: len(asked) == 2 or asked.append(1))
    assert costs.unknown(steps) and costs.seconds.keys() == set(steps[0])


def test_costs_do_not_keep_the_model(model):
    steps, costs = steps_for(model, "spark:k=4,last@1+review+slice")[0], Costs()
    costs.measure(model, steps)
    kept = RandomSpokenLM(limit=5)
    costs.measure(kept, [(Call("layers", 0, 3),)])
    gone = weakref.ref(kept.decoder)
    del kept
    gc.collect()
    assert gone() is None
