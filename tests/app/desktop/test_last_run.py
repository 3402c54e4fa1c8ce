"""A run that crashes is known to the next one; one that ends well, or is still alive, is not complained about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig.processes import ROOT, python

RUN = """
import faulthandler, logging, os, sys
from app.desktop.last_run import Running
from engine import log
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
log.start()
running = Running()
last = running.begin()
print(last.sentence if last else "well", flush=True)
print(last.crash if last else "", flush=True)
{what}
running.end()
"""


@pytest.fixture
def env(tmp_path) -> dict[str, str]:
    names = ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "HOME")
    return dict.fromkeys(names, str(tmp_path))


def marks(tmp_path: Path) -> list[Path]:
    return list(tmp_path.rglob("running-*.lock"))


@pytest.mark.whole
@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("os.abort()", "Fatal Python error: Aborted"),
        ("faulthandler._sigsegv()", "Segmentation fault"),
        ("os._exit(3)", ""),
        ("raise RuntimeError('nobody caught this')", ""),
    ],
)
def test_the_next_start_says_that_the_last_run_crashed_and_shows_where(env, tmp_path, what, fault):
    python(RUN.format(what=""), env=env)
    assert not marks(tmp_path)
    with pytest.raises(AssertionError, match="The child ended with"):
        python(RUN.format(what=what), env=env)
    assert len(marks(tmp_path)) == 1
    said = python(RUN.format(what=""), env=env)
    assert said.startswith("The last run, begun ") and "ended unexpectedly" in said
    assert "; its log is " in said and "refrain.log" in said
    assert fault in said and ("File " in said) == bool(fault)  # the stacks
    assert python(RUN.format(what=""), env=env).strip() == "well"  # it is said once
    assert not marks(tmp_path)


@pytest.mark.whole
def test_a_crash_of_long_ago_is_not_blamed(env):
    with pytest.raises(AssertionError):
        python(RUN.format(what="os.abort()"), env=env)
    with pytest.raises(AssertionError):
        python(RUN.format(what="import time; time.sleep(0.05); os._exit(3)"), env=env)
    assert "Aborted" not in python(RUN.format(what=""), env=env)


@pytest.mark.whole
def test_a_program_that_still_runs_is_left_alone(env, tmp_path):
    import os

    code = RUN.format(what="sys.stdin.read()")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    other = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **env}, **pipes)
    try:
        assert other.stdout.readline().strip() == "well"
        assert python(RUN.format(what=""), env=env).strip() == "well"
        assert len(marks(tmp_path)) == 1
        other.communicate(timeout=60)
        assert other.returncode == 0 and not marks(tmp_path)
    finally:
        other.kill()
        other.wait()


def test_without_a_folder_the_program_starts_all_the_same(tmp_path):
    from app.desktop.last_run import Running

    (tmp_path / "file").write_text("")
    running = Running(tmp_path / "file" / "log")
    assert running.begin() is None
    running.end()
