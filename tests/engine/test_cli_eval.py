"""`refrain eval` on a small random model: what it writes, how it goes on, and how it refuses."""

from __future__ import annotations

import json
import signal

import numpy as np
import pytest
import soundfile

import engine.models
from engine.cli import main
from engine.evaluation import answers, judges
from tests.engine.random_spoken_lm import RandomSpokenLM

pytestmark = [pytest.mark.whole, pytest.mark.usefixtures("any_sound_is_speech")]


class Parrot:
    name = "parrot"

    def transcribe(self, samples, rate):
        return "one"


@pytest.fixture(autouse=True)
def model(tmp_path, monkeypatch):
    """What every command loads."""
    model = RandomSpokenLM(limit=40)
    model.folder = tmp_path / "model"
    model.folder.mkdir()
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    monkeypatch.setattr(judges, "make", lambda wanted, *_: None if wanted == "none" else Parrot())
    return model


@pytest.fixture
def run(capsys, tmp_path):
    """Runs `refrain eval` -> its exit code, stdout and stderr."""

    def run(*arguments, out=tmp_path / "out") -> tuple[int, str, str]:
        code = main(["eval", "--out", str(out), *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def mine(tmp_path):
    """A set of the user's own: one question typed, one spoken."""
    folder = tmp_path / "mine"
    folder.mkdir()
    soundfile.write(folder / "a.wav", 0.4 * np.sin(np.arange(16000) / 16000 * 1500), 16000)
    lines = {"text": "Hello", "key": "one"}, {"audio": "a.wav", "text": "one two", "key": "one"}
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def refused(result) -> str:
    """The one sentence of a command that could not be done."""
    code, out, err = result
    assert code == 1 and out == "", (code, out, err)
    assert err.strip().startswith("refrain: ") and "Traceback" not in err and "unexpected" not in err, err
    return err.strip().splitlines()[-1]


def test_everything_is_written_and_printed(run, mine, tmp_path):
    code, out, err = run("--data", mine, "--schedules", "full,spark:k=4,last@2+review", "--seeds", "0,1", "--pooling", "none")
    assert code == 0 and "Took: loading" in err and "judging" in err
    assert "| mine | spark:k=4,last@2+review | none | 2 |" in out and str(tmp_path / "out" / "summary.md") in out
    results = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert len(results) == 8 and {r["seed"] for r in results} == {0, 1} and all(r["speech"] == "one" for r in results)
    assert (tmp_path / "out" / "acceptance.png").is_file()


def test_json_is_one_object(run, mine):
    code, out, _ = run("--data", mine, "--judge", "none", "--limit", 1, "--json", "--greedy")
    found = json.loads(out)
    assert code == 0 and found["rows"][0]["questions"] == 1 and "wer" not in found["rows"][0]
    assert {"value", "low", "high"} <= found["rows"][0]["speed"].keys() and found["seconds"]["answering"] > 0


def test_shipped_sets_may_stand_in_a_row(run):
    code, out, _ = run("--data", "typed,cousins", "--data", "unknown", "--limit", 1, "--judge", "none")
    assert code == 0 and [f"| {name} | full | none | 1 |" in out for name in ("typed", "cousins", "unknown")] == [True] * 3


def test_a_killed_run_keeps_what_is_finished(run, mine, tmp_path, monkeypatch):
    ask, count = answers.ask, []

    def stopping(*arguments):
        count.append(arguments)
        if len(count) == 3:  # the first one warms up
            signal.raise_signal(signal.SIGINT)
        return ask(*arguments)

    monkeypatch.setattr(answers, "ask", stopping)
    code, _, err = run("--data", mine, "--judge", "none")
    assert code == 130 and "the same command goes on from there" in err
    assert (tmp_path / "out" / "results.jsonl").read_text().count("\n") == 1
    code, out, _ = run("--data", mine, "--judge", "none")
    assert code == 0 and len(count) == 5 and "| mine | full | none | 2 |" in out


def test_missing_sounds_are_named_and_left_out(run, mine):
    (mine / "a.wav").unlink()
    code, out, err = run("--data", mine, "--judge", "none")
    assert code == 0 and "a.wav" in err and "left out" in err and "| mine | full | none | 1 |" in out


def test_a_broken_line_keeps_what_is_finished(run, mine, tmp_path):
    assert run("--data", mine, "--judge", "none")[0] == 0
    before = (tmp_path / "out" / "results.jsonl").read_text()
    with (mine / "questions.jsonl").open("a") as file:
        file.write('\n{"text": ')
    assert "Line 3 of" in refused(run("--data", mine, "--judge", "none"))
    assert (tmp_path / "out" / "results.jsonl").read_text() == before


def test_what_cannot_be_done_is_a_sentence(run, mine, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file")
    assert "Results cannot be written" in refused(run("--data", mine, "--judge", "none", out=taken))
    (mine / "questions.jsonl").write_text("\n")
    assert "it is empty" in refused(run("--data", mine))
    assert "There is no set 'nonsense'" in refused(run("--data", "nonsense"))
    assert "is not a schedule" in refused(run("--schedules", "deep"))
    assert "layer 9" in refused(run("--schedules", "fixed:9", "--judge", "none"))
    assert "is not a pooling" in refused(run("--pooling", "much"))
    assert "are no seeds" in refused(run("--seeds", "one"))
    assert "no judge" in refused(run("--judge", "ear"))
    assert "is empty" in refused(run("--mos", " "))


def test_help_tells_how_to_bring_the_papers_sets(run, capsys):
    code, out, _ = run("--help")
    assert code == 0
    for name in ("LlamaQuestions", "TriviaQA", "WebQuestions", "AlpacaEval", "results.jsonl"):
        assert name in out
