"""Every test is in one of two tiers, and what is fast stays fast."""

from __future__ import annotations

import runpy
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.rig.processes import ROOT
from tests.rig.tiers import tier


def item(nodeid: str = "tests/engine/test_some.py::test_it", fixtures: tuple[str, ...] = (), *marks: str):
    return SimpleNamespace(nodeid=nodeid, fixturenames=["request", *fixtures], get_closest_marker=lambda name: name in marks)


def test_every_test_is_in_one_tier(request):
    for found in request.session.items:
        tiers = [name for name in ("fast", "whole") if found.get_closest_marker(name)]
        assert tiers == [tier(found)], found.nodeid


def test_what_runs_a_scenario_is_whole_and_all_else_is_fast():
    assert tier(item()) == tier(item(fixtures=("tmp_path", "server"))) == "fast"
    for fixture in ("qtbot", "qapp", "display", "sound_card", "desktop_env"):
        assert tier(item(fixtures=(fixture,))) == "whole"
    for mark in ("whole", "slow", "desktop", "look", "cuda"):
        assert tier(item("tests/test_some.py::test_it", (), mark)) == "whole"
    for folder in ("tests/golden", "tests/rig", "tests/engine/training"):
        assert tier(item(f"{folder}/test_some.py::test_it[a/b]")) == "whole"
    assert tier(item("tests/test_some.py::test_it[a/rig/b]")) == "fast"


def test_a_fast_test_that_starts_a_program_fails():
    with pytest.raises(pytest.fail.Exception, match="test_a_fast_test_that_starts_a_program_fails as whole"):
        subprocess.run([sys.executable, "--version"])


@pytest.mark.whole
def test_a_whole_test_may_start_one():
    subprocess.run([sys.executable, "--version"], check=True)


def test_dev_chooses_the_fast_ones_or_what_was_named_or_all():
    dev = runpy.run_path(str(ROOT / "dev.py"))
    chosen = dev["tests_chosen"]
    fast = chosen(["--fast", "tests/app"])
    assert fast[fast.index("-m") + 1] == "fast" and "-n" in fast and fast[-1] == "tests/app"
    assert chosen(["tests/app"]) == ["tests/app"]
    assert "-m" not in chosen([]) and "-n" in chosen([])
