"""The door to the engine, with a real (random) model behind it."""

from __future__ import annotations

import threading
import time
from copy import copy

import numpy as np
import pytest

from app.engine_client.channel import EngineThread
from app.engine_client.commands import (
    Dropped,
    Ended,
    Interrupted,
    LoadFailed,
    Memory,
    Predicted,
    Ready,
    RenderQuestion,
    Replying,
    Resumed,
)
from engine.decoding.costs import Costs
from engine.earlier import EarlierTurn
from engine.lm.decoder import Decoder
from tests.app.random_voice import RandomVoice

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

TYPED = RenderQuestion("hello")
NOISE = (0.1 * np.random.default_rng(0).standard_normal(24000)).astype(np.float32)


class Sink:
    def __init__(self) -> None:
        self.records = {}

    def play(self, turn, record):
        self.records[turn] = record


class Diary:
    """A journal that keeps what it was told."""

    def __init__(self) -> None:
        self.lines = []

    def begin(self, turn, *, schedule, pooling, spoken, text, seed, model, source):
        self.lines.append(("begin", turn, schedule, pooling, spoken, text, seed, model.name))

    def question(self, turn, samples, rate):
        self.lines.append(("question", turn, len(samples), rate))

    def reply(self, turn, record):
        self.lines.append(("reply", turn, record))

    def end(self, turn, then):
        self.lines.append(("end", turn))
        then()

    def drop(self, turn):
        self.lines.append(("drop", turn))

    def heard(self, turn, tokens, text):
        self.lines.append(("heard", turn, tokens, text))

    def resume(self, session):
        self.lines.append(("resume", session))

    def take_back(self, turn):
        self.lines.append(("take back", turn))

    def new_session(self, private=False):
        self.lines.append(("new session", private))


@pytest.fixture
def door():
    sink, diary, may_load = Sink(), Diary(), threading.Event()
    may_load.set()
    engine = EngineThread(sink, lambda name: may_load.wait(60) and RandomVoice(chunks=10), diary)
    engine.sink, engine.diary, engine.may_load = sink, diary, may_load
    engine.start()
    yield engine
    engine.close()
    assert not engine.is_running


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
    return lambda report: isinstance(report, Ended | Dropped) and report.turn == turn


def record_of(reports, turn):
    """What the turn became, since its last interruption."""
    return next(report.record for report in reversed(reports) if isinstance(report, Ended) and report.turn == turn)


def ids(reports, turn):
    return record_of(reports, turn).ids


def growing(door, turn, tokens=5):
    """Waits until the reply has so many tokens -> its record."""
    record = until(door, lambda report: isinstance(report, Replying) and report.turn == turn)[-1].record
    end = time.monotonic() + 60
    while len(record.tokens) < tokens:
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)
    return record


def test_a_spoken_turn(door):
    door.load("any")
    facts = next(report.model for report in until(door, lambda r: isinstance(r, Ready)) if isinstance(report, Ready))
    assert (facts.layers, facts.exit_layers) == (8, (2, 4, 6))
    turn = door.begin()
    for start in range(0, len(NOISE), 4800):
        door.feed(turn, NOISE[start : start + 4800], 24000)
    door.reply(turn, "spark:even@4")
    record = record_of(until(door, ended(turn)), turn)
    assert record.state == "finished" and record.question_seconds == pytest.approx(1)
    assert record.stats.schedule == "spark:even@4" and record.heard and record.text
    assert {token.depth for token in record.tokens if token.kind == "speech"} == {4, 8}
    assert door.sink.records == {turn: record}


@pytest.mark.parametrize(
    ("schedule", "layers"), [("spark:even@4", [{4}]), ("full", [set()]), ("no schedule", []), ("fixed:7", [])]
)
def test_what_a_schedule_needs_is_made_while_the_question_is_spoken(door, monkeypatch, schedule, layers):
    prepared = []
    monkeypatch.setattr(Decoder, "prepare", lambda self, layer: prepared.append(layer))
    door.load("any")
    turn = door.begin(schedule)
    door.feed(turn, NOISE, 24000)
    door.reply(turn, "full")
    until(door, ended(turn))
    assert prepared == layers
    until(door, ended(door.ask("hello", schedule)))  # where there is no such time, before it begins
    assert prepared == 2 * layers
    until(door, ended(door.render(TYPED, schedule)))
    assert prepared[: 3 * len(layers)] == 3 * layers  # what is found out after a render prepares, too


