"""The command line on a small random model: what it prints, writes and returns, and how it refuses."""

from __future__ import annotations

import json
import os
import signal
import threading

import numpy as np
import pytest
import soundfile
import torch

import engine.models
from engine.cli import main
from tests.engine.random_spoken_lm import RATE, RandomSpokenLM, ToneSpeaker

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("any_sound_is_speech")]

FIELDS = {
    "heard": str,
    "text": str,
    "audio": (str, type(None)),
    "sample_rate": int,
    "audio_seconds": float,
    "tokens": dict,
    "depth": dict,
    "refreshes": int,
    "accepted": int,
    "rejected": int,
    "seconds": dict,
    "tokens_per_second": float,
    "real_time_factor": (float, type(None)),
    "schedule": str,
    "model": str,
    "seed": int,
}
TRACE = {"index", "id", "kind", "depth", "refresh", "caught_up", "milliseconds"}


@pytest.fixture(autouse=True)
def model(monkeypatch):
    """What every command loads."""
    model, load = RandomSpokenLM(limit=40), engine.models.load
    monkeypatch.setattr(engine.models, "load", lambda name: model if name == "wren" else load(name))
    yield model
    assert not [thread for thread in threading.enumerate() if thread.name == "vocoder"]


@pytest.fixture
def run(capsys):
    """Runs a command line -> its exit code, stdout and stderr."""

    def run(*arguments) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def sound(tmp_path):
    """Writes a sound file into the test's folder and gives its path."""

    def sound(name="question.wav", seconds=1.0, rate=16000, channels=1, gain=0.4):
        wave = gain * np.sin(np.arange(int(seconds * rate)) / rate * 1500)
        soundfile.write(tmp_path / name, np.stack([np.clip(wave, -1, 1)] * channels, axis=1), rate)
        return tmp_path / name

    return sound


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def refused(result) -> str:
    """The one sentence of a command that could not be done."""
    code, out, err = result
    assert code == 1 and out == "", (code, out, err)
    assert err.startswith("refrain: ") and err.count("\n") == 1, err
    assert "Traceback" not in err and "unexpected" not in err
    return err


def test_json_is_one_object_with_every_figure(run):
    code, out, err = run("ask", "--text", "Hello there", "--json", "--seed", 7, "--schedule", "spark:K=2,first@2")
    assert (code, err) == (0, "")
    [answer] = lines(out)
    for name, kind in FIELDS.items():
        assert isinstance(answer[name], kind), name
    assert answer["schedule"] == "spark:even@2" and answer["seed"] == 7 and answer["audio"] is None
    assert {"text", "speech"} <= set(answer["tokens"]) and {"full", "mean_speech", "mean_all"} <= set(answer["depth"])
    assert {"listen", "prefill", "first_audio", "decode", "speak", "total"} <= set(answer["seconds"])
    assert 2 < answer["depth"]["mean_speech"] < answer["depth"]["full"] and answer["refreshes"] > 0


def test_how_tokens_are_drawn_is_said_and_shown(run, tmp_path):
    def answer(*options):
        code, out, err = run("ask", "--text", "Hello there", "--json", *options)
        assert code == 0, err
        return lines(out)[0], err

    greedy, _ = answer()
    assert greedy["sampling"] == {"temperature": 0.0, "top_p": 1.0, "top_k": 0, "repetition_penalty": 1.0}
    trace, free = tmp_path / "steps.jsonl", ("--temperature", 1.5, "--top-p", 0.9, "--top-k", 40, "--repetition-penalty", 1.1)
    drawn, err = answer(*free, "--seed", 1, "--trace", trace)
    wanted = {"temperature": 1.5, "top_p": 0.9, "top_k": 40, "repetition_penalty": 1.1}
    assert drawn["sampling"] == wanted and drawn["seed"] == 1 and not err
    assert all(step["sampling"] == wanted for step in lines(trace.read_text()))
    assert answer(*free, "--seed", 1)[0]["text"] == drawn["text"]
    assert len({answer(*free, "--seed", seed)[0]["text"] for seed in range(2, 6)} | {drawn["text"], greedy["text"]}) > 3
    assert "change nothing" in answer("--top-k", 5)[1]  # this model is greedy by itself

    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"text": "a", "temperature": 1}\n{"text": "b"}\n{"text": "c", "top_p": 2}\n{"text": "d", "top_k": "x"}\n')
    own, given, *refused = lines(run("ask", "--batch", batch, "--temperature", 0.5, "--trace", trace)[1])
    assert own["sampling"]["temperature"] == 1 and given["sampling"]["temperature"] == 0.5
    assert "top_p" in refused[0]["error"] and "whole number" in refused[1]["error"]
    assert {step["sampling"]["temperature"] for step in lines(trace.read_text())} == {1, 0.5}


