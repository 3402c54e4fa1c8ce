"""What a record says that its reply called is what the model's parts were really called for."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import pytest

from engine.decoding import interleaved, parallel
from engine.decoding.calls import Call, at_full_depth, calls_of, steps_of
from engine.decoding.interleaved import decode
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import parse
from engine.turn_record import TurnRecord
from tests.engine.decoding.test_parallel import SLOTS, SlotPattern
from tests.engine.random_lm import SHAPE, ChunkPattern, RandomModel
from tests.engine.random_spoken_lm import ReplyPattern

FORMS = ["full", "fixed:2", "spark:even@2", "spark:triple@3", "spark:k=4,last@1", "entropy:2<2", "entropy:2<0.42"]
REVIEWED = ["spark:odd@2+review", "spark:k=4,last@3+review", "spark:k=6,last@1+review(top-n=4)"]
SCHEDULES = [
    *FORMS,
    *REVIEWED,
    *(f"{form}+text" for form in [*FORMS[1:], "spark:k=4,last@2"]),
    *(f"{form}+propagate" for form in ("fixed:2", "spark:triple@3", "entropy:2<0.42", "spark:k=4,last@2+text")),
    *(f"{form}+hole" for form in ("fixed:2", "spark:triple@3", "entropy:2<0.42", "spark:k=4,last@2+text")),
    *(f"{form}+slice" for form in ["full", "spark:even@2", "entropy:2<0.42", "spark:k=4,last@3+review", "fixed:2+text"]),
    "spark:k=4,last@3+text+review",
]  # fmt: skip
PATTERNS = [ChunkPattern(limit=50), ReplyPattern(limit=41, heard=2)]


class Counting:
    """Counts from `begin` on what is called, in the words of `calls_of`."""

    def __init__(self, monkeypatch) -> None:
        self.calls: Counter[Call] = Counter()
        self._layers: dict[ExitHead, int] = {}
        self._is_reviewing = False
        run, propagate, logits, head = Decoder.run, Decoder.propagate, Decoder.logits, ExitHead.logits
        choose, review, entropy = Sampler.choose, Sampler.review, interleaved.entropy

        def counted_run(decoder, states, start, cache, first=0, last=SHAPE.layers):
            self.calls[Call("layers", first, last, len(states))] += 1
            return run(decoder, states, start, cache, first, last)

        def counted_propagate(decoder, states, start, cache, first):
            self.calls[Call("propagate", first, SHAPE.layers, len(states))] += 1
            return propagate(decoder, states, start, cache, first)

        def counted_logits(decoder, states, allowed=None):
            self.calls[Call("head", rows=len(states), allowed=allowed)] += 1
            return logits(decoder, states, allowed)

        def counted_head(exit_head, states):
            self.calls[Call("exit head", last=self._layers[exit_head], rows=len(states))] += 1
            return head(exit_head, states)

        def counted_entropy(row, allowed):
            self.calls[Call("entropy", allowed=allowed)] += 1
            return entropy(row, allowed)

        def counted_choice(sampler, row, allowed, seen=None):
            self.calls[Call("choose", allowed=allowed, sampling=sampler.sampling)] += not self._is_reviewing
            return choose(sampler, row, allowed, seen)

        def counted_review(sampler, draft, drafted, row, allowed, seen=None, tolerance=None):
            self.calls[Call("choose", allowed=allowed, sampling=sampler.sampling)] += 1
            self._is_reviewing = True  # which may choose
            token = review(sampler, draft, drafted, row, allowed, seen, tolerance)
            self._is_reviewing = False
            return token

        for owner, name, counted in (
            (Decoder, "run", counted_run), (Decoder, "propagate", counted_propagate), (Decoder, "logits", counted_logits),
            (ExitHead, "logits", counted_head), (interleaved, "entropy", counted_entropy),
            (Sampler, "choose", counted_choice), (Sampler, "review", counted_review),
        ):  # fmt: skip
            monkeypatch.setattr(owner, name, counted)

    def begin(self, model: RandomModel) -> None:
        self._layers = {head: layer for layer, head in model.exit_heads.items()}
        self.calls.clear()


@pytest.fixture
def counting(monkeypatch):
    return Counting(monkeypatch)


def reply(model, schedule, pattern, counting=None, cut=None, sampling=None):
    """The record of a reply, whose calls are counted."""
    sampling = sampling or Sampling()
    cache, logits = model.prompt()
    if counting:
        counting.begin(model)
    record = TurnRecord(schedule, layers=SHAPE.layers, sampling=asdict(sampling))
    decoding = decode(model, cache, logits, pattern, parse(schedule), Sampler(sampling))
    for event in decoding:
        record.apply(event)
        if len(record.tokens) == cut:
            break
    decoding.close()
    return record


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("pattern", PATTERNS, ids=["chunks", "heard"])
def test_a_record_says_what_was_called(schedule, pattern, counting):
    for seed, heads in enumerate(("random", "lens", "perfect")):
        model = RandomModel(seed, heads)
        record = reply(model, schedule, pattern, counting)
        assert calls_of(steps_of(record, pattern, model)) == +counting.calls


@pytest.mark.parametrize("schedule", [schedule for schedule in SCHEDULES if "review" not in schedule])
@pytest.mark.parametrize("cut", [1, 9, 23])
def test_what_pends_when_a_reply_is_stopped_counts_too(schedule, cut, counting):
    model, pattern = RandomModel(1, "lens"), PATTERNS[1]
    record = reply(model, schedule, pattern, counting, cut)
    assert len(record.tokens) == cut
    assert calls_of(steps_of(record, pattern, model)) == +counting.calls


def test_tokens_that_share_a_position_share_a_step(counting):
    model, pattern = RandomModel(), SlotPattern()
    cache, logits = model.prompt()
    counting.begin(model)
    record = TurnRecord(layers=SHAPE.layers)
    for event in parallel.decode(model, cache, logits, pattern, parse("full"), Sampler(Sampling())):
        record.apply(event)
    assert counting.calls[Call("layers", 0, SHAPE.layers)] == len(record.tokens) // SLOTS
    assert calls_of(steps_of(record, pattern, model)) == +counting.calls


def test_steps_that_are_alike_are_counted_together():
    model, pattern = RandomModel(1), PATTERNS[1]
    record = reply(model, "fixed:2", pattern)
    steps = steps_of(record, pattern, model)
    exits = {step: count for step, count in steps.items() if [call.part for call in step] == ["layers", "exit head", "choose"]}
    assert sum(exits.values()) == sum(token.depth == 2 for token in record.tokens) > 20
    assert len(exits) == 1


@pytest.mark.parametrize("schedule", ["spark:k=4,last@3+review", "entropy:2<0.42", "fixed:2+hole"])
def test_at_full_depth_every_token_is_a_full_step(schedule):
    model, pattern = RandomModel(1, "lens"), PATTERNS[1]
    record = reply(model, schedule, pattern)
    calls = calls_of(steps_of(at_full_depth(record), pattern, model))
    steps = len(record.tokens) - 1  # the first token is the prompt's
    assert {call: count for call, count in calls.items() if call.part != "choose"} == {
        Call("layers", 0, SHAPE.layers): steps, Call("head"): steps,
    }  # fmt: skip
