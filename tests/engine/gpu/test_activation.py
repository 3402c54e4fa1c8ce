"""Which torch a process gets, in processes of their own: the pack's stands in for a real one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile

import pytest

from engine.gpu.getting import PackDownload
from engine.gpu.state import State
from tests.engine.gpu.wheels import make, pack_of
from tests.rig.processes import ROOT

LOOK = """
import sys
from pathlib import Path
from engine import interrupt
from engine.gpu import activation
interrupt.end_at_once()
activation.begin(Path(sys.argv[1]))
{before}
import torch
print(getattr(torch, "made_for", "the program's own"), activation.active(Path(sys.argv[1])), bool(activation.said))
"""
OURS, OWN = "a test True False", "the program's own False"


@pytest.fixture(scope="module", autouse=True)
def own(tmp_path_factory):
    """In place of the program's own torch, which takes seconds to import."""
    folder = tmp_path_factory.mktemp("own")
    with zipfile.ZipFile(make(folder / "wheel", init="")) as archive:
        archive.extractall(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(folder))))
        yield


def start(packs, before="", code=LOOK):
    return subprocess.Popen(
        [sys.executable, "-c", code.format(before=before), str(packs.folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(child):
    out, error = child.communicate(timeout=60)
    return out.strip(), error.strip(), child.returncode


def look(packs, before=""):
    """What a process says of its torch, and on stderr."""
    out, error, code = end(start(packs, before))
    assert code == 0, error
    return out, error


def installed(packs, wheel):
    """Unpacked and switched on without a trial."""
    job = PackDownload(pack_of(wheel), packs, wheel.parent, try_out=lambda *_: {"ok": True})
    job.start()
    assert job.join(60) and job.progress.state == "done", job.progress
    return packs.get("stand-in")


@pytest.fixture
def here(packs, wheel):
    return installed(packs, wheel)


def test_the_pack_that_is_switched_on_is_what_torch_is(here, packs):
    assert look(packs) == (OURS, "") and look(packs) == (OURS, "")
    assert not list(packs.folder.glob(".starting*"))


def test_without_one_nothing_changes(packs, here):
    packs.set_state(State())
    assert look(packs) == (f"{OWN} False", "")
    shutil.rmtree(packs.folder)
    assert look(packs) == (f"{OWN} False", "")


def test_who_only_looks_for_torch_changes_nothing(here, packs):
    before = "import importlib.util; assert importlib.util.find_spec('torch').origin.startswith(sys.argv[1])"
    assert look(packs, before) == (OURS, "")


def test_only_torch_comes_from_elsewhere(here, packs):
    """What the pack brings besides stands in front too, as torch's own libraries want to be found; the rest is the program's."""
    assert look(packs, "import numpy; assert not numpy.__file__.startswith(sys.argv[1])") == (OURS, "")


def test_the_programs_own_torch_is_the_real_one_otherwise(packs, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert look(packs, "import torch; assert torch.ones(2).sum() == 2") == (f"{OWN} False", "")


def change(here):
    (here.site / "torch" / "lib" / "libtorch.so").write_bytes(b"evil")


def lose(here):
    (here.site / "torch" / "__init__.py").unlink()


def forget(here):
    shutil.rmtree(here.folder)


def confuse(here):
    (here.folder / "pack.json").write_text("{")


def crash_before(here):
    (here.folder.parent / ".starting-1").touch()


def outdate(here):
    marker = here.folder / "pack.json"
    marker.write_text(marker.read_text().replace(f'"torch": "{here.torch}"', '"torch": "1.2.3"'))


@pytest.mark.parametrize(
    "harm, words",
    [
        (change, "was changed since it was checked"),
        (lose, "is missing"),
        (forget, "not there any more"),
        (confuse, "cannot be read"),
        (crash_before, "did not come up"),
    ],
)
def test_a_pack_that_is_not_in_order_is_left_aside_with_a_sentence_once(here, packs, harm, words):
    harm(here)
    out, error = look(packs)
    assert out == f"{OWN} True" and words in error and "left aside" in error and len(error.splitlines()) == 1
    assert words in packs.state.aside and packs.state.use == ""
    assert look(packs) == (f"{OWN} False", "")  # it is said once; the Models page and the status go on saying it


def test_a_pack_of_another_version_is_left_to_its_own_program(here, packs):
    outdate(here)
    assert look(packs) == (f"{OWN} False", "") and packs.state == State(use="stand-in")
    assert "needs torch" in packs.get("stand-in").unfit()  # which the Models page and the status say


def test_a_pack_whose_torch_does_not_import_is_left_aside_for_the_next_start(packs, tmp_path):
    installed(packs, make(tmp_path / "wheels", init="raise OSError('libcudart.so.13: cannot open shared object file')"))
    out, error, code = end(start(packs))
    assert code and "libcudart.so.13" in error and "Start Refrain again" in error
    assert look(packs) == (f"{OWN} False", "") and "libcudart" in packs.state.aside


def test_two_torches_never_mix_in_a_process(packs, tmp_path):
    installed(packs, make(tmp_path / "wheels", init="raise OSError('broken')"))
    before = "for _ in range(2):\n    try: import torch\n    except ImportError as error: print(type(error).__name__)\nsys.exit()"
    out, error, code = end(start(packs, before))
    assert out.split() == ["PackFailed", "PackFailed"] and code == 0


def test_a_start_that_crashed_is_the_last_with_the_pack(packs, tmp_path):
    installed(packs, make(tmp_path / "wheels", init="import os\nos._exit(139)"))
    assert end(start(packs))[2] == 139 and list(packs.folder.glob(".starting*"))
    out, error = look(packs)
    assert out == f"{OWN} True" and "did not come up" in error and not list(packs.folder.glob(".starting*"))


def test_a_driver_that_crashes_counts_as_not_coming_up(packs, tmp_path):
    init = "class cuda:\n    def is_available():\n        import os; os._exit(139)"
    wheel = make(tmp_path / "wheels", init=init)
    job = PackDownload(pack_of(wheel, device="cuda"), packs, wheel.parent, try_out=lambda *_: {"ok": True})
    job.start()
    assert job.join(60) and job.progress.state == "done"
    assert end(start(packs))[2] == 139
    assert "did not come up" in look(packs)[1]


def wait_for_note(packs):
    end = time.monotonic() + 60
    while not list(packs.folder.glob(".starting*")):
        assert time.monotonic() < end
        time.sleep(0.01)


SLOW = "import time\ntime.sleep(2)\nmade_for = 'a test'"


def test_two_that_start_at_once_do_not_take_each_other_for_crashed(packs, tmp_path):
    installed(packs, make(tmp_path / "wheels", init=SLOW))
    first = start(packs)
    wait_for_note(packs)
    assert look(packs) == (OURS, "") and end(first)[0] == OURS


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_ctrl_c_while_torch_is_imported_is_no_crash(packs, tmp_path):
    import signal

    installed(packs, make(tmp_path / "wheels", init=SLOW))
    child = start(packs)
    wait_for_note(packs)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    assert end(child)[2] == 130
    assert look(packs) == (OURS, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_start_that_was_killed_because_it_hung_is_the_last_with_the_pack(packs, tmp_path):
    installed(packs, make(tmp_path / "wheels", init=SLOW))
    child = start(packs)
    wait_for_note(packs)
    child.kill()
    end(child)
    assert "did not come up" in look(packs)[1]


def test_a_process_that_multiprocessing_starts_has_the_pack_too(here, packs, tmp_path):
    """As the program is started, by `python -m app`."""
    code = tmp_path / "child.py"
    code.write_text("import torch\ndef made_for(): return torch.made_for\n")
    before = (
        "import multiprocessing, app.__main__\n"
        "import runpy; sys.modules['__main__'].__spec__ = app.__main__.__spec__\n"
        f"sys.path.insert(0, {str(tmp_path)!r}); import child\n"
        "pool = multiprocessing.get_context('spawn').Pool(1); print(pool.apply(child.made_for)); pool.close(); pool.join()"
    )
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "home"), "LOCALAPPDATA": str(tmp_path / "home")}
    place = tmp_path / "home" / "refrain"
    place.mkdir(parents=True)
    (packs.folder).rename(place / "gpu-pack")
    command = [sys.executable, "-c", LOOK.format(before=before), str(place / "gpu-pack")]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["a test", OURS], done.stderr