@pytest.mark.parametrize("name, rate, channels", [("a.wav", 8000, 1), ("a.flac", 44100, 2), ("a.ogg", 48000, 2)])
def test_a_sound_file_is_heard_at_any_rate(run, sound, tmp_path, name, rate, channels):
    out = tmp_path / "reply.flac"
    code, printed, _ = run("ask", "--audio", sound(name, rate=rate, channels=channels), "--json", "--out", out)
    [answer] = lines(printed)
    assert code == 0 and answer["heard"] and answer["question_seconds"] == pytest.approx(1.0, abs=0.01)
    assert answer["audio"] == str(out)
    assert soundfile.info(out).frames == round(answer["audio_seconds"] * RATE) > 0


def test_a_terminal_shows_reply_depths_and_figures(run, sound):
    code, out, err = run("ask", "--audio", sound(), "--schedule", "spark:even@1")
    assert code == 0 and err == ""
    assert "Heard" in out and "Reply" in out and "refresh" in out
    assert ("┃" in out and "▂" in out) or ("|" in out and "2" in out)
    last = out.strip().splitlines()[-1]
    assert "tokens/s" in last and "mean depth" in last and "spark:even@1" in last


def test_the_trace_has_a_line_per_token(run, tmp_path):
    trace = tmp_path / "steps.jsonl"
    code, out, _ = run("ask", "--text", "Hello", "--json", "--schedule", "spark:triple@1", "--trace", trace)
    steps = lines(trace.read_text())
    assert code == 0 and [step["index"] for step in steps] == list(range(len(steps)))
    assert all(TRACE <= set(step) and "turn" not in step for step in steps)
    [answer] = lines(out)
    for kind in ("text", "speech"):
        assert sum(step["kind"] == kind for step in steps) == answer["tokens"][kind]
    assert sum(step["refresh"] for step in steps) == answer["refreshes"]
    assert any(step["caught_up"] for step in steps)


def test_max_tokens_cuts_the_reply_and_says_so(run):
    code, out, _ = run("ask", "--text", "Hello", "--json", "--max-tokens", 5)
    [answer] = lines(out)
    assert code == 0 and sum(answer["tokens"].values()) <= 5 and any("5 tokens" in limit for limit in answer["limits"])


