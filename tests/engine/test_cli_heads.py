"""`refrain heads ...` on a small random model."""

from __future__ import annotations

import json

import pytest
import torch

import engine.models
from engine.cli import main
from engine.heads import train as training
from engine.lm.heads import logit_lens
from engine.models.checkpoints import exit_heads as files
from tests.engine.random_lm import END, SPEECH
from tests.engine.random_spoken_lm import RandomSpokenLM

pytestmark = pytest.mark.whole


@pytest.fixture(autouse=True)
def model(tmp_path, monkeypatch):
    """What every command loads; the user's data and cache are the test's own."""
    model = RandomSpokenLM(limit=40)
    model.exit_heads = dict.fromkeys((1, 2, 3), logit_lens(model.decoder, torch.tensor([*SPEECH, END])))
    model.folder = tmp_path / "model"
    model.folder.mkdir()
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    monkeypatch.setattr(files, "user_data_path", lambda *_, **__: tmp_path / "data")
    monkeypatch.setattr(training, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return model


@pytest.fixture
def asked(tmp_path):
    """A text file of questions."""
    path = tmp_path / "questions.txt"
    path.write_text("\n".join("hello " + "abc"[i % 3] * i for i in range(12)))
    return path


@pytest.fixture
def run(capsys):
    def run(*arguments) -> tuple[int, str, str]:
        code = main(["heads", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


def test_heads_are_trained_and_reported(run, model, asked):
    code, out, err = run("train", "--layers", "1,2-3", "--prompts", asked, "--replies", 30, "--epochs", 2)
    assert code == 0 and "There are 12 questions" in err  # its replies are greedy
    lines = out.splitlines()
    assert lines[0].startswith("| Layer | Trained | Logit lens |") and [line.split()[1] for line in lines[2:5]] == ["1", "2", "3"]
    assert lines[-1] == str(model.folder / files.FILE) and (model.folder / files.FILE).is_file()


def test_json_and_a_folder_of_ones_own(run, asked, tmp_path):
    code, out, _ = run("train", "--layers", 2, "--prompts", asked, "--epochs", 1, "--out", tmp_path / "here", "--json")
    found = json.loads(out)
    assert code == 0 and found["file"] == str(tmp_path / "here" / files.FILE)
    assert found["agreement"][0]["layer"] == 2 and (tmp_path / "here" / files.FILE).is_file()


def test_a_schedule_is_proposed(run, asked, tmp_path):
    arguments = "--prompts", asked, "--questions", 2, "--judge", "none", "--layers", 2, "--out", tmp_path / "kept"
    code, out, err = run("choose", "--loss", 0, *arguments)
    assert code == 0 and "Took: answering" in err and "| spark:k=4,last@2+review | 2 | 4 |" in out
    strict = out.splitlines()[-1]
    code, out, _ = run("choose", "--loss", 100, *arguments, "--json")
    generous = json.loads(out)
    assert strict in ("full", "spark:k=4,last@2+review") and generous["schedule"] == "spark:k=8,last@2"
    assert len(generous["tried"]) == 5


@pytest.mark.parametrize("layers", ["x", "1-", "3;4"])
def test_layers_that_cannot_be_read_are_wrong_usage(run, layers):
    code, _, err = run("train", "--layers", layers)
    assert code == 2 and "4-11" in err


def test_what_cannot_be_done_is_a_sentence(run, asked, tmp_path):
    for arguments, word in (
        (("train", "--layers", 9, "--prompts", asked), "not 9"),
        (("train", "--layers", 2, "--prompts", "nonsense"), "There is no set"),
        (("choose", "--layers", 9, "--prompts", asked, "--judge", "none"), "layer 9"),
        (("choose", "--judge", "ear"), "There is no judge"),
        (("train", "--layers", 2, "--prompts", asked, "--out", asked), "File exists"),
    ):
        code, out, err = run(*arguments)
        assert code == 1 and out == "" and word in err and "Traceback" not in err, err


def test_heads_are_measured_beside_the_logit_lens(run, model, asked):
    code, _, err = run("measure", "--prompts", asked)
    assert code == 1 and "no trained exit head" in err
    assert run("train", "--layers", "1,3", "--prompts", asked, "--replies", 12, "--epochs", 8)[0] == 0
    model.exit_heads |= files.exit_heads(model.folder, model.decoder, [*SPEECH, END])
    code, out, _ = run("measure", "--prompts", asked, "--json")
    said = json.loads(out)
    assert code == 0 and said["questions"] == 12 and [one["layer"] for one in said["agreement"]] == [1, 3]
    assert all(0 <= one["lens"] < one["head"] <= 1 and one["places"] > 100 for one in said["agreement"]), said
    code, out, _ = run("measure", "--prompts", asked, "--layers", 3, "--questions", 3)
    assert code == 0 and out.splitlines()[0].startswith("| Layer | Head | Logit lens |") and out.count("\n") == 3
    code, _, err = run("measure", "--layers", 2)
    assert code == 1 and "layer 2" in err
