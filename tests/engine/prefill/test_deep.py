"""Deep pooling in a conversation's history equals the dense computation, whatever blocks it arrives in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from engine.models.spoken_lm import PromptPiece
from engine.prefill.history import BLOCK, History
from engine.prefill.pooling import DeepPooling, Pooling
from tests.engine.prefill import dense
from tests.engine.random_lm import SHAPE, RandomModel, random_tensors

TENSORS = random_tensors(SHAPE)
DEEP = DeepPooling(2, 0.8)


@pytest.fixture(scope="module")
def decoder():
    return RandomModel().decoder


def speech(seed=0, count=40):
    """States that stay alike for some positions, then change."""
    generator = torch.Generator().manual_seed(seed)
    kept = torch.rand(count, generator=generator) < 0.6
    anchors = torch.randn(count, SHAPE.dim, generator=generator)
    for index in range(1, count):
        if kept[index]:
            anchors[index] = anchors[index - 1]
    return anchors + 0.2 * torch.randn(count, SHAPE.dim, generator=generator)


def ask(history, states, pooling=DEEP, split=None, before=(1, 2), after=(3, 4, 5)):
    """One spoken question, its states in pieces of these lengths, each prefilled at once."""
    exchange = history.open(Pooling(deep=pooling))
    history.add(PromptPiece(before))
    for piece in states.split(split or len(states)):
        history.add(PromptPiece(states=piece, speech=True))
        exchange.heard += len(piece)
        history.prefill()
    history.add(PromptPiece(after))
    return exchange


def expected(decoder, turns, pooling=DEEP):
    """Dense logits, positions and values for [(before, states, after), ...] in one go."""
    parts, marks = [], []
    for before, states, after in turns:
        parts += [decoder.embed(before), states, decoder.embed(after)]
        marks += [False] * len(before) + [True] * len(states) + [False] * len(after)
    states, positions, values = dense.forward(TENSORS, SHAPE, torch.cat(parts), marks, pooling.layer, pooling.tau, pooling.window)
    return dense.logits(TENSORS, SHAPE, states), positions.tolist(), values


def same_cache(history, positions, values, layer=DEEP.layer):
    cache = history.cache
    for index, wanted in enumerate(values):
        held = positions if index >= layer else list(range(positions[-1] + 1))
        assert list(cache.positions(index)) == held
        found = cache.contents(index)[1].transpose(0, 1).flatten(1)
        assert (found - wanted).abs().max() < 1e-5


@pytest.mark.parametrize("split", [None, 1, 3, 7])
@pytest.mark.parametrize("pooling", [DEEP, DeepPooling(1, 0.9, 1), DeepPooling(3, 0.6, 5)])
def test_the_history_equals_the_dense_computation(decoder, split, pooling):
    states, history = speech(), History(decoder, 160)
    ask(history, states, pooling, split)
    logits = history.last_logits()
    wanted, positions, values = expected(decoder, [((1, 2), states, (3, 4, 5))], pooling)
    assert 5 < len(positions) < 45  # something was merged, and not everything
    assert (logits - wanted[-1]).abs().max() < 1e-5
    same_cache(history, positions, values, pooling.layer)
    assert history.cached == len(history) == 45


def test_an_open_group_waits_and_closes_with_what_follows(decoder):
    history = History(decoder, 160)
    history.open(Pooling(deep=DeepPooling(2, 0.01)))
    history.add(PromptPiece((1, 2)))
    history.add(PromptPiece(states=torch.ones(6, SHAPE.dim), speech=True))
    assert history.prefill() is None
    assert history.cached == 2 and history.cache.filled(0) == 8  # the layers above still wait
    history.add(PromptPiece(states=torch.ones(2, SHAPE.dim), speech=True))
    assert history.prefill() is None and history.cache.filled(1) == 10
    history.add(PromptPiece((3,)))
    assert history.prefill() is not None
    assert history.cached == 11 and list(history.cache.positions(3)) == [0, 1, 9, 10]


def test_a_question_may_end_in_an_open_group(decoder):
    states, history = speech(), History(decoder, 160)
    ask(history, states, after=())
    wanted = expected(decoder, [((1, 2), states, ())])[0]
    for _ in range(2):  # the second time everything is cached, and the last group is made again
        assert (history.last_logits() - wanted[-1]).abs().max() < 1e-5


def test_groups_cross_blocks(decoder, monkeypatch):
    monkeypatch.setattr("engine.prefill.history.BLOCK", 5)
    assert BLOCK > 5
    states, history = speech(2), History(decoder, 160)
    ask(history, states)
    wanted, positions, values = expected(decoder, [((1, 2), states, (3, 4, 5))])
    assert (history.last_logits() - wanted[-1]).abs().max() < 1e-5
    same_cache(history, positions, values)


def test_further_turns_see_the_merged_entries(decoder):
    turns = [((1, 2), speech(1), (3, 4, 5)), ((6, 7), speech(2, 30), (8,))]
    history = History(decoder, 160)
    for before, states, after in turns:
        ask(history, states, split=4, before=before, after=after)
        logits = history.last_logits()
    wanted, positions, values = expected(decoder, turns)
    assert (logits - wanted[-1]).abs().max() < 1e-5
    same_cache(history, positions, values)


def test_turns_may_be_pooled_each_in_its_own_way(decoder):
    poolings = [DeepPooling(1, 0.8), None, DeepPooling(3, 0.7, 1), DeepPooling(1, 0.8)]

    def talk(history, split):
        for seed, pooling in enumerate(poolings):
            ask(history, speech(seed, 20), pooling, split)
            if split:
                history.prefill()
        return history.last_logits(), [history.cache.entries(layer) for layer in range(SHAPE.layers)]

    (early, held), (late, held_late) = talk(History(decoder, 160), 3), talk(History(decoder, 160), None)
    assert (early - late).abs().max() < 1e-5 and held == held_late
    assert 100 == held[0] > held[1] == held[2] > held[3]


def closing(reply):
    return PromptPiece((9,))


def test_cutting_a_reply_keeps_what_the_upper_layers_hold(decoder):
    states, history = speech(3), History(decoder, 160)
    exchange = ask(history, states, split=6)
    exchange.reply, exchange.kinds = [10, 11, 12, 13], ["speech"] * 4
    history.last_logits()
    held = history.cache.entries(3)
    history.cut_reply(exchange, 2, closing)
    assert history.cached == 45 + 2 and history.cache.entries(3) == held - 2
    logits = history.last_logits()
    wanted, positions, values = expected(decoder, [((1, 2), states, (3, 4, 5, 10, 11, 9))])
    assert (logits - wanted[-1]).abs().max() < 1e-5
    same_cache(history, positions, values)


def test_a_cut_before_an_open_group_begins_it_again(decoder):
    """What was heard of a reply may become known while the next question is spoken."""
    history = History(decoder, 160)
    first = ask(history, speech(3), split=6)
    first.reply, first.kinds, first.closing = [10, 11, 12], ["speech"] * 3, PromptPiece((9,))
    history.prefill()
    following = speech(4, 20)
    history.open(Pooling(deep=DEEP))
    history.add(PromptPiece((6, 7)))
    for piece in following.split(3):
        history.add(PromptPiece(states=piece, speech=True))
        history.prefill()
    history.cut_reply(first, 1, closing)
    history.add(PromptPiece((8,)))
    logits = history.last_logits()
    wanted, positions, values = expected(decoder, [((1, 2), speech(3), (3, 4, 5, 10, 9)), ((6, 7), following, (8,))])
    assert (logits - wanted[-1]).abs().max() < 1e-5
    same_cache(history, positions, values)


def test_abandoning_a_question_leaves_the_turns_before_it(decoder):
    history = History(decoder, 160)
    ask(history, speech(3), split=6)
    wanted, before = history.last_logits(), list(history.exchanges)
    ask(history, speech(4, 20), split=3)
    history.restore(before)
    assert history.cached == len(history) == 45 and (history.last_logits() - wanted).abs().max() < 1e-5


def test_what_makes_room_is_pooled_again(decoder):
    history = History(decoder, 100)
    ask(history, speech(1), split=4)
    history.prefill()
    second = speech(2, 30)
    history.open(Pooling(deep=DEEP))
    history.add(PromptPiece((6, 7)))
    for piece in second.split(4):
        history.add(PromptPiece(states=piece, speech=True))
        history.prefill()
    history.make_room(30)
    assert len(history.exchanges) == 1 and history.cached == 0
    history.add(PromptPiece((8,)))
    logits = history.last_logits()
    wanted, positions, values = expected(decoder, [((6, 7), second, (8,))])
    assert (logits - wanted[-1]).abs().max() < 1e-5
    same_cache(history, positions, values)


@pytest.mark.parametrize("position", range(1, 46))
def test_no_cut_goes_through_a_group(decoder, position):
    states, history = speech(1), History(decoder, 160)
    ask(history, states)
    wanted, positions = history.last_logits(), list(history.cache.positions(3))
    history._keep(position)
    assert history.cached <= position and (history.cached == 0 or history.cached - 1 in positions)
    assert (history.last_logits() - wanted).abs().max() < 1e-5


def test_a_cancelled_prefill_goes_on_later(decoder, monkeypatch):
    monkeypatch.setattr("engine.prefill.history.BLOCK", 6)
    states, history = speech(), History(decoder, 160)
    history.open(Pooling(deep=DEEP))
    for piece in (PromptPiece((1, 2)), PromptPiece(states=states, speech=True), PromptPiece((3, 4, 5))):
        history.add(piece)
    calls = SimpleNamespace(left=4)

    def cancelled():
        calls.left -= 1
        return calls.left < 0

    assert history.last_logits(cancelled) is None and 0 < history.cache.filled(0) < 45
    wanted = expected(decoder, [((1, 2), states, (3, 4, 5))])[0]
    assert (history.last_logits() - wanted[-1]).abs().max() < 1e-5
