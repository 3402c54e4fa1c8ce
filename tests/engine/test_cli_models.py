"""`refrain models ...`: lists, checks, downloads from a real server on this machine, and tiny models that answer."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine import models
from engine.cli import main
from engine.models.store import catalogue, registry
from engine.models.store.catalogue import Source
from engine.models.store.registry import ModelRegistry
from engine.models.tiny import make
from tests.engine.models.store.file_server import file_server
from tests.engine.models.store.test_folders import WREN, copied, cut

pytestmark = pytest.mark.whole

NAME = "step-audio-2-mini"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """The folder of the user's data."""
    monkeypatch.setattr(registry, "user_data_path", lambda *_, **__: tmp_path / "data")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "data"


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a command line -> its exit code, stdout and stderr; `typed` is what the user answers."""

    def run(*arguments, typed="") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny") / "step"
    make("stepaudio2", folder)
    return folder


@pytest.fixture
def server(monkeypatch, tiny):
    """Offers the tiny model in place of the released one."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with file_server() as server:
        paths = [path for path in tiny.rglob("*") if path.is_file()]
        server.files = {f"maker/step/{path.relative_to(tiny).as_posix()}": path.read_bytes() for path in paths}
        sources = (Source(server.url, "Step-Audio-2-mini", "maker/step"),)
        listed = tuple(replace(one, sources=sources) if one.id == NAME else one for one in catalogue.read())
        monkeypatch.setattr(catalogue, "read", lambda: listed)
        yield server


def listed(run) -> dict[str, dict]:
    code, out, err = run("models", "list", "--json")
    assert (code, err) == (0, "")
    return {one["name"]: one for one in json.loads(out)}


def test_what_ships_and_what_could_be_here_is_listed(run):
    found = listed(run)
    assert list(found) == [*models.SHIPPED, "lfm2.5-audio-1.5b", "glm-4-voice-9b", NAME]
    assert all(found[name]["state"] == "ready" for name in models.SHIPPED)
    wren = found["wren"]
    assert (wren["family"], wren["state"], wren["problem"], wren["folder"]) == ("wren", "ready", "", str(WREN))
    assert 20 < wren["megabytes"] < 40 and wren["licence"]
    assert found[NAME]["state"] == "not installed" and found[NAME]["licence"].startswith("Apache-2.0")
    code, out, _ = run("models", "list")
    assert code == 0 and f"wren: {WREN}\n" in out
    rows = [line.split("  ") for line in out.splitlines() if "21.1 GB" in line or "1.8 MB" in line]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert cells[0] == ["wren-padded", "wren", "1.8 MB", "Free for any use", "ready"]  # a row is a line, though it is narrow
    assert cells[-1] == ["glm-4-voice-9b", "glm4voice", "21.1 GB", "GLM-4 model licence", "not installed"]


def test_what_is_wrong_with_an_added_model_is_listed(run, tmp_path):
    folder = copied(WREN, tmp_path / "mine")
    ModelRegistry().add(folder)
    assert listed(run)["mine"]["state"] == "ready"
    cut(folder / "lm.safetensors", 5_000_000)
    mine = listed(run)["mine"]
    assert mine["state"] == "broken" and "cut short" in mine["problem"]
    assert "cut short" in run("models", "list")[1]


def test_a_damaged_list_of_added_models_is_said(run, data):
    data.mkdir()
    (data / "models.json").write_text("{")
    code, out, err = run("models", "list", "--json")
    assert code == 0 and "damaged" in err and "wren" in out


def test_a_whole_folder_is_checked(run, tiny):
    code, out, err = run("models", "check", tiny)
    assert (code, err) == (0, "") and "Step-Audio 2" in out and "parameters" in out and "It can be used." in out
    assert all(precision in out for precision in ("fp32", "bf16", "int8", "int4"))
    code, out, _ = run("models", "check", "wren", "--json")
    found = json.loads(out)
    assert code == 0 and found["usable"] and found["family"] == "wren" and found["needs"][0]["precision"] == "fp32"


