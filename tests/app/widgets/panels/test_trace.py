"""What is told of tokens: why each is as deep as it is, and where it is heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.widgets.panels.trace import describe, seconds_at, token_at
from tests.app.widgets.panels.turns import LAYERS, Turn


def test_each_token_says_what_it_is_and_why():
    turn = Turn().say("heard", LAYERS, word="what").say("text", LAYERS, word=" Four").group().say("speech", 2)
    record = turn.say("speech", LAYERS).say("text", LAYERS, caught_up=1).record
    assert describe(record, 1) == "Token 1: “Four” · text · 8 of 8 layers · text: always full depth · 10.0 ms"
    assert "id 102" in describe(record, 2) and "exit at layer 2, caught up later" in describe(record, 2)
    assert "refresh, caught up 3" in describe(record, 5)
    assert "8 of 8 layers · full depth ·" in describe(record, 7)
    assert "text: always full depth, caught up 1" in describe(record, 8)
    assert "heard: always full depth" in describe(record, 0)
    turn.say("speech", 2)
    assert "exit at layer 2, pending" in describe(record, 9)


def test_a_frame_is_told_by_its_codes():
    record = Turn().say("speech", LAYERS).record
    record.tokens[0] = replace(record.tokens[0], codes=(12, 7, 2000))
    assert describe(record, 0).startswith("Token 0: codes 12 7 2000 · speech")


def test_a_token_says_how_many_drafts_it_corrected():
    turn = Turn().say("speech", 2)
    turn.record.rejected.append((1, 2))
    assert "after 2 rejected drafts" in describe(turn.say("speech", LAYERS, refresh=True, caught_up=3).record, 1)


@pytest.mark.parametrize(("kv", "words"), [("propagate", "its state propagated"), ("hole", "a hole in the layers above")])
def test_without_catch_up_no_token_says_that_it_is_caught_up(kv, words):
    turn = Turn(schedule=f"spark:k=4,last@2+{kv}").say("speech", 2, 2, 2).say("speech", LAYERS, refresh=True)
    record = turn.say("speech", 2).finish().record
    for index in (0, 4):
        assert words in describe(record, index) and "caught up" not in describe(record, index)
    assert "refresh" in describe(record, 3)


def test_under_a_schedule_for_text_too_no_text_is_always_at_full_depth():
    record = Turn(schedule="fixed:2+text").say("heard", LAYERS).say("text", LAYERS, 2, 2).say("speech", 2, 2).record
    assert "heard: always full depth" in describe(record, 0)
    assert "always" not in describe(record, 1), "under this schedule it is not"
    assert "text · 2 of 8 layers · exit at layer 2, pending" in describe(record, 2)


def test_what_each_token_s_entropy_decided_is_told():
    turn = Turn(schedule="entropy:2<0.5").say("speech", 2, entropy=0.12)
    record = turn.say("speech", LAYERS, refresh=True, caught_up=1, entropy=1.5).record
    assert "exit at layer 2 (entropy 0.12, below 0.5 nats), caught up later" in describe(record, 0)
    assert "not sure enough at layer 2 (entropy 1.50, not below 0.5 nats), caught up 1" in describe(record, 1)


def test_speech_tokens_and_seconds_are_one_another():
    turn = Turn().say("text", LAYERS, LAYERS).say("speech", *[2] * 25).say("text", LAYERS).say("speech", 2)
    tokens = turn.record.tokens
    assert seconds_at(tokens, 2, 25.0) == 0 and seconds_at(tokens, 12, 25.0) == 0.4
    assert seconds_at(tokens, 27, 25.0) == seconds_at(tokens, 28, 25.0) == 1.0
    assert token_at(tokens, 0.0, 25.0) == 2 and token_at(tokens, 0.4, 25.0) == 12
    assert token_at(tokens, 1.01, 25.0) == 28 and token_at(tokens, 2.0, 25.0) is None