def test_cancel_stops_at_once_and_the_next_turn_is_answered(door):
    door.load("any")
    turn = door.ask("hello", "full")
    record = growing(door, turn, 40)
    door.cancel()
    assert until(door, ended(turn))[-1].record is record
    assert record.state == "cancelled" and len(record.tokens) < 150
    whole = until(door, lambda r: isinstance(r, Memory))[-1]
    door.heard(turn, 0.2)
    assert until(door, lambda r: isinstance(r, Memory))[-1].positions < whole.positions - 20  # the rest is forgotten
    what, of, tokens, text = door.diary.lines[-1]
    assert (what, of) == ("heard", turn) and 0 < tokens < 40 and text and record.text.startswith(text)
    turn = door.ask("again", "full")
    assert until(door, ended(turn))[-1].record.state == "finished"


def test_a_turn_stopped_before_its_reply_is_dropped(door):
    door.may_load.clear()  # the engine is busy when the turn is stopped
    door.load("any")
    turn = door.ask("hello", "full")
    door.cancel()
    door.may_load.set()
    assert isinstance(until(door, ended(turn))[-1], Dropped)


def test_a_cancel_ends_the_prefill_of_a_question_within_one_block(door, monkeypatch):
    door.load("any")
    until(door, lambda r: isinstance(r, Ready))
    decoder, blocks, at_work, go_on = door._worker._dialogue.model.decoder, [], threading.Event(), threading.Event()
    run = decoder.run

    def slow(*values, **named):
        blocks.append(values)
        at_work.set()
        assert go_on.wait(60)
        return run(*values, **named)

    monkeypatch.setattr(decoder, "run", slow)
    turn = door.begin()
    door.feed(turn, np.tile(NOISE, 45), 24000)  # 562 positions: three blocks
    assert at_work.wait(60)
    door.cancel()
    monkeypatch.undo()
    go_on.set()
    turn = door.ask("hello", "full")
    assert until(door, ended(turn))[-1].record.state == "finished"
    assert len(blocks) == 1
    assert [line[0] for line in door.diary.lines[:4]] == ["begin", "question", "drop", "begin"]


def test_a_turn_that_was_dropped_takes_nothing_from_the_reply_before_it(door):
    door.load("any")
    turn = door.ask("hello", "full")
    until(door, ended(turn))
    whole = until(door, lambda r: isinstance(r, Memory))[-1].positions
    stopped = door.begin()
    door.cancel()
    door.reply(stopped, "full")  # as when it waited behind the sound that it had yet to hear
    until(door, ended(stopped))
    door.heard(stopped, 0.0)
    door.take_back(0)
    assert until(door, lambda r: isinstance(r, Memory))[-1].positions == whole
    assert not [line for line in door.diary.lines if line[0] == "heard"]


def test_what_cannot_be_resumed_is_said_and_a_newer_conversation_ends_it(door):
    past = [EarlierTurn("hello", "there")] * 3
    door.begin_again(private=True)
    door.resume("nobody", past, -1)
    assert "No model" in until(door, lambda r: isinstance(r, Resumed))[-1].problem
    assert door.diary.lines == [("new session", True), ("resume", "nobody")]  # what comes is kept
    door.load("any")
    door.resume("one", past, -1)
    assert until(door, lambda r: isinstance(r, Resumed))[-1] == Resumed(3, 3)
    door.resume("two", [EarlierTurn("hello", "there", pooling="no such pooling")], -1)
    assert until(door, lambda r: isinstance(r, Resumed))[-1] == Resumed()
    slow = EarlierTurn("", "there", samples=np.tile(NOISE, 60), rate=24000)
    door.resume("three", [slow], -1)
    door.begin_again()
    assert until(door, lambda r: isinstance(r, Resumed))[-1] == Resumed()
    assert until(door, lambda r: isinstance(r, Memory) and not r.positions)
    assert [line[1] for line in door.diary.lines if line[0] == "resume"] == ["nobody", "one", "two", "three"]


