"""The command line, as a user starts it, on the model that ships."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.resources import resources_folder
from tests.rig.processes import ROOT

pytestmark = pytest.mark.whole

START = "import sys; from engine.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def wren():
    """The folder of the shipped model."""
    return resources_folder() / "wren"


def child(*arguments, stdout=subprocess.PIPE):
    command = [sys.executable, "-c", START, *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=env, timeout=120, stdout=stdout, stderr=subprocess.PIPE, text=True)


def test_a_typed_question_is_answered(wren, tmp_path):
    reply = tmp_path / "reply.wav"
    done = child("ask", "--text", "What is two plus two?", "--json", "--out", reply, "--threads", 1)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert "four" in answer["text"].lower()
    samples, rate = soundfile.read(reply)
    assert rate == answer["sample_rate"] and len(samples) / rate == pytest.approx(answer["audio_seconds"])
    assert np.abs(samples).max() > 0.01


def test_its_reviewed_drafts_say_the_same(wren, capsys):
    assert main(["schedules", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    reviewed = [one["schedule"] for one in listed["schedules"] if one["schedule"].endswith("+review")]
    answers = []
    for schedule in ("full", *reviewed):
        assert main(["ask", "--text", "What is the capital of France?", "--schedule", schedule, "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert reviewed and len({(answer["text"], answer["audio_seconds"]) for answer in answers}) == 1
    beyond = f"fixed:{listed['layers']}"
    assert main(["ask", "--text", "Hello", "--schedule", beyond]) == 1
    assert str(listed["layers"]) in capsys.readouterr().err


def test_it_is_listed(wren, capsys):
    assert main(["models", "list", "--json"]) == 0
    model = json.loads(capsys.readouterr().out)[0]
    assert model["name"] == "wren" and model["state"] == "ready" and 0 < model["megabytes"] <= 32


@pytest.mark.parametrize("damage", ["missing", "truncated", "empty"])
def test_damaged_weights_are_one_sentence(wren, tmp_path, capsys, damage):
    needed = (".safetensors", ".json")
    names = [path.name for path in wren.iterdir() if path.suffix in needed and path.name != "training.json"]
    for name in names:
        folder = tmp_path / name
        shutil.copytree(wren, folder)
        data = (folder / name).read_bytes()
        (folder / name).unlink()
        if damage != "missing":
            (folder / name).write_bytes(data[: len(data) // 2 if damage == "truncated" else 0])
        assert main(["ask", "--text", "Hello", "--json", "--model", str(folder)]) == 1, name
        out, err = capsys.readouterr()
        assert out == "" and err.startswith("refrain: ") and err.count("\n") == 1 and "unexpected" not in err, err


@pytest.mark.slow
def test_a_minute_of_noise_is_cut_and_does_not_hang(wren, tmp_path):
    noise = np.random.default_rng(0).normal(0, 0.1, 60 * 16000)
    soundfile.write(tmp_path / "long.flac", noise, 16000)
    done = child("ask", "--audio", tmp_path / "long.flac", "--send-anyway", "--json")
    assert done.returncode == 0, done.stderr
    assert "too long" in json.loads(done.stdout)["limits"][0]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_disk_behind_stdout_is_a_sentence(wren):
    with open("/dev/full", "w") as full:
        done = child("ask", "--text", "Hello", "--json", stdout=full)
    assert done.returncode != 0 and "No space left" in done.stderr and "Traceback" not in done.stderr
