"""Tokens of schedules whose exits never catch up, whose text exits early, or whose exits each token decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.panels.trace import Trace, describe
from tests.app.panels.turns import LAYERS, Turn


def follow(turn: Turn) -> Trace:
    trace = Trace(LAYERS)
    trace.follow(turn)
    return trace


@pytest.mark.parametrize(("kv", "words"), [("propagate", "its state propagated"), ("hole", "a hole in the layers above")])
def test_without_catch_up_nothing_pends_and_nothing_is_ever_caught_up(kv, words):
    turn = Turn(schedule=f"spark:k=4,last@2+{kv}").say("speech", 2, 2, 2).say("speech", LAYERS, refresh=True)
    trace = follow(turn)
    turn.say("speech", 2)
    turn.is_over = True
    trace.follow(turn)
    assert trace.kv == kv and trace.pending == 0 and not any(trace.caught_up)
    for index in (0, 4):
        assert words in describe(trace, index) and "caught up" not in describe(trace, index)
    assert "refresh" in describe(trace, 3)


def test_text_that_exits_early_is_told_of_apart_from_speech():
    turn = Turn(schedule="fixed:2+text").say("heard", LAYERS).say("text", LAYERS, 2, 2).say("speech", 2, 2)
    trace = follow(turn)
    assert (trace.early, trace.early_text, trace.text) == (2, 2, 3)
    assert trace.speech_depth == 2 and trace.text_depth == (LAYERS + 2 + 2) / 3
    assert "heard: always full depth" in describe(trace, 0)
    assert "always" not in describe(trace, 1), "under this schedule it is not"
    assert "text · 2 of 8 layers · exit at layer 2, pending" in describe(trace, 2)


def test_what_each_token_s_entropy_decided_is_told():
    turn = Turn(schedule="entropy:2<0.5").say("speech", 2).say("speech", LAYERS, refresh=True, caught_up=1)
    turn.tokens = [replace(token, entropy=entropy) for token, entropy in zip(turn.tokens, (0.12, 1.5), strict=True)]
    trace = follow(turn)
    assert "exit at layer 2 (entropy 0.12, below 0.5 nats), caught up later" in describe(trace, 0)
    assert "not sure enough at layer 2 (entropy 1.50, not below 0.5 nats), caught up 1" in describe(trace, 1)


def test_a_schedule_that_cannot_be_read_is_shown_as_far_as_its_tokens_go():
    trace = follow(Turn(schedule="of another version").group())
    assert trace.early == 3 and list(trace.caught_up) == [1, 1, 1, 0]
