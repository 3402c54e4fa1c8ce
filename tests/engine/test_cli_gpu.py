"""`refrain gpu ...` with a pack of a test from a real server on this machine; the machine has a card by what it is told."""

from __future__ import annotations

import io
import json
import sys

import pytest

from engine.cli import main
from engine.gpu import standing, state, trial
from engine.gpu.packs import Packs
from engine.gpu.state import State
from tests.engine.gpu.conftest import wheel  # noqa: F401
from tests.engine.gpu.test_getting import WORKS, fails
from tests.engine.gpu.test_standing import GOOD
from tests.engine.gpu.wheels import described, make, pack_of

pytestmark = pytest.mark.whole


@pytest.fixture
def packs(tmp_path, monkeypatch):
    folder = tmp_path / "data" / "gpu-pack"
    monkeypatch.setattr(state, "home", lambda: folder)
    monkeypatch.setenv("COLUMNS", "80")
    return Packs()


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs a command line -> its exit code, stdout and stderr; `typed` is what the user answers."""

    def run(*arguments, typed="") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main(["gpu", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def works(monkeypatch):
    monkeypatch.setattr(trial, "run", lambda *_: WORKS)


@pytest.fixture
def offered(server, wheel, packs, tmp_path, monkeypatch):  # noqa: F811
    """A pack that this machine can use, as if it shipped, and its list."""
    server.files = {wheel.name: wheel.read_bytes()}
    pack = pack_of(wheel, url=server.url, device="cuda")
    monkeypatch.setattr(standing, "look", lambda: standing.judge(GOOD, pack, Packs(), ""))
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps(described(wheel, url=server.url)))
    return listed


def test_the_status_of_this_machine_names_a_reason_and_the_wheels(run, packs):
    code, out, error = run("status")
    assert code == 0 and out.strip().endswith("Refrain runs on the processor.") and not error
    code, out, error = run("status", "--json")
    told = json.loads(out)
    assert told["sentence"] and not told["used"] and told["here"] is None
    if told["pack"]:
        assert {"file", "url", "size", "sha256", "licence"} <= set(told["pack"]["wheels"][0])


def test_a_pack_is_got_after_size_and_licence_were_said(run, packs, offered, works):
    assert "gpu get" in run("status")[1]
    code, out, error = run("get", typed="n\n")
    assert code == 1 and "127.0.0.1" in out and "MB" in out and "Licence: BSD-3-Clause" in out and "Nothing was done" in error
    assert not packs.folder.exists() or packs.state == State()
    code, out, error = run("get", typed="y\n")
    assert code == 0 and "next start" in out and packs.state == State(use="stand-in"), error
    code, out, error = run("status")
    assert "will be used" in out and "same numbers as the processor" in out
    code, out, error = run("get", "--yes")
    assert code == 1 and "will be used" in error  # it is here already


def test_a_pack_is_switched_off_checked_and_removed(run, packs, offered, works, wheel):  # noqa: F811
    assert run("use", wheel.parent, "--yes")[0] == 0 and packs.state.use
    code, out, _ = run("off")
    assert code == 0 and "gpu check" in out and packs.state == State() and packs.all()
    assert "gpu check" in run("status")[1]
    assert run("check")[0] == 0 and packs.state.use == "stand-in"
    code, out, _ = run("remove")
    assert code == 0 and "free again" in out and not packs.folder.exists()
    assert "no GPU pack here" in run("remove")[1]
    code, _, error = run("check")
    assert code == 1 and "There is no GPU pack here" in error


def test_what_cannot_help_is_not_fetched(run, packs, wheel, monkeypatch):  # noqa: F811
    code, _, error = run("get", "--yes")
    assert code == 1 and "Refrain runs on the processor." in error  # there is no card here
    code, _, error = run("use", wheel.parent / "missing", "--yes")
    assert code == 1 and "There is no folder" in error


def test_a_pack_that_fails_is_said_with_an_exit_code(run, packs, offered, monkeypatch):
    monkeypatch.setattr(trial, "run", fails)
    code, out, error = run("get", "--yes")
    assert code == 1 and "computes something else" in error and "To go on" not in error and packs.state == State()


def test_a_broken_download_says_how_to_go_on(run, packs, offered, works, server, monkeypatch):
    monkeypatch.setattr("engine.gpu.getting.PAUSES", ())
    server.drops = [100_000] * 99
    code, _, error = run("get", "--yes", "--anew")
    assert code == 1 and "To go on:" in error and "gpu get" in error
    server.drops = []
    assert "of which" in run("status")[1]
    assert run("get", "--yes")[0] == 0


def test_a_list_of_ones_own_is_warned_of(run, packs, offered, works, wheel):  # noqa: F811
    code, out, _ = run("use", wheel.parent, "--list", offered, typed="n\n")
    assert code == 1 and "only a list of somebody whom you trust" in out
    assert run("use", wheel.parent, "--list", offered, "--yes")[0] == 0 and packs.state.use == "stand-in"


def test_a_list_for_another_python_is_refused(run, packs, tmp_path):
    other = described(make(tmp_path / "o"), python="cp312", platform="windows-x86_64")
    for one in other["wheels"]:
        one["file"] = f"torch-{other['torch']}-cp312-cp312-win_amd64.whl"
        one["url"] = f"https://example.org/{one['file']}"
    (tmp_path / "other.json").write_text(json.dumps(other))
    code, _, error = run("get", "--list", tmp_path / "other.json", "--yes")
    assert code == 1 and "is a list for cp312 on windows-x86_64" in error
    code, _, error = run("get", "--list", tmp_path / "missing.json", "--yes")
    assert code == 1 and "cannot be read" in error
