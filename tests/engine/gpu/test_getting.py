"""A pack from a real server on this machine and from a folder: whole, broken off, damaged, refused, tried."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.gpu import getting, trial
from engine.gpu.getting import PackCheck, PackDownload, arrived_bytes, forget_download
from engine.gpu.state import State
from tests.engine.gpu.wheels import TORCH, make, pack_of

WORKS = {"ok": True, "card": "a card", "difference": 2e-7, "ms_processor": 8.0, "ms_device": 1.0}
PATIENCE = 60


def works(installed, check):
    return WORKS


def fails(installed, check):
    return {"ok": False, "sentence": "It computes something else than the processor (the numbers differ by 3e-01)."}


def get(pack, packs, folder=None, **settings):
    job = PackDownload(pack, packs, folder, **{"try_out": works, "pauses": (0.01, 0.01), "timeout": 10.0, **settings})
    job.start()
    return job


def finish(job):
    assert job.join(PATIENCE)
    return job.progress


def offered(server, wheel, **changes):
    server.files = {wheel.name: wheel.read_bytes()}
    return pack_of(wheel, url=server.url, **changes)


def left(packs):
    """What stands in the folder of packs, but for notes."""
    return {path.name for path in packs.folder.iterdir()} - {"state.json", "downloads"}


def test_a_pack_is_fetched_checked_unpacked_tried_and_then_used(server, wheel, packs):
    done = finish(get(offered(server, wheel), packs))
    assert done.state == "done" and "same numbers as the processor" in done.sentence and "next start" in done.sentence
    assert packs.state == State(use="stand-in") and left(packs) == {"stand-in"}
    installed = packs.get("stand-in")
    assert installed.trial == WORKS and installed.torch == TORCH and not installed.unfit() and not installed.changed()
    assert (installed.site / "torch" / "lib" / "libtorch.so").stat().st_size == 2_000_000
    assert not packs.downloads(offered(server, wheel)).exists()  # nobody needs the wheels any more
    assert len(server.requests) == 1


def test_a_pack_that_fails_its_trial_stays_unused(server, wheel, packs):
    done = finish(get(offered(server, wheel), packs, try_out=fails))
    assert done.state == "failed" and "not used" in done.sentence and "differ by" in done.sentence
    assert packs.state == State() and not packs.get("stand-in").trial["ok"]


def test_a_download_that_is_broken_off_goes_on(server, wheel, packs):
    pack = offered(server, wheel)
    server.delay = 0.05
    job = get(pack, packs)
    while job.progress.done < 200_000:
        assert job.progress.is_running
    job.cancel()
    assert finish(job).state == "cancelled" and "kept" in job.progress.sentence and packs.state == State()
    assert 0 < arrived_bytes(packs, pack) < pack.download_bytes
    server.delay = 0.0
    assert finish(get(pack, packs, after=job)).state == "done"
    assert server.fetched(wheel.name)[-1].startswith("bytes=")


def test_an_unfinished_download_can_be_thrown_away(server, wheel, packs):
    pack = offered(server, wheel)
    server.drops = [100_000] * 9
    assert finish(get(pack, packs, pauses=())).state == "failed"
    assert arrived_bytes(packs, pack)
    forget_download(packs, pack)
    assert not arrived_bytes(packs, pack) and not packs.downloads(pack).exists()


@pytest.mark.parametrize(
    "damage, words",
    [
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), "checksum differs"),
        (lambda content: content[: len(content) // 2], "instead of"),
        (lambda content: content + bytes(100), "instead of"),
    ],
    ids=("changed", "truncated", "longer"),
)
def test_another_wheel_than_the_listed_one_is_refused(server, wheel, packs, damage, words):
    pack = offered(server, wheel)
    server.files[wheel.name] = damage(wheel.read_bytes())
    done = finish(get(pack, packs))
    assert done.state == "failed" and words in done.sentence and packs.state == State() and not packs.all()
    wheel.write_bytes(damage(wheel.read_bytes()))
    done = finish(get(pack, packs, wheel.parent))  # from a stick
    assert done.state == "failed" and words in done.sentence and not packs.all() and left(packs) == set()


def test_a_pack_from_a_folder_needs_no_network(server, wheel, packs):
    pack = offered(server, wheel)
    assert finish(get(pack, packs, wheel.parent)).state == "done" and packs.state.use == "stand-in"
    assert not server.requests and wheel.exists()


def test_a_folder_that_lacks_wheels_is_refused(wheel, packs, tmp_path):
    second = make(tmp_path / "wheels", name=f"torchx-{TORCH}-py3-none-any.whl")
    pack = pack_of(wheel, second)
    done = finish(get(pack, packs, tmp_path / "data"))
    assert f"{wheel.name} and 1 more of its 2 wheels is not there" in done.sentence and not packs.all()


def test_a_trap_in_a_wheel_is_refused_and_nothing_is_left(packs, tmp_path):
    wheel = make(tmp_path / "wheels", {"../../../evil.py": "evil"})
    done = finish(get(pack_of(wheel), packs, wheel.parent))
    assert done.state == "failed" and "leads elsewhere" in done.sentence
    assert left(packs) == set() and not list(tmp_path.rglob("evil.py"))


def test_no_room_is_said_before_anything_is_fetched(server, wheel, packs, monkeypatch):
    monkeypatch.setattr(getting, "disk_free", lambda folder: 1_000_000)
    done = finish(get(offered(server, wheel), packs))
    assert "1.0 MB free" in done.sentence and "needed" in done.sentence and not server.requests


def test_a_disk_that_fills_up_while_unpacking_is_said(wheel, packs, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(getting, "unpack", full)
    done = finish(get(pack_of(wheel), packs, wheel.parent))
    assert done.state == "failed" and "is full" in done.sentence and left(packs) == set()


def test_an_endless_file_is_cut_off(server, wheel, packs):
    pack = offered(server, wheel)
    pack = replace(pack, sources=(replace(pack.sources[0], files=(replace(pack.sources[0].files[0], size=1000),)),))
    done = finish(get(pack, packs))
    assert done.state == "failed" and not packs.all()
    assert sum(path.stat().st_size for path in packs.folder.rglob("*") if path.is_file()) < 3000


def test_while_one_refrain_works_on_packs_another_one_waits_its_turn(wheel, packs):
    begun, go_on = threading.Event(), threading.Event()

    def waits(installed, check):
        begun.set()
        assert go_on.wait(PATIENCE)
        return WORKS

    first = get(pack_of(wheel), packs, wheel.parent, try_out=waits)
    assert begun.wait(PATIENCE)
    go_on.set()
    assert finish(first).state == "done"
    from engine.models.store.unfinished import alone

    with alone(packs.folder):
        assert "Another Refrain" in finish(get(pack_of(wheel), packs, wheel.parent)).sentence


def test_what_a_killed_refrain_has_left_is_tidied_up(wheel, packs):
    (packs.folder / ".new-stand-in-1" / "site").mkdir(parents=True)
    assert finish(get(pack_of(wheel), packs, wheel.parent)).state == "done" and left(packs) == {"stand-in"}


def test_cancelling_while_it_is_tried_uses_nothing(wheel, packs):
    begun = threading.Event()

    def waits(installed, check):
        begun.set()
        while True:
            check()

    job = get(pack_of(wheel), packs, wheel.parent, try_out=waits)
    assert begun.wait(PATIENCE)
    job.cancel()
    assert finish(job).state == "cancelled" and packs.state == State()


# --- a pack that is here ----------------------------------------------------------------------------------------------


def again(packs, try_out=works):
    job = PackCheck("stand-in", packs, try_out=try_out)
    job.start()
    return finish(job)


@pytest.fixture
def here(wheel, packs):
    assert finish(get(pack_of(wheel), packs, wheel.parent)).state == "done"
    packs.set_state(State("", "It was left aside."))
    return packs.get("stand-in")


def test_a_pack_is_looked_through_and_tried_again(here, packs):
    assert again(packs).state == "done" and packs.state == State(use="stand-in")


def test_byte_code_is_made_anew_when_a_pack_is_looked_through(here, packs):
    """It is no part of the wheels, and so of no checksum."""
    compiled = here.site / "torch" / "__pycache__" / f"__init__.{sys.implementation.cache_tag}.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"evil")
    assert again(packs).state == "done" and not compiled.exists()
    assert again(packs, trial.run).state == "failed" and compiled.read_bytes() != b"evil"  # the stand-in is no torch


def test_a_copied_pack_is_as_good_as_the_first(here, packs):
    for path in here.site.rglob("*"):
        os.utime(path, (1, 1))
    assert "was changed since" in here.changed()
    assert again(packs).state == "done" and not packs.get("stand-in").changed()


@pytest.mark.parametrize("keeps_time", (True, False))
def test_a_changed_pack_is_not_used_again(here, packs, keeps_time):
    library = here.site / "torch" / "lib" / "libtorch.so"
    times = library.stat()
    library.write_bytes(b"evil" + library.read_bytes()[4:])
    if keeps_time:
        os.utime(library, ns=(times.st_atime_ns, times.st_mtime_ns))
    done = again(packs)
    assert done.state == "failed" and "damaged or was changed" in done.sentence and packs.state.use == ""


def test_a_pack_that_lacks_a_file_is_not_used_again(here, packs):
    (here.site / "torch" / "__init__.py").unlink()
    assert "missing" in here.changed() and "cannot be read" in again(packs).sentence


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": {"a": 1}}', "[" * 100_000])
def test_a_marker_that_is_damaged_is_said(here, packs, text):
    (here.folder / "pack.json").write_text(text)
    assert "cannot be read" in again(packs).sentence and packs.all() == []


def test_a_pack_of_another_version_is_not_used(here):
    assert "torch 1.2.3, but this version of Refrain needs" in replace(here, torch="1.2.3").unfit()
    assert "Python 3.9" in replace(here, python="cp39").unfit() and "plan9" in replace(here, platform="plan9").unfit()


def test_a_pack_is_deleted_with_all_that_belongs_to_it(here, packs):
    packs.set_state(State(use="stand-in"))
    packs.delete("stand-in")
    assert packs.state == State() and left(packs) == set()
    assert packs.clear() > 0 and not packs.folder.exists() and packs.clear() == 0


@pytest.mark.parametrize("text", ["", "[]", "null", '{"use": "../elsewhere"}', '{"use": 3}', "[" * 100_000])
def test_a_note_that_is_damaged_uses_nothing(packs, text):
    packs.folder.mkdir(parents=True)
    (packs.folder / "state.json").write_text(text)
    assert packs.state.use in ("", "3") and not packs.all()


# --- the trial itself -------------------------------------------------------------------------------------------------


def tried(here, site, torch_version=TORCH):
    folder = here.folder.parent / "tried"
    folder.mkdir()
    (folder / "site").symlink_to(site)
    return trial.run(replace(here, folder=folder, torch=torch_version), seconds=PATIENCE)


def test_the_real_torch_computes_what_it_computes(here):
    found = tried(here, Path(torch.__file__).parents[1])
    assert found["ok"] and found["difference"] < 1e-6 and found["ms_device"] > 0 and found["torch"] == torch.__version__
    assert "same numbers" in trial.in_words(found)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no card that CUDA can use")
def test_a_card_computes_what_the_processor_computes(here):
    found = tried(replace(here, device="cuda"), Path(torch.__file__).parents[1])
    assert found["ok"] and 0 < found["difference"] < 1e-4 and found["card"] and found["memory"] > 1e9


@pytest.mark.parametrize(
    "init, words",
    [
        ("raise OSError('libcublas.so.13: cannot open shared object file')", "libcublas.so.13"),
        ("import os; os.kill(os.getpid(), 11)" if sys.platform != "win32" else "import os; os._exit(3)", "it crashed"),
        ("import time; time.sleep(100)", "did not answer within 1 s"),
        ("print('no answer'); raise SystemExit", "exit code"),
    ],
    ids=("missing", "crash", "hang", "mute"),
)
def test_a_torch_that_does_not_come_up_is_said(tmp_path, packs, init, words):
    wheel = make(tmp_path / "wheels", init=init)
    seconds = 1.0 if "sleep" in init else PATIENCE
    done = finish(get(pack_of(wheel), packs, wheel.parent, try_out=lambda one, check: trial.run(one, check, seconds)))
    assert done.state == "failed" and words in done.sentence and packs.state == State()


def test_a_pack_for_cuda_needs_a_card(tmp_path, packs):
    init = "__version__ = '1'\nclass version: cuda = '13.0'; hip = None\nclass cuda:\n    def is_available(): return False\n"
    wheel = make(tmp_path / "wheels", init=init)
    done = finish(get(pack_of(wheel, device="cuda"), packs, wheel.parent, try_out=trial.run))
    assert "finds no card" in done.sentence
    shutil.rmtree(packs.folder)