def test_a_batch_answers_every_line_in_order(run, sound, tmp_path):
    sound("q.wav")
    batch = tmp_path / "questions.jsonl"
    batch.write_text(
        "\n".join(
            [
                '{"text": "first"}',
                "",
                "not json",
                '{"audio": "q.wav", "text": "what it says", "schedule": "spark:even@1", "seed": 3}',
                "[1]",
                '{"audio": "none.wav"}',
                '{"text": " "}',
                '{"text": "x", "schedule": "fixed:99"}',
                '{"neither": 1}',
                '{"text": 5}',
                '{"text": "first"}',
            ]
        )
    )
    code, out, err = run("ask", "--batch", batch, "--seed", 5, "--trace", tmp_path / "t.jsonl", "--out", tmp_path / "replies")
    answers = lines(out)
    assert code == 1 and [answer["line"] for answer in answers] == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    good = [answer for answer in answers if "error" not in answer]
    assert [answer["line"] for answer in good] == [1, 4, 11]
    assert good[1]["schedule"] == "spark:even@1" and good[1]["seed"] == 3 and good[1]["heard"]
    assert good[0]["seed"] == 5  # where a line has none of its own
    assert good[0]["text"] == good[2]["text"]  # each line is a dialogue of its own
    assert err.count("refrain: Line") == 7 and err.endswith("refrain: 7 of 10 questions could not be answered.\n")
    assert {step["turn"] for step in lines((tmp_path / "t.jsonl").read_text())} == {1, 3, 10}
    assert sorted(os.listdir(tmp_path / "replies")) == ["0001.wav", "0003.wav", "0010.wav"]


def test_the_lines_of_a_conversation_are_turns_of_one_dialogue(run, tmp_path):
    (tmp_path / "q.jsonl").write_text('{"text": "first"}\n{"text": " "}\n{"text": "first"}')
    same = []
    for options in ((), ("--conversation",)):
        code, out, _ = run("ask", "--batch", tmp_path / "q.jsonl", "--trace", tmp_path / "t.jsonl", *options)
        assert code == 1 and ["error" in answer for answer in lines(out)] == [False, True, False]
        first, second = ([step["id"] for step in lines((tmp_path / "t.jsonl").read_text()) if step["turn"] == n] for n in (1, 3))
        same.append(first == second)
    assert same == [True, False]  # what was said before changes the reply


