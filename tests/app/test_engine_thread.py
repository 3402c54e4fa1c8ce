"""The door to the engine, with a real (random) model behind it."""

from __future__ import annotations

import time

import numpy as np
import pytest

from app.engine_thread import Dropped, EngineThread, LoadFailed, OfTurn, Ready
from engine.events import Audio, Listened, Text, Token, TurnCancelled, TurnFailed, TurnFinished
from tests.app.random_voice import RandomVoice

LAST = (TurnFinished, TurnCancelled, TurnFailed)
NOISE = (0.1 * np.random.default_rng(0).standard_normal(24000)).astype(np.float32)


class Sink:
    def __init__(self) -> None:
        self.seconds, self.finished = {}, []

    def write(self, turn, samples, rate):
        self.seconds[turn] = self.seconds.get(turn, 0) + len(samples) / rate

    def finish(self, turn):
        self.finished.append(turn)


@pytest.fixture
def door():
    sink = Sink()
    engine = EngineThread(sink, lambda name: RandomVoice(chunks=10))
    engine.sink = sink
    engine.start()
    yield engine
    engine.close()
    assert engine.isFinished()


def until(engine, condition, seconds=60):
    """Reports up to the first for which `condition` holds."""
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        for report in engine.reports():
            seen.append(report)
            if condition(report):
                return seen
        time.sleep(0.005)
    raise AssertionError(f"waited too long: {seen[-3:]}")


def ended(turn):
    return lambda report: getattr(report, "turn", 0) == turn and (
        isinstance(report, Dropped) or isinstance(report.event, LAST)
    )


def test_a_spoken_turn(door):
    door.load("any")
    facts = next(report.model for report in until(door, lambda r: isinstance(r, Ready)) if isinstance(report, Ready))
    assert (facts.layers, facts.exit_layers) == (8, (2, 4, 6))
    turn = door.begin()
    for start in range(0, len(NOISE), 4800):
        door.feed(turn, NOISE[start : start + 4800], 24000)
    door.reply(turn, "spark:even@4")
    events = [report.event for report in until(door, ended(turn))]
    assert isinstance(events[0], Listened) and events[0].audio_seconds == pytest.approx(1)
    assert isinstance(events[-1], TurnFinished) and events[-1].stats.schedule == "spark:even@4"
    assert {event.depth for event in events if isinstance(event, Token) and event.kind == "speech"} == {4, 8}
    assert {event.kind for event in events if isinstance(event, Text)} == {"heard", "text"}
    made = sum(len(event.samples) / event.sample_rate for event in events if isinstance(event, Audio))
    assert door.sink.seconds[turn] == pytest.approx(made) and door.sink.finished == [turn]


def test_cancel_stops_at_once_and_the_next_turn_is_answered(door):
    door.load("any")
    turn = door.ask("hello", "full")
    until(door, lambda r: isinstance(r, OfTurn) and isinstance(r.event, Token) and r.event.index >= 5)
    door.cancel()
    door.heard(0.2)
    last = until(door, ended(turn))[-1].event
    assert isinstance(last, TurnCancelled) and sum(last.stats.tokens.values()) < 150
    turn = door.ask("again", "full")
    assert isinstance(until(door, ended(turn))[-1].event, TurnFinished)


def test_a_turn_stopped_before_its_reply_is_dropped(door):
    turn = door.ask("hello", "full")
    door.cancel()
    door.load("any")
    assert isinstance(until(door, ended(turn))[-1], Dropped)


def test_what_goes_wrong_is_a_sentence_and_the_thread_lives_on(door):
    turn = door.ask("nobody is there", "full")
    assert "No model" in until(door, ended(turn))[-1].event.message
    door.load("any")
    turn = door.ask("hello", "spark:even@77")
    assert "layer 77" in until(door, ended(turn))[-1].event.message
    turn = door.ask("hello", "full")
    assert isinstance(until(door, ended(turn))[-1].event, TurnFinished)


def test_a_model_that_cannot_be_loaded_is_reported():
    def load(name):
        raise FileNotFoundError(f"There is no model called {name}.")

    engine = EngineThread(Sink(), load)
    engine.start()
    engine.load("nothing")
    assert until(engine, lambda r: isinstance(r, LoadFailed))[-1].message == "There is no model called nothing."
    engine.close()
