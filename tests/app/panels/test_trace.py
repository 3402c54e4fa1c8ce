"""What is told of tokens: which pend, what catches them up, why each is as deep as it is, and where it is heard."""

from __future__ import annotations

from app.panels.trace import Trace, describe, seconds_at, token_at
from tests.app.panels.turns import LAYERS, Turn


def test_early_tokens_pend_until_a_later_one_catches_them_up():
    turn, trace = Turn(), Trace(LAYERS)
    turn.say("text", LAYERS).say("speech", 2, 2)
    assert trace.follow(turn)
    assert trace.pending == 2 and list(trace.caught_up) == [0, 0, 0]
    turn.say("speech", LAYERS, refresh=True, caught_up=2)
    assert trace.follow(turn)
    assert trace.pending == 0 and list(trace.caught_up) == [0, 1, 1, 0]
    turn.say("speech", 2).say("text", LAYERS, caught_up=1)
    trace.follow(turn)
    assert list(trace.caught_up) == [0, 1, 1, 0, 1, 0]
    assert not trace.follow(turn)
    assert (trace.speech, trace.early, trace.refreshes) == (4, 3, 1)
    assert trace.speech_depth == (2 + 2 + LAYERS + 2) / 4


def test_the_turn_s_end_catches_up_what_is_left_and_a_new_turn_begins_anew():
    turn, trace = Turn().say("speech", 2, 2), Trace(LAYERS)
    trace.follow(turn)
    turn.is_over = True
    assert trace.follow(turn) and trace.pending == 0 and list(trace.caught_up) == [1, 1]
    assert trace.follow(Turn(number=2)) and trace.tokens == []


def test_a_review_that_threw_drafts_away_catches_up_only_the_kept():
    turn, trace = Turn().say("speech", 2), Trace(LAYERS)
    turn.rejected.append((1, 2))
    turn.say("speech", LAYERS, refresh=True, caught_up=3)
    trace.follow(turn)
    assert trace.pending == 0 and trace.rejected == {1: 2}
    assert "after 2 rejected drafts" in describe(trace, 1)


def test_each_token_says_what_it_is_and_why():
    turn = Turn().say("heard", LAYERS, word="what").say("text", LAYERS, word=" Four").group().say("speech", 2)
    turn.say("speech", LAYERS).say("text", LAYERS, caught_up=1)
    trace = Trace(LAYERS)
    trace.follow(turn)
    assert describe(trace, 1) == "Token 1: “Four” · text · 8 of 8 layers · text: always full depth · 10.0 ms"
    assert "id 102" in describe(trace, 2) and "exit at layer 2, caught up later" in describe(trace, 2)
    assert "refresh, caught up 3" in describe(trace, 5)
    assert "8 of 8 layers · full depth ·" in describe(trace, 7)
    assert "text: always full depth, caught up 1" in describe(trace, 8)
    assert "heard: always full depth" in describe(trace, 0)
    turn.say("speech", 2)
    trace.follow(turn)
    assert "exit at layer 2, pending" in describe(trace, 9)


def test_speech_tokens_and_seconds_are_one_another():
    turn = Turn().say("text", LAYERS, LAYERS).say("speech", *[2] * 25).say("text", LAYERS).say("speech", 2)
    assert seconds_at(turn.tokens, 2, 25.0) == 0 and seconds_at(turn.tokens, 12, 25.0) == 0.4
    assert seconds_at(turn.tokens, 27, 25.0) == seconds_at(turn.tokens, 28, 25.0) == 1.0
    assert token_at(turn.tokens, 0.0, 25.0) == 2 and token_at(turn.tokens, 0.4, 25.0) == 12
    assert token_at(turn.tokens, 1.01, 25.0) == 28 and token_at(turn.tokens, 2.0, 25.0) is None