def test_what_goes_wrong_is_a_sentence_and_the_thread_lives_on(door):
    turn = door.ask("nobody is there", "full")
    assert "No model" in until(door, ended(turn))[-1].record.message
    door.load("any")
    turn = door.ask("hello", "spark:even@77")
    assert "layer 77" in until(door, ended(turn))[-1].record.message
    turn = door.ask("hello", "full")
    assert until(door, ended(turn))[-1].record.state == "finished"


def test_a_model_that_cannot_be_loaded_is_reported():
    def load(name):
        raise FileNotFoundError(f"There is no model called {name}.")

    engine = EngineThread(Sink(), load)
    engine.start()
    engine.load("nothing")
    assert until(engine, lambda r: isinstance(r, LoadFailed))[-1].message == "There is no model called nothing."
    engine.close()


class TwoSided(RandomVoice):
    """A model of two modes."""

    modes, mode = ("talk", "write"), "talk"

    def in_mode(self, name):
        other = copy(self)
        other.mode = name
        return other


def test_another_mode_of_a_model_loads_nothing_anew():
    loaded = []

    def load(name):
        loaded.append(name)
        return TwoSided(chunks=2)

    engine, modes = EngineThread(Sink(), load), []
    engine.start()
    for name in ("one", "one#write", "one", "two", "two#write"):
        engine.load(name)
        modes.append(until(engine, lambda report: isinstance(report, Ready))[-1].model.mode)
    engine.close()
    assert loaded == ["one", "two"] and modes == ["talk", "write", "talk", "talk", "write"]


class Panic(BaseException):
    """As those of Rust libraries, which are no `Exception`."""


def test_a_panic_of_a_library_ends_nothing_but_its_turn():
    where, before = {"load"}, set(threading.enumerate())

    class Panics(RandomVoice):
        def __getattribute__(self, name):
            if name in where:
                raise Panic("called `Option::unwrap()` on a `None` value")
            return super().__getattribute__(name)

    def load(name):
        if "load" in where:
            raise Panic("index out of bounds")
        return Panics(chunks=2)

    engine = EngineThread(Sink(), load)
    engine.start()
    engine.load("any")
    assert "Panic" in until(engine, lambda report: isinstance(report, LoadFailed))[-1].message
    where.clear()
    engine.load("any")
    until(engine, lambda report: isinstance(report, Ready))
    for name in ("typed", "speaker", "pattern", "decode_text"):
        where.add(name)
        turn = engine.ask("hello", "full")
        message = until(engine, ended(turn))[-1].record.message
        assert "Panic" in message and message.endswith(".")
        where.clear()
    where.add("listener")
    turn = engine.begin()
    engine.feed(turn, NOISE, 16_000)
    engine.reply(turn, "full")
    assert "Panic" in until(engine, ended(turn))[-1].record.message
    number = engine.render(RenderQuestion(samples=NOISE, rate=16_000), "full")
    assert "Panic" in until(engine, ended(number))[-1].record.message
    where.clear()
    turn = engine.ask("hello", "full")
    assert until(engine, ended(turn))[-1].record.state == "finished"
    engine.close()
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "vocoder"]


def test_no_memory_is_a_sentence(door):
    door.load("any")
    until(door, lambda report: isinstance(report, Ready))
    door._worker._dialogue.model.typed = refuse_memory
    turn = door.ask("hello", "full")
    assert "The memory ran out" in until(door, ended(turn))[-1].record.message


def refuse_memory(*_):
    raise MemoryError


def test_a_render_leaves_the_conversation_untouched(door):
    door.load("any")
    first = door.ask("hello", "full")
    memory = until(door, lambda r: isinstance(r, Memory) and r.positions)[-1]
    number = door.render(RenderQuestion(samples=NOISE, rate=24000), "spark:even@4", seed=3)
    record = record_of(until(door, ended(number)), number)
    assert record.state == "finished" and record.stats.seed == 3 and record.audio
    assert record.question_seconds == pytest.approx(1)
    assert list(door.sink.records) == [first]  # nothing of it is played
    assert {line[1] for line in door.diary.lines} == {first}  # nor written down
    door.heard(first, 1e9)
    assert until(door, lambda r: isinstance(r, Memory))[-1].positions == memory.positions


