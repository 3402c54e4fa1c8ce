"""A question that is cancelled while it is heard or prefilled: no family begins another block of it."""

from __future__ import annotations

import numpy as np
import pytest

from engine import models
from engine.dialogue import Dialogue
from engine.events import Token, TurnCancelled, TurnFinished
from engine.models import tiny
from engine.models.questions import LOOK_SECONDS

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

RATE = 16_000
LONG = (0.1 * np.random.default_rng(0).standard_normal(45 * RATE)).astype(np.float32)  # more than one block of every family's


@pytest.fixture(scope="module", params=["wren", *tiny.FAMILIES])
def model(request, tmp_path_factory):
    if request.param == "wren":
        return models.load("wren")
    folder = tmp_path_factory.mktemp(request.param) / "tiny"
    tiny.make(request.param, folder)
    return models.load(folder)


class Blocks:
    """Counts what the decoder runs; cancels while it is at the first of it."""

    def __init__(self, model, dialogue, monkeypatch):
        self.count, self._dialogue, self._run = 0, dialogue, model.decoder.run
        monkeypatch.setattr(model.decoder, "run", self)

    def __call__(self, *values, **named):
        self.count += 1
        self._dialogue.cancel()
        return self._run(*values, **named)


class Ear:
    """A listener that counts the samples it hears; `first` is called before the first of them."""

    def __init__(self, listener, first):
        self.samples, self._listener, self._first = 0, listener, first

    def feed(self, samples):
        if not self.samples:
            self._first()
        self.samples += len(samples)
        return self._listener.feed(samples)

    def finish(self):
        raise AssertionError("A cancelled question is not heard to its end.")


def test_no_block_is_prefilled_after_a_cancel(model, monkeypatch):
    dialogue = Dialogue(model, max_tokens=20)
    turn, blocks = dialogue.open_turn(), Blocks(model, dialogue, monkeypatch)
    turn.feed(LONG, RATE)
    turn.feed(LONG, RATE)
    assert blocks.count == 1 and 0 < dialogue._history.cached <= dialogue.positions
    if model.name != "lfm2audio":  # which hears a question once it is whole
        assert dialogue._history.cached < dialogue.positions
    last = list(turn.reply())[-1]
    assert isinstance(last, TurnCancelled) and blocks.count == 1
    monkeypatch.undo()
    assert isinstance(list(dialogue.ask("What is two plus two?"))[-1], TurnFinished)


def test_a_question_that_is_given_up_leaves_no_trace(model, monkeypatch):
    dialogue, plain = Dialogue(model, max_tokens=20), Dialogue(model, max_tokens=20)
    turn = dialogue.open_turn()
    Blocks(model, dialogue, monkeypatch)
    turn.feed(LONG, RATE)
    monkeypatch.undo()
    turn.abandon()
    assert dialogue.positions == 0
    said = [[event.id for event in each.ask("Hello.") if isinstance(event, Token)] for each in (dialogue, plain)]
    assert said[0] == said[1] and said[0]


def test_no_more_is_heard_after_a_cancel(model, monkeypatch):
    dialogue, ears, listener = Dialogue(model, max_tokens=20), [], model.listener

    def counted():
        ears.append(Ear(listener(), dialogue.cancel))
        return ears[-1]

    monkeypatch.setattr(model, "listener", counted)
    turn = dialogue.open_turn()
    turn.feed(LONG, RATE)
    assert isinstance(list(turn.reply())[-1], TurnCancelled)
    assert 0 < ears[0].samples <= LOOK_SECONDS * model.input_rate
    monkeypatch.undo()
    assert isinstance(list(dialogue.ask("What is two plus two?"))[-1], TurnFinished)


def test_a_cancel_between_two_turns_stops_neither(model):
    dialogue = Dialogue(model, max_tokens=20)
    dialogue.cancel()
    assert isinstance(list(dialogue.ask("Hello."))[-1], TurnFinished)
