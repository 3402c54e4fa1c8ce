"""`refrain ask --chrome-trace` on a small random model: when each part of a turn ran."""

from __future__ import annotations

import io
import json
from collections import defaultdict

import numpy as np
import pytest
import soundfile

import engine.models
from engine.cli import chrome_trace, main
from engine.events import Audio, Drafts, Token
from engine.turn_record import TurnRecord
from tests.engine.random_spoken_lm import RandomSpokenLM

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("any_sound_is_speech")]
DECODING = {chrome_trace.FULL, chrome_trace.EARLY, chrome_trace.REFRESH, chrome_trace.DRAFTS}


class Timeline:
    """Slices and marks of a file by the name of their row."""

    def __init__(self, text):
        events = json.loads(text)["traceEvents"]
        names = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
        assert list(names.values()) == list(chrome_trace.ROWS)
        self.rows, self.marks = defaultdict(list), {}
        for event in events:
            if event["ph"] == "X":
                assert event["dur"] >= 0
                self.rows[names[event["tid"]]].append(event)
            elif event["ph"] == "i":
                self.marks[event["name"]] = event["ts"]

    def tokens(self):
        """Each decoded token's slice with the row's name, in the order of their times."""
        found = [(event, row) for row in DECODING for event in self.rows[row] if "index" in event["args"]]
        return sorted(found, key=lambda pair: pair[0]["ts"])


@pytest.fixture
def ask(monkeypatch, tmp_path, capsys):
    """Asks -> the answer, the lines of `--trace` and the time line."""
    monkeypatch.setattr(engine.models, "load", lambda name: RandomSpokenLM(limit=40))

    def ask(*arguments):
        steps, whole = tmp_path / "steps.jsonl", tmp_path / "turn.json"
        assert main(["ask", *arguments, "--json", "--trace", str(steps), "--chrome-trace", str(whole)]) == 0
        tokens = [json.loads(line) for line in steps.read_text().splitlines()]
        return json.loads(capsys.readouterr().out), tokens, Timeline(whole.read_text())

    return ask


SCHEDULES = ("full", "spark:triple@1", "spark:k=4,last@1+review", "entropy:1<2", "fixed:2")


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_token_has_one_slice_as_long_as_its_step_in_the_order_of_the_record(ask, schedule):
    _, tokens, timeline = ask("--text", "Hello", "--schedule", schedule)
    slices = timeline.tokens()
    assert [event["args"]["index"] for event, _ in slices] == [token["index"] for token in tokens]
    for (event, row), token in zip(slices, tokens):
        assert event["name"] == token["kind"] and event["dur"] == pytest.approx(1000 * token["milliseconds"], abs=0.01)
        if row != chrome_trace.DRAFTS:
            assert event["ts"] + event["dur"] == pytest.approx(1e6 * token["at"], abs=2)
            early, brought_up = token["depth"] < 4, token["refresh"] or token["caught_up"]
            assert row == (chrome_trace.EARLY if early else chrome_trace.REFRESH if brought_up else chrome_trace.FULL)
    for row in chrome_trace.ROWS:
        spans = sorted((event["ts"], event["ts"] + event["dur"]) for event in timeline.rows[row])
        assert all(later >= end - 1 for (_, end), (later, _) in zip(spans, spans[1:])), row


def test_drafts_stand_before_their_review_the_rejected_ones_too(ask):
    answer, tokens, timeline = ask("--text", "Hello", "--schedule", "spark:k=4,last@1+review")
    slices = sorted(timeline.rows[chrome_trace.DRAFTS], key=lambda event: event["ts"])
    kept = sum("index" in event["args"] for event in slices)
    rejected = sum(event["name"] == "rejected" for event in slices)
    assert (kept, rejected) == (answer["accepted"], answer["rejected"]) and rejected > 0
    drafted = 0
    for event in slices:
        if event["name"] == "review":
            assert drafted == event["args"]["accepted"] + event["args"]["rejected"] > 0 and event["dur"] > 0
            drafted = 0
        else:
            drafted += 1
    assert drafted == 0


def test_a_spoken_turn_has_its_other_rows_and_the_first_audio(ask, tmp_path):
    path = tmp_path / "question.wav"
    soundfile.write(path, 0.3 * np.sin(np.arange(16000) * 0.1), 16000)
    answer, tokens, timeline = ask("--audio", str(path))
    seconds = answer["seconds"]
    listen, prefill = timeline.rows[chrome_trace.QUESTION]
    assert (listen["name"], prefill["name"]) == ("listen", "prefill") and listen["ts"] == 0
    assert listen["dur"] == pytest.approx(1e6 * seconds["listen"], abs=2) and prefill["ts"] == listen["dur"]
    assert prefill["ts"] + prefill["dur"] <= timeline.tokens()[0][0]["ts"] + 2
    assert timeline.marks == {"first audio": pytest.approx(1e6 * seconds["first_audio"], abs=2)}
    blocks, sounds = timeline.rows[chrome_trace.VOCODER], timeline.rows[chrome_trace.SOUND]
    assert 0 < sum(block["dur"] for block in blocks) <= 1e6 * seconds["speak"] + 1
    assert sum(sound["dur"] for sound in sounds) == pytest.approx(1e6 * answer["audio_seconds"], rel=1e-3)
    assert all(sound["ts"] >= block["ts"] + block["dur"] - 2 for block, sound in zip(blocks, sounds))
    words = [event["name"] for event in timeline.rows[chrome_trace.TEXT]]
    assert "".join(words) == "".join((answer["heard"] + answer["text"]).split()) and answer["heard"]


def test_tokens_of_one_parallel_step_share_its_time():
    record = TurnRecord(layers=4, tokens=[Token(index, 0, "speech", 4, False, 0, 2.0, 0.5) for index in range(3)])
    slices = [event for event, _ in Timeline(written(record)).tokens()]
    assert [event["ts"] for event in slices] == pytest.approx([494e3, 496e3, 498e3])


def test_a_review_whose_tokens_nobody_received_is_shown_all_the_same():
    record = TurnRecord(layers=4)
    record.apply(Drafts(1, (7,), ((0.1, 5.0), (0.2, 5.0)), 0.4, 100.0))
    record.end("cancelled")
    rejected, review = Timeline(written(record)).rows[chrome_trace.DRAFTS]
    assert (rejected["ts"], rejected["args"]["id"]) == (195e3, 7) and (review["ts"], review["dur"]) == (300e3, 100e3)


def test_sound_that_comes_too_late_leaves_a_gap():
    record = TurnRecord(layers=4)
    for at in (1.0, 1.2, 2.0):
        record.apply(Audio(np.ones(4000, np.float32), 8000, 1, at, 100.0))
    timeline = Timeline(written(record))
    assert [event["ts"] for event in timeline.rows[chrome_trace.VOCODER]] == pytest.approx([900e3, 1100e3, 1900e3])
    assert [event["ts"] for event in timeline.rows[chrome_trace.SOUND]] == pytest.approx([1e6, 1.5e6, 2e6])


def written(record):
    file = io.StringIO()
    chrome_trace.write(file, record)
    return file.getvalue()


def test_many_turns_are_refused(tmp_path, capsys):
    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"text": "a"}\n')
    assert main(["ask", "--batch", str(batch), "--chrome-trace", str(tmp_path / "t.json")]) == 2
    assert "shows one turn" in capsys.readouterr().err and not (tmp_path / "t.json").exists()