def test_the_same_seed_renders_the_same_reply_and_sampling_is_obeyed(door):
    door.load("any")
    numbers = [door.render(TYPED, "full", seed) for seed in (1, 1, 2)]
    numbers += [door.render(TYPED, "full", seed, (0.0, 1.0)) for seed in (1, 2)]
    seen = until(door, ended(numbers[-1]))
    one, same, other, greedy, greedy_too = (ids(seen, number) for number in numbers)
    assert one == same != other and greedy == greedy_too != one
    turn = door.ask("hello", "full", seed=1)
    assert ids(until(door, ended(turn)), turn) == one


def test_live_replies_obey_seed_and_sampling(door):
    door.load("any")

    def answer(seed, sampling, spoken):
        door.begin_again()
        if spoken:
            turn = door.begin("full")
            door.feed(turn, NOISE, 24000)
            door.reply(turn, "full", seed, sampling)
        else:
            turn = door.ask("hello", "full", seed, sampling)
        return ids(until(door, ended(turn)), turn)

    for spoken in (False, True):
        one, same, other = (answer(seed, (1.0, 1.0), spoken) for seed in (1, 1, 2))
        assert one == same != other
        greedy, greedy_too = (answer(seed, (0.0, 1.0), spoken) for seed in (1, 2))
        assert greedy == greedy_too != one


def test_a_live_turn_goes_first_and_the_render_begins_again(door):
    door.load("any")
    number, waiting = door.render(TYPED, "full", 1), door.render(TYPED, "full", 1)
    broken_off = growing(door, number)
    turn = door.ask("again", "full")
    seen = until(door, ended(waiting))
    order = [(report.turn, type(report)) for report in seen if getattr(report, "turn", 0)]
    assert order[:4] == [(number, Interrupted), (turn, Replying), (turn, Ended), (number, Replying)]
    assert len(broken_off.tokens) < 100, "it went on for too long"
    assert ids(seen, number) == ids(seen, waiting)
    assert record_of(seen, number) is not broken_off and record_of(seen, number).state == "finished"


def test_a_render_waits_while_the_user_speaks_and_goes_on_when_the_question_is_given_up(door):
    door.load("any")
    until(door, lambda r: isinstance(r, Ready))
    turn = door.begin("full")
    number = door.render(TYPED, "full")
    door.feed(turn, NOISE, 24000)
    time.sleep(0.3)
    assert not [report for report in door.reports() if getattr(report, "turn", 0)]
    door.cancel()
    assert until(door, ended(number))[-1].record.state == "finished"
    assert door.diary.lines[-1] == ("drop", turn)


def test_cancelling_the_conversation_cancels_no_render_and_the_other_way_round(door):
    door.load("any")
    number, waiting = door.render(TYPED, "full"), door.render(TYPED, "full")
    growing(door, number)
    door.cancel()
    door.cancel_render(waiting)
    seen = until(door, ended(waiting))
    assert isinstance(seen[-1], Dropped)
    assert record_of(seen, number).state == "finished"
    number = door.render(TYPED, "full")
    growing(door, number)
    door.cancel_render(number)
    record = until(door, ended(number))[-1].record
    assert record.state == "cancelled" and len(record.tokens) < 150


def predicted(turn):
    return lambda report: isinstance(report, Predicted) and report.turn == turn


def test_after_the_renders_comes_what_was_to_be_expected_of_them(door):
    door.load("any")
    numbers = [door.render(TYPED, schedule) for schedule in ("full", "spark:k=4,last@2+review")]
    numbers.append(door.render(RenderQuestion(samples=NOISE, rate=24000), "fixed:2"))
    seen = until(door, predicted(numbers[-1]))
    told = [(report.turn, type(report)) for report in seen if isinstance(report, Ended | Predicted)]
    assert told == [(number, Ended) for number in numbers] + [(number, Predicted) for number in numbers]
    full, *others = (report for report in seen if isinstance(report, Predicted))
    assert full.by_depth == pytest.approx(full.by_costs)
    assert all(report.by_depth > 0 and report.by_costs > 0 for report in others)


def test_nothing_is_measured_while_a_conversation_is_had(door, monkeypatch):
    measure, may_measure, at_work = Costs.measure, threading.Event(), []

    def slow(costs, model, steps, repeats, cancelled):
        at_work.append(threading.current_thread().name)
        while not (may_measure.is_set() or cancelled()):
            time.sleep(0.001)
        measure(costs, model, steps, repeats, cancelled)
        at_work.clear()

    monkeypatch.setattr(Costs, "measure", slow)
    door.load("any")
    number = door.render(TYPED, "full")
    until(door, ended(number))
    turn = door.ask("again", "full")
    seen = until(door, ended(turn))
    opened = door.begin("full")
    door.feed(opened, NOISE, 24000)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        seen += door.reports()
    assert not at_work and not [report for report in seen if isinstance(report, Predicted)]
    may_measure.set()
    assert not list(door.reports()), "it measures while a question is heard"
    door.cancel()
    until(door, predicted(number))