def test_bad_batches_are_sentences(run, tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n\n")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\x00\x80" * 9)
    assert "no questions" in refused(run("ask", "--batch", tmp_path / "empty.jsonl"))
    assert "UTF-8" in refused(run("ask", "--batch", tmp_path / "bytes.jsonl"))
    assert "none.jsonl" in refused(run("ask", "--batch", tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--text", ""), "empty"),
        (("--text", " \n"), "empty"),
        (("--text", "why " * 2500), "10,000 characters"),
        (("--text", "x", "--schedule", "sparkle:2"), "not a schedule"),
        (("--text", "x", "--schedule", "spark:even@40"), "40"),
        (("--text", "x", "--schedule", "full+review"), "review"),
        (("--text", "x", "--temperature", "-1"), "temperature must be 0"),
        (("--text", "x", "--temperature", "nan"), "temperature must be 0"),
        (("--text", "x", "--top-p", "0"), "top_p must be above 0"),
        (("--text", "x", "--top-k", "-3"), "top_k must be 0"),
        (("--text", "x", "--repetition-penalty", "inf"), "repetition penalty"),
        (("--text", "x", "--seed", str(2**70)), "seed must be"),
        (("--text", "x", "--model", "no-such-model"), "no-such-model"),
        (("--text", "x", "--out", "no/such/folder/reply.wav"), "no folder"),
        (("--text", "x", "--out", "reply.doc"), "reply.doc"),
        (("--text", "x", "--trace", "no/such/folder/steps.jsonl"), "no such file"),
        (("--text", "x", "--chrome-trace", "no/such/folder/turn.json"), "no such file"),
        (("--audio", "no-such-file.wav"), "no such file"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, monkeypatch, tmp_path, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert words in refused(run("ask", *arguments))
    assert words in refused(run("ask", *arguments, "--json"))
    assert os.listdir(tmp_path) == []


def test_recordings_that_are_no_question_are_one_sentence(run, sound, tmp_path):
    (tmp_path / "letter.wav").write_text("Dear Wren,\n" * 50)
    cases = {
        sound("empty.wav", seconds=0): "no sound",
        sound("one.wav", seconds=1 / 16000 + 1e-6): "seconds long",
        sound("silent.wav", gain=0): "silent",
        sound("clipped.wav", gain=1000): "clipped",
        sound("long.flac", seconds=300): "5 minutes long",
        tmp_path / "letter.wav": "no sound file",
        tmp_path: "cannot be read",
    }
    for path, words in cases.items():
        assert words in refused(run("ask", "--audio", path, "--json"))


def test_a_long_question_is_answered_as_far_as_there_is_room(run, sound):
    code, out, _ = run("ask", "--audio", sound("long.flac", seconds=60), "--json")
    [answer] = lines(out)
    assert code == 0 and any("too long" in limit for limit in answer["limits"])


def test_some_clipping_is_told_but_answered(run, sound):
    code, out, _ = run("ask", "--audio", sound(gain=1.3), "--json")
    assert code == 0 and any(note["code"] == "clipped" for note in lines(out)[0]["notes"])


def test_wrong_usage_has_a_code_of_its_own(run, tmp_path):
    cases = [
        ("ask",),
        ("ask", "--text", "x", "--audio", "y"),
        ("ask", "--text", "x", "--max-tokens", "0"),
        ("ask", "--batch", tmp_path, "--nonsense"),
        ("ask", "--text", "x", "--conversation"),
        ("sing",),
    ]
    (tmp_path / "b.jsonl").write_text('{"text": "x"}')
    for arguments in [*cases, ("ask", "--batch", tmp_path / "b.jsonl", "--out", "reply.wav")]:
        code, out, err = run(*arguments)
        assert code == 2 and out == "" and "Traceback" not in err


def test_a_failing_model_is_a_sentence_and_the_traceback_is_for_who_asks(run, model, monkeypatch):
    class Mute:
        def __init__(self):
            raise OSError("the voice is gone")

    model.speaker = Mute
    assert "the voice is gone" in refused(run("ask", "--text", "x", "--json"))
    assert "Traceback" in run("ask", "--text", "x", "--verbose")[2]
    monkeypatch.setenv("REFRAIN_LOG", "1")
    assert "Traceback" in run("ask", "--text", "x")[2]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
@pytest.mark.parametrize("options", [("--json",), ()])
def test_an_interrupt_ends_the_turn_with_what_there_is(run, model, tmp_path, options):
    class Interrupting(ToneSpeaker):
        fed = 0

        def feed(self, tokens):
            self.fed += len(tokens)
            if self.fed == 4:
                os.kill(os.getpid(), signal.SIGINT)
            return super().feed(tokens)

    model.speaker, model.limit, before = Interrupting, 140, signal.getsignal(signal.SIGINT)
    out, trace = tmp_path / "reply.wav", tmp_path / "steps.jsonl"
    code, printed, err = run("ask", "--text", "x", *options, "--out", out, "--trace", trace)
    assert code == 130 and err == "refrain: Interrupted.\n" and signal.getsignal(signal.SIGINT) is before
    assert 4 <= len(lines(trace.read_text())) < 139 and out.exists()
    if options:
        assert lines(printed)[0]["interrupted"]


def test_models_and_schedules_are_listed(run):
    code, out, _ = run("schedules", "list", "--json")
    listed = json.loads(out)
    assert code == 0 and listed["layers"] == 4 and listed["exit_layers"] == [1, 2, 3]
    assert {"full", "spark:even@3"} <= {one["schedule"] for one in listed["schedules"]}
    code, out, _ = run("schedules", "list")
    assert code == 0 and "spark:triple@3" in out
    assert "no-such-model" in refused(run("schedules", "list", "--model", "no-such-model"))


def test_threads_are_what_is_computed_with(run):
    before = torch.get_num_threads()
    try:
        assert run("ask", "--text", "Hello", "--threads", before + 1)[0] == 0
        assert torch.get_num_threads() == before + 1
        assert run("ask", "--text", "Hello")[0] == 0
        assert torch.get_num_threads() == 1  # what suits so small a model
    finally:
        torch.set_num_threads(before)
