"""The self-test passes on a machine with nothing but the program, and says in a sentence what is wrong where something is."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app.self_test import CHECKS, answers, keeping, machine
from app.self_test.check import Bench, Check, Remark, SelfTestFailed, SelfTestSkipped, run
from app.self_test.command import summary
from tests.rig.processes import ROOT, python

BARE = """
import sys
sys.path[:] = [{tree!r}, *(place for place in sys.path if place), {root!r}]
from tests.rig.network import forbid_network
attempts = forbid_network(loopback=False)
class NotShipped:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("transformers", "huggingface_hub", "sympy", "matplotlib", "pocketsphinx"):
            raise ImportError(name + " is not shipped")
sys.meta_path.insert(0, NotShipped())
import app, engine
from app.__main__ import main
assert app.__path__[0].startswith({tree!r}) and engine.__path__[0].startswith({tree!r})
code = main(["self-test", "--json"])
assert code == 0 and not attempts, (code, attempts)
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def reply(text: str = "Four.", ids: tuple[int, ...] = (1, 2, 3), **figures) -> SimpleNamespace:
    stats = SimpleNamespace(text=text, sample_rate=16000, accepted=2, rejected=0, depth={"mean_speech": 9.0}, **figures)
    return SimpleNamespace(stats=stats, samples=np.zeros(1600, np.float32), record=SimpleNamespace(ids=ids))