def test_a_render_that_fails_says_why(door):
    number = door.render(TYPED, "full")
    assert "No model" in until(door, ended(number))[-1].record.message
    door.load("any")
    number = door.render(TYPED, "spark:even@77")
    assert "layer 77" in until(door, ended(number))[-1].record.message
    number, waiting = door.render(TYPED, "full"), door.render(TYPED, "full")
    growing(door, number)
    door.load("another")
    seen = until(door, ended(waiting))
    assert all("Another model" in record_of(seen, n).message for n in (number, waiting))
    with pytest.raises(ValueError, match="typed or spoken"):
        RenderQuestion()


def test_the_journal_knows_before_the_screen(door):
    door.load("any")
    turn = door.begin("full", pooling="input:0.9")
    door.feed(turn, NOISE, 24000)
    door.reply(turn, "spark:even@4", seed=7)

    record = growing(door, turn, 0)
    assert door.diary.lines[-1] == ("reply", turn, record)
    assert until(door, ended(turn))[-1].record is record and door.diary.lines[-1] == ("end", turn)
    assert [line[0] for line in door.diary.lines] == ["begin", "question", "reply", "end"]
    assert door.diary.lines[0] == ("begin", turn, "full", "input:0.9", True, "", 0, "Random")
    assert record.stats.schedule == "spark:even@4" and record.stats.seed == 7
    turn = door.ask("hello", "full", seed=8)
    until(door, ended(turn))
    assert ("begin", turn, "full", "none", False, "hello", 8, "Random") in door.diary.lines


def test_a_journal_that_breaks_does_not_break_the_turn():
    class Broken:
        def begin(self, *_, **__):
            raise OSError("no space left")

    engine = EngineThread(Sink(), lambda name: RandomVoice(chunks=1), Broken())
    engine.start()
    engine.load("any")
    turn = engine.ask("hello", "full")
    assert until(engine, ended(turn))[-1].record.state == "finished"
    engine.close()


def test_memory_is_told_after_loading_and_after_a_turn(door):
    door.load("any")
    loaded = until(door, lambda r: isinstance(r, Memory))
    facts = next(report.model for report in loaded if isinstance(report, Ready))
    config = RandomVoice().decoder.config
    assert facts.weights_bytes > 2 * config.vocabulary * config.dim * 4  # embedding and head, and then the layers
    assert facts.kv_bytes_per_position == 2 * 8 * 2 * 16 * 4
    door.ask("hello", "full")
    memory = until(door, lambda r: isinstance(r, Memory))[-1]
    assert 0 < memory.positions <= memory.capacity == facts.context
    held = memory.positions - memory.kv_bytes // facts.kv_bytes_per_position
    assert 0 <= held <= 2 and memory.kv_bytes < memory.kv_capacity_bytes  # what closes the reply is not cached yet
    door.begin_again()
    door.ask("hello", "fixed:2+hole")
    assert until(door, lambda r: isinstance(r, Memory) and r.positions)[-1].kv_bytes < memory.kv_bytes  # not all layers hold all
    assert memory.peak_rss_bytes > memory.weights_bytes


def test_what_is_private_is_so_before_there_is_a_model(door):
    door.begin_again(private=True)
    door.load("any")
    turn = door.ask("hello", "full")
    until(door, ended(turn))
    assert [line[:2] for line in door.diary.lines[:2]] == [("new session", True), ("begin", turn)]


def test_a_conversation_begins_again(door):
    door.begin_again()  # without a model there is nothing to forget
    door.load("any")
    turn = door.ask("hello", "full", seed=1)
    first = ids(until(door, lambda r: isinstance(r, Memory) and r.positions), turn)
    door.begin_again()
    assert until(door, lambda r: isinstance(r, Memory))[-1].positions == 0
    turn = door.ask("hello", "full", seed=1)
    assert ids(until(door, ended(turn)), turn) == first
