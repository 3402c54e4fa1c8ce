"""What renders were to be expected of: of models that may have gone, and for whom measuring may fail."""

from __future__ import annotations

import gc

import pytest

from app.engine_client.commands import Mailbox, Predicted
from app.engine_client.predictions import Predictions
from engine.decoding.calls import Call, calls_of
from engine.decoding.costs import Costs
from engine.dialogue import Dialogue
from engine.turn_record import TurnRecord
from tests.app.random_voice import RandomVoice

FULL, EXIT = Call("layers", 0, 8), Call("exit head", last=4)


@pytest.fixture
def told():
    return []


@pytest.fixture
def predictions(told):
    return Predictions(Mailbox(), told.append)


def add(predictions, model, number=1) -> TurnRecord:
    record = TurnRecord()
    for _ in Dialogue(model).ask("hello", "fixed:4", record=record):
        pass
    predictions.add(number, record, False, model)
    return record


def test_a_model_that_was_let_go_is_not_kept_for_it(predictions, told):
    model = RandomVoice(chunks=1)
    add(predictions, model)
    predictions.work(model, calls=0)
    add(predictions, model, 2)
    assert [report.turn for report in told] == [1] and predictions.model is model
    del model
    gc.collect()
    assert predictions.model is None


def test_depth_alone_counts_layers_and_costs_count_calls(predictions, told, monkeypatch):
    monkeypatch.setattr(Costs, "of", lambda costs, steps: calls_of(steps)[FULL] + 0.25 * calls_of(steps)[EXIT])
    model = RandomVoice(chunks=1)
    record = add(predictions, model)
    predictions.work(model, calls=0)
    count, early = len(record.tokens), sum(token.depth == 4 for token in record.tokens)
    full = sum(token.depth == 8 and not token.caught_up for token in record.tokens[1:])
    assert told[0].by_costs == pytest.approx(count / (full + 0.25 * early))
    assert told[0].by_depth == pytest.approx(count / ((count - 1) * record.mean_depth / 8))


def test_once_called_it_tells_nothing_and_goes_on_later(predictions, told):
    model = RandomVoice(chunks=1)
    add(predictions, model)
    predictions.work(model, calls=-1)  # somebody called since
    assert told == [] and predictions.model is model
    predictions.work(model, calls=0)
    assert isinstance(told[0], Predicted) and predictions.model is None


def test_a_measurement_that_fails_is_given_up(predictions, told):
    model = RandomVoice(chunks=1)
    add(predictions, model)
    add(predictions, model, 2)
    heads, model.exit_heads = model.exit_heads, {}
    predictions.work(model, calls=0)
    model.exit_heads = heads
    predictions.work(model, calls=0)
    assert [report.turn for report in told] == [2]