def test_a_broken_folder_is_checked(run, tiny, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(tiny, folder)
    (folder / "model-00001-of-00002.safetensors").unlink()
    cut(folder / "token2wav" / "hift.pt", 1000)
    code, out, err = run("models", "check", folder)
    assert (code, err) == (1, "") and "model-00001-of-00002.safetensors is missing" in out and "hift.pt" in out
    assert "It cannot be used: 2 problems." in out
    code, out, _ = run("models", "check", folder, "--json")
    found = json.loads(out)
    assert code == 1 and not found["usable"] and len(found["problems"]) == 2
    assert {Path(problem["file"]).name for problem in found["problems"]} == {"model-00001-of-00002.safetensors", "hift.pt"}
    code, out, err = run("models", "check", tmp_path / "nothing")
    assert code == 1 and "There is no model" in err


def test_a_download_is_agreed_to_first(run, server):
    code, out, err = run("models", "download", NAME, typed="n\n")
    assert code == 1 and "17.9 GB from 127.0.0.1" in out and "Apache-2.0" in out and "free" in out
    assert "Nothing was downloaded" in err and not server.requests
    assert run("models", "download", NAME)[0] == 1 and not server.requests  # nobody is there to answer


def test_a_downloaded_model_answers_by_its_name(run, server, data, tmp_path):
    code, out, err = run("models", "download", NAME.upper(), typed="y\n")
    assert code == 0 and "Traceback" not in err, (out, err)
    folder = data / "models" / NAME / "Step-Audio-2-mini"
    assert f"python3 dev.py run ask --model {NAME}" in out and (folder / "config.json").is_file()
    assert listed(run)[NAME]["state"] == "ready"
    code, out, _ = run("ask", "--model", NAME, "--text", "hi", "--json", "--max-tokens", 60, "--out", tmp_path / "a.wav")
    answer = json.loads(out)
    assert code == 0 and answer["text"] and answer["model"] == "stepaudio2" and answer["audio_seconds"] > 0
    server.requests.clear()
    code, out, _ = run("models", "download", NAME)
    assert code == 0 and "already" in out and not server.requests


def test_a_download_into_another_folder_is_listed(run, server, tmp_path):
    code, out, _ = run("models", "download", NAME, "--folder", tmp_path / "disk", "--yes")
    folder = tmp_path / "disk" / NAME / "Step-Audio-2-mini"
    assert code == 0 and str(folder) in out and "--model Step-Audio-2-mini" in out
    found = listed(run)
    assert found["Step-Audio-2-mini"]["folder"] == str(folder) and found["Step-Audio-2-mini"]["state"] == "ready"
    assert run("models", "check", "Step-Audio-2-mini")[0] == 0


def test_a_model_that_arrives_without_a_voice_is_not_called_ready(run, server):
    del server.files["maker/step/voices/noise.safetensors"]
    code, out, err = run("models", "download", NAME, "--yes")
    assert code == 1 and "holds no voice" in err and "cannot be used as it is" in out


def test_damage_and_too_little_room_are_said(run, server, monkeypatch):
    server.corrupt = True
    code, _, err = run("models", "download", NAME, "--yes")
    assert code == 1 and "damaged" in err and f"models download {NAME}" in err and "Traceback" not in err
    server.requests.clear()
    assert run("models", "download", NAME, "--yes", "--anew")[0] == 1 and server.fetched("/revision/main")
    server.corrupt = False
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    code, _, err = run("models", "download", NAME, "--yes")
    assert code == 1 and "1.0 MB free" in err
    assert "choose one of lfm2.5-audio-1.5b" in run("models", "download", "wren")[2]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")
def test_an_interrupted_download_goes_on(run, server, tmp_path):
    big = max(server.files, key=lambda name: len(server.files[name]))
    stalled = threading.Event()

    def interrupt():
        while not server.fetched(big.removeprefix("maker/step/")):
            time.sleep(0.01)
        time.sleep(0.3)
        stalled.set()
        os.kill(os.getpid(), signal.SIGINT)

    server.delay = 0.1
    threading.Thread(target=interrupt, daemon=True).start()
    code, _, err = run("models", "download", NAME, "--yes", "--folder", tmp_path / "a disk")
    assert code == 130 and stalled.is_set() and "is kept" in err
    assert f'models download {NAME} --folder "{tmp_path / "a disk"}"' in err and "Traceback" not in err
    server.delay = 0.0
    server.requests.clear()
    code, _, err = run("models", "download", NAME, "--yes", "--folder", tmp_path / "a disk")
    assert code == 0, err
    assert not server.fetched("/revision/main")  # the list of the first time


@pytest.mark.parametrize("family", ["glm4voice", "lfm2audio", "stepaudio2"])
def test_a_tiny_model_is_made_and_asked(run, tmp_path, family):
    out = tmp_path / "a new one"
    code, printed, err = run("models", "make-tiny", family, out, "--seed", 3)
    assert (code, err) == (0, "") and str(out) in printed
    code, printed, _ = run("ask", "--model", out, "--text", "hi", "--json", "--max-tokens", 60)
    assert code == 0 and json.loads(printed)["audio_seconds"] > 0
    code, _, err = run("models", "make-tiny", family, out)
    assert code == 1 and "not an empty folder" in err
    assert "glm4voice, lfm2audio, stepaudio2" in run("models", "make-tiny", "wren", tmp_path / "w")[2]
