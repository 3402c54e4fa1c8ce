"""What is too long, no question at all, or fails: it is said, and the conversation goes on."""

from __future__ import annotations

import numpy as np
import pytest

from engine.dialogue import Dialogue
from engine.events import TurnFailed, TurnFinished
from engine.schedules import ScheduleError
from tests.engine.dialogue.turns import SCHEDULES, full_depth_reply, ids, question, speak
from tests.engine.random_spoken_lm import RATE, LevelListener, RandomSpokenLM, ToneSpeaker

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")


@pytest.mark.parametrize("block", [None, 4000])
def test_a_spoken_question_that_is_too_long_is_cut(model, block):
    dialogue = Dialogue(model)
    list(dialogue.ask("hello"))
    events = speak(dialogue, question(40), block=block)
    room = model.context - model.context // 3 - 4
    assert isinstance(events[-1], TurnFinished) and events[0].positions == room
    assert events[-1].stats.limits == (
        f"The question was too long: the model was given only the first {room / 10:.1f} s of 40.0 s.",
    )
    assert ids(events) == ids(speak(Dialogue(model), question(40)))


def test_a_typed_question_that_is_too_long_is_cut(model):
    text = "why " * 100
    events = list(Dialogue(model).ask(text))
    room = model.context - model.context // 3 - 3
    assert isinstance(events[-1], TurnFinished) and f"first {room} of 400 characters" in events[-1].stats.limits[0]
    assert ids(events) == ids(Dialogue(model).ask(text[:room]))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_reply_is_cut_at_the_limit(model, schedule):
    dialogue = Dialogue(model, schedule, max_tokens=10)
    events = list(dialogue.ask("hello"))
    assert len(ids(events)) == 10 and events[-1].stats.limits == ("The reply was cut at the limit of 10 tokens.",)
    prompt = [*model.typed("hello").ids, *ids(events), *model.end_reply(ids(events)).ids, *model.typed("next").ids]
    assert ids(dialogue.ask("next", schedule="full")) == full_depth_reply(model, prompt)[:10]


def test_a_reply_is_cut_where_the_room_ends():
    dialogue = Dialogue(RandomSpokenLM(limit=100), capacity=40)
    events = list(dialogue.ask("hello"))
    assert isinstance(events[-1], TurnFinished) and "40 positions" in events[-1].stats.limits[0]
    assert isinstance(list(dialogue.ask("and then?"))[-1], TurnFinished)


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (question(0), "no sound"),
        (question() * 1e-5, "silent"),
        (question(0.05), "shorter"),
        (np.full(RATE, np.nan, np.float32), "not numbers"),
        (np.full(RATE, -np.inf, np.float32), "not numbers"),
    ],
)
def test_what_is_no_question_is_told(model, samples, said):
    dialogue = Dialogue(model)
    list(dialogue.ask("hello"))
    before = dialogue.positions
    (event,) = speak(dialogue, samples)
    assert isinstance(event, TurnFailed) and said in event.message and event.message.endswith(".")
    assert dialogue.positions == before
    assert isinstance(speak(dialogue, question())[-1], TurnFinished)


def test_a_turn_without_any_sound_is_told(model):
    (event,) = Dialogue(model).open_turn().reply()
    assert isinstance(event, TurnFailed) and "no sound" in event.message


def test_an_empty_typed_question_is_told(model):
    (event,) = Dialogue(model).ask("  ")
    assert event == TurnFailed("There is no question: type some words.")


def test_what_is_no_sound_is_refused_at_once(model):
    turn = Dialogue(model).open_turn()
    with pytest.raises(ValueError, match="floats"):
        turn.feed(np.zeros(100, np.int16), RATE)
    with pytest.raises(ValueError, match="floats"):
        turn.feed(np.zeros((2, 2, 2), np.float32), RATE)
    with pytest.raises(ValueError, match="per second"):
        turn.feed(np.zeros(100, np.float32), 0)
    turn.feed(question(), RATE)
    with pytest.raises(ValueError, match="16000"):
        turn.feed(question(), 16000)
    assert isinstance(list(turn.reply())[-1], TurnFinished)


class BrokenListener(LevelListener):
    def feed(self, samples):
        raise OSError("ear")


class BrokenAtTheEnd(LevelListener):
    def finish(self):
        raise OSError("ear")


class BrokenSpeaker(ToneSpeaker):
    def feed(self, tokens):
        if len(self.waiting) + 1 > 1:
            raise OSError("mouth")
        return super().feed(tokens)


class BrokenTail(ToneSpeaker):
    def finish(self):
        raise OSError("mouth")


class NoSpeaker(ToneSpeaker):
    def __init__(self):
        raise OSError("mouth")


@pytest.mark.parametrize(
    "parts",
    [
        {"listener": BrokenListener},
        {"listener": BrokenAtTheEnd},
        {"speaker": BrokenSpeaker},
        {"speaker": BrokenTail},
        {"speaker": NoSpeaker},
    ],
)
def test_after_a_failure_the_dialogue_goes_on(model, parts, caplog):
    plain, dialogue = Dialogue(RandomSpokenLM()), Dialogue(model)
    for each in (plain, dialogue):
        list(each.ask("hello"))
    healthy = {name: getattr(model, name) for name in parts}
    for name, part in parts.items():
        setattr(model, name, part)
    event = speak(dialogue, question())[-1]
    assert isinstance(event, TurnFailed) and "OSError" in event.message
    assert any(record.exc_info for record in caplog.records)
    for name, part in healthy.items():
        setattr(model, name, part)
    assert ids(speak(dialogue, question())) == ids(speak(plain, question()))


def test_a_failure_while_decoding(model, monkeypatch):
    dialogue = Dialogue(model, "spark:even@2")
    list(dialogue.ask("hello"))
    before, run, steps = dialogue.positions, model.decoder.run, []

    def failing(states, start, cache, first=0, last=None):
        steps.append(start)
        if len(steps) > 9:
            raise MemoryError("full")
        return run(states, start, cache, first, last)

    monkeypatch.setattr(model.decoder, "run", failing)
    assert isinstance(list(dialogue.ask("next"))[-1], TurnFailed)
    monkeypatch.undo()
    assert dialogue.positions == before
    fresh = Dialogue(model, "spark:even@2")
    list(fresh.ask("hello"))
    assert ids(dialogue.ask("next")) == ids(fresh.ask("next"))


def test_schedules_are_checked(model):
    with pytest.raises(ScheduleError):
        Dialogue(model, "fixed:9")
    dialogue = Dialogue(model)
    (event,) = dialogue.ask("hello", schedule="spark:even@9")
    assert isinstance(event, TurnFailed) and "layer 9" in event.message
    (event,) = dialogue.ask("hello", schedule="quickly")
    assert isinstance(event, TurnFailed) and "not a schedule" in event.message
