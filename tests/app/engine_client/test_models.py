"""A model beside the conversation's: loaded for renders, out of the conversation's way."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest

from app.engine_client.channel import EngineThread
from app.engine_client.commands import Dropped, Interrupted, Known, Memory, Ready, RenderQuestion, Replying, Unusable
from tests.app.engine_client.test_channel import NOISE, Diary, Sink, ended, growing, ids, until
from tests.app.random_voice import RandomVoice

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

TYPED = RenderQuestion("hello")


class Shelf:
    """Loads by name, and knows what was still in memory when it did."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.others: list[list[str]] = []  # that lived when the next one was loaded
        self.open = threading.Event()  # closed while "slow" waits to be loaded
        self._alive: dict[str, weakref.ref] = {}

    @property
    def alive(self) -> list[str]:
        gc.collect()
        return [name for name, model in self._alive.items() if model() is not None]

    def load(self, name: str) -> RandomVoice:
        self.others.append(self.alive)
        if name == "broken":
            raise ValueError("The folder broken has no weights.")
        if name == "slow":
            assert self.open.wait(60)
        model = RandomVoice(chunks={"own": 3, "long": 10}.get(name, 1))
        if name == "parallel":
            model.exit_heads = {}
        self.loaded.append(name)
        self._alive[name] = weakref.ref(model)
        return model


def wait_for(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def door(shelf):
    engine = EngineThread(Sink(), shelf.load, Diary())
    engine.start()
    engine.load("own")
    until(engine, lambda report: isinstance(report, Ready))
    yield engine
    shelf.open.set()
    engine.close()


def last(seen, turn):
    return next(report for report in seen if ended(turn)(report)).record


def test_a_render_with_another_model_leaves_the_conversation_its_own(door, shelf):
    turn = door.ask("hello", "full", seed=1)
    memory = until(door, lambda r: isinstance(r, Memory) and r.positions)[-1]
    own, other = door.render(TYPED, "full", 1), door.render(TYPED, "full", 1, model="short")
    seen = until(door, ended(other))
    assert len(ids(seen, own)) > 2 * len(ids(seen, other)) and last(seen, other).state == "finished"
    known = next(report for report in seen if isinstance(report, Known))
    first = next(report for report in seen if isinstance(report, Replying) and report.turn == other)
    assert known.name == "short" and known.model.layers == 8 and seen.index(known) < seen.index(first)
    door.heard(turn, 1e9)
    assert until(door, lambda r: isinstance(r, Memory))[-1].positions == memory.positions
    turn = door.ask("again", "full")
    assert last(until(door, ended(turn)), turn).state == "finished" and shelf.loaded == ["own", "short"]


def test_a_model_that_cannot_be_loaded_fails_its_render_and_the_others_go_on(door):
    broken, own, after = (door.render(TYPED, "full", model=name) for name in ("broken", "", "short"))
    seen = until(door, ended(after))
    assert last(seen, broken).message == "The folder broken has no weights."
    assert last(seen, own).state == "finished" and last(seen, after).state == "finished"
    assert [(r.name, r.message) for r in seen if isinstance(r, Unusable)] == [("broken", "The folder broken has no weights.")]


def test_a_live_turn_does_not_wait_for_another_model_that_is_being_loaded(door, shelf):
    waiting = door.render(TYPED, "full", model="slow")
    turn = door.ask("hello", "full")
    seen = until(door, ended(turn))
    assert last(seen, turn).state == "finished" and "slow" not in shelf.loaded
    shelf.open.set()
    assert last(until(door, ended(waiting)), waiting).state == "finished"


def test_a_live_turn_interrupts_another_model_too(door):
    number = door.render(TYPED, "full", 1, model="long")
    growing(door, number)
    turn = door.ask("hello", "full")
    seen = until(door, ended(number))
    assert Interrupted(number) in seen
    assert last(seen, number).state == "finished" and last(seen, turn).state == "finished"


def test_two_models_in_memory_are_enough(door, shelf):
    numbers = [door.render(TYPED, "full", model=name) for name in ("short", "third", "short")]
    until(door, ended(numbers[-1]))
    assert shelf.loaded == ["own", "short", "third", "short"]
    assert shelf.others == [[], ["own"], ["own"], ["own"]]
    assert shelf.alive == ["own", "short"]
    door.let_go()
    turn = door.ask("hello", "full")
    until(door, ended(turn))
    assert shelf.alive == ["own"]


def test_a_model_that_nobody_wants_any_more_is_dropped_when_it_is_loaded(door, shelf):
    waiting = door.render(TYPED, "full", model="slow")
    wait_for(lambda: len(shelf.others) == 2)  # it is being loaded
    door.cancel_render(waiting)
    door.let_go()
    turn = door.ask("hello", "full")
    until(door, ended(turn))
    shelf.open.set()
    wait_for(lambda: "slow" in shelf.loaded and shelf.alive == ["own"])
    again = door.render(TYPED, "full", model="slow")
    assert last(until(door, ended(again)), again).state == "finished"


def test_a_cancelled_render_is_dropped_while_its_model_is_loaded(door, shelf):
    waiting, own = door.render(TYPED, "full", model="slow"), door.render(TYPED, "full")
    door.cancel_render(waiting)
    seen = until(door, ended(own))
    assert last(seen, own).state == "finished" and Dropped(waiting) in seen
    assert not [report for report in seen if isinstance(report, Replying) and report.turn == waiting]


def test_what_a_model_can_do_is_found_out_without_a_render(door):
    door.look("parallel")
    door.look("broken")
    seen = until(door, lambda report: isinstance(report, Unusable))
    assert next(report for report in seen if isinstance(report, Known)).model.exit_layers == ()
    number = door.render(TYPED, "spark:even@4", model="parallel")
    assert "no exit head" in last(until(door, ended(number)), number).message


def test_the_speech_of_a_question_is_merged_as_it_was_said_at_its_beginning(door):
    turn = door.begin("full", pooling="input:0.5")
    door.feed(turn, NOISE, 24000)
    door.reply(turn, "full")
    stats = last(until(door, ended(turn)), turn).stats
    assert stats.pooling == "input:0.5" and 0 < stats.prefill["input"] < stats.prefill["heard"]
    spoken = RenderQuestion(samples=NOISE, rate=24000)
    plain, merged = door.render(spoken, "full"), door.render(spoken, "full", pooling="input:0.5")
    seen = until(door, ended(merged))
    assert last(seen, plain).stats.pooling == "none" and last(seen, merged).stats.prefill == stats.prefill
    turn = door.begin("full", pooling="deep:99@0.5")
    failed = last(until(door, ended(turn)), turn)
    assert failed.state == "failed" and "choose a lower layer" in failed.message