def test_it_passes_in_an_odd_folder_without_screen_sound_network_and_what_is_not_shipped(tmp_path):
    tree = tmp_path / "Größe und Raum ß"
    for room in ("app", "engine"):
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__", "training"))
    (tree / "resources").symlink_to(ROOT / "resources")
    nowhere = tmp_path / "nowhere"
    env = {"PYTHONPATH": str(tree), "PULSE_SERVER": "unix:/nonexistent", "HOME": str(nowhere), "TMPDIR": str(tmp_path)}
    env |= {"XDG_RUNTIME_DIR": str(nowhere), "DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    env |= {name: str(nowhere / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    lines = [json.loads(line) for line in python(BARE.format(root=str(ROOT), tree=str(tree)), env=env).splitlines()]
    assert lines.pop().items() >= {"passed": True, "checks": len(CHECKS)}.items()
    found = {line["name"]: line for line in lines}
    assert list(found) == [check.name for check in CHECKS]
    assert all(line["sentence"].endswith((".", "”")) and line["seconds"] >= 0 for line in lines)
    assert {name for name, line in found.items() if line["state"] != "ok"} <= {"Window", "Sound devices", "Graphics card", "Room"}
    assert "no display" in found["Window"]["sentence"] or sys.platform != "linux"
    assert "Refrain is an offline voice chat." in found["Full depth"]["sentence"]
    assert "no microphone and no speaker" in found["Sound devices"]["sentence"] or sys.platform != "linux"
    left = [path for path in nowhere.rglob("*") if path.is_file() and path.suffix != ".log"]
    assert not left and not list(tmp_path.glob("refrain-self-test-*"))


def test_whatever_happens_in_a_check_is_a_sentence_and_the_next_one_is_done(tmp_path, monkeypatch):
    class Panic(BaseException):
        pass

    def raising(error):
        def work(bench):
            (bench.folder / "file").write_text("")
            raise error

        return work

    own = (SelfTestFailed("It is broken."), SelfTestSkipped("Not tried."))
    causes = (*own, ValueError("Bad."), RuntimeError("boom"), Panic("native"))
    checks = [Check(str(number), raising(cause)) for number, cause in enumerate(causes)]
    found = list(run([*checks, Check("good", lambda bench: "Good."), Check("note", lambda bench: Remark("Look."))]))
    assert [one.state for one in found] == ["failed", "skipped", "failed", "failed", "failed", "ok", "note"]
    assert [one.sentence for one in found[:3]] == ["It is broken.", "Not tried.", "Bad."]
    assert all("unexpected" in one.sentence and "Traceback" not in one.sentence for one in found[3:5])
    with pytest.raises(KeyboardInterrupt):
        list(run([Check("stopped", raising(KeyboardInterrupt()))]))


def test_the_sum_is_said():
    assert summary(["ok", "note"]) == "All 2 checks passed."
    assert summary(["ok", "failed", "skipped"]) == "1 of 3 checks failed."


def test_a_library_that_cannot_be_loaded_is_named(bench, monkeypatch):
    monkeypatch.setattr(machine, "LIBRARIES", {"json": "pip", "no_such_module": "no-such-package"})
    with pytest.raises(SelfTestFailed, match="no-such-package.*Install Refrain again"):
        machine.libraries(bench)
    monkeypatch.setattr(machine, "SCREEN", ("no_such_module",))
    with pytest.raises(SelfTestFailed, match="window's library no_such_module"):
        machine.screen(bench)


def test_every_package_that_the_program_needs_is_tried():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {line.partition("==")[0] for line in project["dependencies"]}
    assert needed == {*machine.LIBRARIES.values(), "PySide6-Essentials", "pyqtgraph"}


def test_a_file_that_is_missing_is_named(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "resources_folder", lambda: tmp_path)
    with pytest.raises(SelfTestFailed, match="wren/lm.safetensors.*are missing"):
        machine.files(bench)


def test_a_program_of_another_version_than_its_installer_is_said(bench, monkeypatch):
    copy = machine.installed.Installation("deb", ROOT, "99.0")
    monkeypatch.setattr(machine.installed, "installation", lambda: copy)
    with pytest.raises(SelfTestFailed, match="brought version 99.0"):
        machine.program(bench)


def test_a_folder_that_cannot_be_written_and_a_full_disk_are_said(bench, tmp_path, monkeypatch):
    monkeypatch.setenv("REFRAIN_DATA", str(tmp_path / "data"))
    assert "GB are free" in machine.room(bench) and not (tmp_path / "data").exists()
    monkeypatch.setattr(machine, "LITTLE", 1 << 62)
    assert isinstance(machine.room(bench), Remark) and "Make room" in machine.room(bench)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REFRAIN_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(SelfTestFailed, match="cannot be kept"):
        machine.room(bench)


def test_without_a_model_nothing_is_asked(bench, monkeypatch):
    for check in (*answers.CHECKS[1:], *keeping.CHECKS):
        with pytest.raises(SelfTestSkipped):
            check.work(bench)
    monkeypatch.setattr(answers, "MODEL", "no-such-model")
    (found,) = run(answers.CHECKS[:1])
    assert found.state == "failed" and "no-such-model" in found.sentence


@pytest.mark.parametrize(
    ("check", "other", "words"),
    [
        (answers.spark, reply("Five."), "reply is “Five.” instead of “Four.”"),
        (answers.spark, reply(), "No speech token has left early"),
        (answers.review, reply(ids=(1, 2, 4)), "differs from that of full depth at token 3 of 3"),
        (answers.review, reply(ids=(1, 2)), "at token 3 of 3"),
    ],
)
def test_a_reply_that_is_not_as_it_should_be_is_said(bench, monkeypatch, tmp_path, check, other, words):
    decoder = SimpleNamespace(config=SimpleNamespace(layers=12))
    bench.model = SimpleNamespace(exit_heads={8: None}, folder=tmp_path, decoder=decoder)
    bench.replies["full"] = reply()
    if "Five" in other.stats.text:
        other.stats.depth["mean_speech"] = 7.0
    else:
        other.stats.depth["mean_speech"] = 12.0
    monkeypatch.setattr(answers, "_ask", lambda bench, schedule: other)
    monkeypatch.setattr("engine.models.checkpoints.exit_heads.own_folder", lambda folder: tmp_path / "nowhere")
    with pytest.raises(SelfTestFailed, match=words):
        check(bench)


def test_a_silent_reply_is_no_reply(bench):
    bench.replies["full"] = reply()
    with pytest.raises(SelfTestFailed, match="silent"):
        answers.hear_reply(bench)


def test_a_sound_that_is_not_read_as_it_was_written_is_said(bench, monkeypatch):
    from engine import audio_files

    bench.replies["full"] = reply(audio_seconds=0.1)
    assert "WAV" in keeping.sounds(bench)
    read = audio_files.read
    monkeypatch.setattr(audio_files, "read", lambda path: (read(path)[0] + 0.01, read(path)[1]))
    with pytest.raises(SelfTestFailed, match="does not hold the sound"):
        keeping.sounds(bench)


def test_the_command_line_ends_with_1_where_a_check_fails(tmp_path):
    code = """
from app import self_test
from app.__main__ import main
self_test.CHECKS = (self_test.Check("Good", lambda bench: "Fine."), self_test.Check("Bad", lambda bench: 1 / 0))
assert main(["self-test"]) == 1
"""
    out = python(code, env={"XDG_STATE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}).splitlines()
    assert out[0].startswith("ok ") and out[0].endswith("Good: Fine.") and out[1].startswith("FAILED")
    assert out[2].startswith("1 of 2 checks failed.") and os.linesep not in out[1]
