"""The command: sub-commands without Qt, and what happens where there is no display."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib

import pytest

from app.desktop.display import why_no_window
from tests.rig.processes import ROOT, python

pytestmark = pytest.mark.whole


def refrain(*arguments: str, typed: str = "", **env: str) -> subprocess.CompletedProcess:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | env
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, timeout=120)


BUILDING = """
import os, signal, sys, time
import app.program
from app.__main__ import main

def program(*_, **__):
    os.kill(os.getpid(), int(sys.argv[1]))
    time.sleep(20)

app.program.program = program
main(["--data", sys.argv[2]])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize(
    ("number", "status", "said"), [(signal.SIGINT, 130, "refrain: Interrupted.\n"), (signal.SIGTERM, 143, "")]
)
def test_a_program_that_is_ended_while_its_window_is_built_has_not_crashed(tmp_path, number, status, said):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", BUILDING, str(int(number)), str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (status, said)
    assert list(tmp_path.rglob("*.log")) and not list(tmp_path.rglob("running-*.lock"))


def test_a_sub_command_does_without_qt():
    code = """
import sys
from app.__main__ import main
assert main(["ask", "--help"]) == 0
assert not {"PySide6", "pyqtgraph", "sounddevice"} & set(sys.modules)
"""
    assert "--schedule" in python(code)


def test_the_help_names_every_command_and_option():
    said = refrain("--help").stdout
    rows = [line.split() for line in said.partition("Commands")[2].splitlines() if line.startswith("│ ") and line[2] != " "]
    assert {row[1] for row in rows} == {"ask", "bench", "eval", "models", "heads", "schedules", "self-test", "gpu"}
    for option in ("--model", "--schedule", "--pooling", "--input-device", "--appearance", "--demo", "--audio", "--version"):
        assert f"{option} " in said
    run = refrain("--demo", "models", "list")
    assert run.returncode == 2 and "after the command" in run.stderr  # where it would do nothing


def test_the_version_is_told():
    run = refrain("--version")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run.returncode == 0 and run.stdout == f"refrain {project['version']}\n"  # from one place


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
def test_without_a_display_it_says_so_and_reads_a_question():
    run = refrain()
    assert run.returncode == 1
    assert "There is no display here" in run.stderr and "python3 dev.py run ask" in run.stderr
    run = refrain("--model", "no-such-model", typed="What is two plus two?\n")
    assert run.returncode == 1 and "no-such-model" in run.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is a display")
def test_a_display_that_does_not_answer_is_noticed(monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    assert ":4711 does not answer" in why_no_window()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_window() == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt brings what it needs")
def test_without_opengl_it_says_which_library_is_missing(monkeypatch):
    monkeypatch.setattr("app.desktop.display._x11_answers", lambda name: True)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert why_no_window() == ""
    code = """
import sys
class NoOpenGL:
    def find_spec(self, name, path=None, target=None):
        if name in ("PySide6.QtGui", "PySide6.QtWidgets"):
            raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
sys.meta_path.insert(0, NoOpenGL())
from app.desktop import display
display._x11_answers = lambda name: True
from app.__main__ import main
assert main(["--model", "no-such-model"]) == 1
"""
    env = {"DISPLAY": ":0", "QT_QPA_PLATFORM": "", "WAYLAND_DISPLAY": "", "PYTHONPATH": str(ROOT)}
    how = {"cwd": ROOT, "env": {**os.environ, **env}, "input": "", "capture_output": True, "text": True, "timeout": 120}
    run = subprocess.run([sys.executable, "-c", code], **how)
    assert run.returncode == 0 and "is missing (libEGL.so.1)" in run.stderr and "libgl1 and libegl1" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_bad_schedule_is_refused_before_anything_opens():
    run = refrain("--schedule", "deepest")
    assert run.returncode == 2 and "not a schedule" in run.stderr and "Traceback" not in run.stderr
    run = refrain("--pooling", "a lot")
    assert run.returncode == 2 and "not a pooling" in run.stderr and "Traceback" not in run.stderr
