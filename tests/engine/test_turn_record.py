"""What a turn's events add up to, which is the same for whoever looks at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from engine.events import (
    Audio,
    Drafts,
    Event,
    Listened,
    Note,
    Prefilled,
    Text,
    Token,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
)
from engine.turn_record import TurnRecord

LAYERS = 8
FULL, EARLY = LAYERS, 2


def record(schedule: str = "spark:k=4,last@2") -> TurnRecord:
    made = TurnRecord()
    made.begin(schedule, 7, LAYERS, 16000, "none", {"temperature": 0.5})
    return made


def say(made: TurnRecord, kind: str, *depths: int, refresh: bool = False, caught_up: int = 0) -> TurnRecord:
    """Adds a token per depth; each takes 10 ms."""
    for depth in depths:
        index = len(made.tokens)
        made.apply(Token(index, 100 + index, kind, depth, refresh, caught_up, 10.0, 0.1 + 0.01 * index))
    return made


def test_a_whole_turn():
    made = record()
    assert made.apply(event := Listened(1.5, 12, 0.05, (Note("quiet", "It is quiet."),))) is event
    made.apply(Prefilled(20, 4, 0.08, "input:0.8", {"heard": 12}))
    say(made, "heard", FULL).apply(Text("heard", "two"))
    say(made, "text", FULL).apply(Text("text", "Fo"))
    say(made, "text", FULL).apply(Text("text", "ur"))
    made.apply(Drafts(1, (5, 6)))
    say(made, "speech", EARLY)
    say(made, "speech", FULL, refresh=True, caught_up=1)
    made.apply(Audio(np.zeros(800, np.float32), 16000, 4, 0.2))
    made.apply(Audio(np.full(1600, 0.5, np.float32), 16000, 5, 0.3))
    made.work.update(prefill=0.03, decode=0.05, speak=0.02)
    made.limits.append("It was cut.")
    assert (made.heard, made.text, made.words) == ("two", "Four", {0: "two", 1: "Fo", 2: "ur"})
    assert made.ids == (100, 101, 102, 103, 104) and made.rejected == [(4, 2)] and len(made.samples()) == 2400
    assert (made.question_seconds, made.listened, made.prefilled, made.positions) == (1.5, 0.05, 0.08, 20)
    assert made.tokens_per_second == pytest.approx(100) and not made.is_over
    stats = made.figures()
    assert (stats.schedule, stats.seed, stats.heard, stats.text) == ("spark:k=4,last@2", 7, "two", "Four")
    assert stats.tokens == {"text": 2, "speech": 2, "heard": 1}
    assert stats.depth == {"full": 8.0, "mean_speech": 5.0, "mean_all": 34 / 5}
    assert (stats.refreshes, stats.accepted, stats.rejected) == (1, 1, 2)
    times = {name: stats.seconds[name] for name in ("listen", "prefill", "first_token", "first_audio", "decode", "speak")}
    # What cannot be heard is not the first audio.
    assert times == {"listen": 0.05, "prefill": 0.03, "first_token": 0.1, "first_audio": 0.3, "decode": 0.05, "speak": 0.02}
    assert (stats.tokens_per_second, stats.real_time_factor, stats.audio_seconds) == (100.0, 2.0, 0.15)
    assert stats.limits == ("It was cut.",) and stats.notes[0].code == "quiet" and stats.sampling == {"temperature": 0.5}
    assert (stats.pooling, stats.prefill, stats.question_seconds) == ("input:0.8", {"heard": 12}, 1.5)
    made.apply(TurnFinished(stats))
    assert made.is_over and made.state == "finished" and made.stats is stats


def test_how_a_turn_ended():
    cancelled, failed = record(), record()
    cancelled.apply(TurnCancelled(cancelled.figures()))
    failed.apply(TurnFailed("Nobody spoke.", no_voice=True))
    assert (cancelled.state, cancelled.stats.seconds["listen"]) == ("cancelled", None)
    assert (failed.state, failed.message, failed.no_voice, failed.stats) == ("failed", "Nobody spoke.", True, None)


def test_early_tokens_pend_until_a_later_one_or_the_end_catches_them_up():
    made = say(record(), "text", FULL)
    say(made, "speech", EARLY, EARLY)
    assert made.pending == 2 and list(made.caught_up) == [0, 0, 0]
    say(made, "speech", FULL, refresh=True, caught_up=2)
    assert made.pending == 0 and list(made.caught_up) == [0, 1, 1, 0]
    say(made, "speech", EARLY)
    say(made, "text", FULL, caught_up=1)
    assert list(made.caught_up) == [0, 1, 1, 0, 1, 0]
    speech = made.depths["speech"]
    assert (speech.tokens, speech.early, made.refreshes) == (4, 3, 1) and speech.mean == (2 + 2 + LAYERS + 2) / 4
    say(made, "speech", EARLY, EARLY)
    made.end("cancelled")
    assert made.pending == 0 and list(made.caught_up[-2:]) == [1, 1]


def test_a_review_that_threw_drafts_away_catches_up_only_the_kept():
    made = say(record(), "speech", EARLY)
    made.apply(Drafts(0, (5, 6)))
    say(made, "speech", FULL, refresh=True, caught_up=3)
    assert made.pending == 0 and made.rejected == [(1, 2)] and made.rejected_drafts == 2
    assert made.reviews == [(1, Drafts(0, (5, 6)))]


@pytest.mark.parametrize("kv", ["propagate", "hole"])
def test_without_catch_up_nothing_pends_and_nothing_is_ever_caught_up(kv):
    made = say(record(f"spark:k=4,last@2+{kv}"), "speech", EARLY, EARLY, EARLY)
    say(made, "speech", FULL, refresh=True).end("finished")
    assert made.plan.kv == kv and made.pending == 0 and not any(made.caught_up)


def test_text_that_exits_early_is_counted_apart_from_speech():
    made = say(say(record("fixed:2+text"), "text", FULL, EARLY, EARLY), "speech", EARLY, EARLY)
    speech, text = made.depths["speech"], made.depths["text"]
    assert (speech.early, text.early, text.tokens) == (2, 2, 3) and speech.mean == 2 and text.mean == (LAYERS + 2 + 2) / 3


def test_a_schedule_that_cannot_be_read_goes_as_far_as_its_tokens():
    made = say(record("of another version"), "speech", EARLY, EARLY, EARLY)
    say(made, "speech", FULL, refresh=True, caught_up=3)
    assert made.depths["speech"].early == 3 and list(made.caught_up) == [1, 1, 1, 0]


def test_whoever_looks_from_another_thread_sees_no_token_before_what_is_told_of_it():
    made, wrong = record(), []

    def events() -> Iterator[Event]:
        for index in range(30_000):
            yield Token(index, 1, "speech", FULL if index % 4 == 3 else EARLY, index % 4 == 3, 3 * (index % 4 == 3), 1.0, 0.1)

    def look() -> None:
        while not made.is_over:
            tokens = made.tokens[-50:]
            if len(made.caught_up) < len(tokens) or made.depths["speech"].tokens < len(tokens):
                wrong.append(len(tokens))

    watcher = threading.Thread(target=look)
    watcher.start()
    for event in events():
        made.apply(event)
    made.apply(TurnFinished(made.figures()))
    watcher.join()
    assert not wrong and made.depths["speech"].early == 22_500
