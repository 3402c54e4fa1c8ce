"""The exact reason why a graphics card is not used: made-up machines, and a library that stands in for a driver's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.gpu import cards, probe, standing
from engine.gpu.cards import Card
from engine.gpu.pack import here, shipped
from engine.gpu.packs import Packs
from engine.gpu.probe import Cuda, Device
from engine.gpu.standing import GpuSystem, judge
from engine.gpu.state import State
from engine.models.checkpoints import placement
from tests.engine.gpu.test_getting import finish, get, works
from tests.engine.gpu.wheels import pack_of

VERSION = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {}  Wed Mar 12 00:00:00 UTC 2025\nGCC version: gcc 12.2.0\n"
OPEN = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {}  Release Build  (dvs-builder)\n"
RTX = Card("NVIDIA", "NVIDIA GeForce RTX 4070")
DEVICE = Device("NVIDIA GeForce RTX 4070", 12_000_000_000, (8, 9))
GOOD = GpuSystem((RTX,), "580.95.05", Cuda((13, 0), (DEVICE,)), (2, 36))
REAL = next(pack for pack in shipped() if pack.platform == "linux-x86_64")


@pytest.fixture
def machine(tmp_path):
    """Writes the files in which Linux tells of cards and drivers."""

    def make(devices=(), driver="", model=""):
        for number, (vendor, kind, device) in enumerate(devices):
            place = tmp_path / "sys/bus/pci/devices" / f"0000:0{number}:00.0"
            place.mkdir(parents=True)
            for name, text in (("vendor", vendor), ("class", kind), ("device", device)):
                (place / name).write_text(f"0x{text}\n")
        if driver:
            (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
            (tmp_path / "proc/driver/nvidia/version").write_text(driver)
        if model:
            place = tmp_path / "proc/driver/nvidia/gpus/0000:00:00.0"
            place.mkdir(parents=True)
            (place / "information").write_text(f"Model: \t\t {model}\nIRQ: 31\n")
        return tmp_path

    return make


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems tell it by calls")


@linux
def test_cards_are_found_by_the_systems_list(machine):
    sound = ("10de", "040300", "22ba")
    root = machine([("8086", "030000", "4680"), ("10de", "030200", "2684"), ("1002", "030000", "744c"), sound])
    assert cards.look(root) == (
        Card("NVIDIA", "NVIDIA card (10de:2684)"), Card("AMD", "AMD card (1002:744c)"), Card("Intel", "Intel card (8086:4680)"),
    )  # fmt: skip


@linux
def test_the_driver_knows_a_cards_name(machine):
    root = machine([("10de", "030000", "2786")], VERSION.format("535.183.01"), "NVIDIA GeForce RTX 4070")
    assert cards.look(root) == (RTX,) and cards.driver(root) == "535.183.01"


@linux
@pytest.mark.parametrize(
    "text, version",
    [(VERSION.format("580.65.06"), "580.65.06"), (OPEN.format("590.10"), "590.10"), ("something else", ""), ("", "")],
)
def test_the_drivers_version(machine, text, version):
    assert cards.driver(machine(driver=text)) == version


def test_a_machine_without_cards(tmp_path):
    if sys.platform.startswith("linux"):
        assert cards.look(tmp_path) == () and cards.driver(tmp_path) == ""


# --- the driver's own library -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def libcuda(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform == "win32":
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("driver") / "libcuda.so.1"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, Path(__file__).with_name("libcuda.c")], check=True)
    return str(library)


def test_a_driver_tells_of_its_cards(libcuda):
    assert probe.look(libcuda) == Cuda((13, 0), (DEVICE,))


@pytest.mark.parametrize(
    "variable, value, version, words",
    [
        ("FAKE_ERROR", "803", (13, 0), "restart the computer"),
        ("FAKE_ERROR", "100", (13, 0), "sees no card"),
        ("FAKE_ERROR", "7", (13, 0), "does not work (error 7)"),
        ("FAKE_CRASH", "1", (0, 0), "it crashed"),
        ("FAKE_CUDA", "12020", (12, 2), ""),
    ],
)
def test_a_driver_that_is_in_a_bad_state_harms_nobody(libcuda, monkeypatch, variable, value, version, words):
    monkeypatch.setenv(variable, value)
    found = probe.look(libcuda)
    assert found.version == version and words in found.error


def test_a_driver_that_hangs_is_waited_for_no_longer_than_that(libcuda, monkeypatch):
    monkeypatch.setenv("FAKE_HANG", "1")
    monkeypatch.setattr(probe, "PATIENCE", 1.0)
    assert "did not answer" in probe.look(libcuda).error


def test_no_driver_is_no_error(tmp_path):
    assert probe.look(str(tmp_path / "libcuda.so.1")) == Cuda()
    (tmp_path / "libcuda.so.1").write_bytes(b"no library")
    assert probe.look(str(tmp_path / "libcuda.so.1")) == Cuda()


# --- the sentence -----------------------------------------------------------------------------------------------------


def said(packs, machine=GOOD, pack=REAL, own=""):
    return judge(machine, pack, packs, own)


def seen(*devices, error="", version=(13, 0)):
    return replace(GOOD, cuda=Cuda(version, devices, error))


OLD = replace(GOOD, driver="535.183.01", cuda=Cuda((12, 2), (DEVICE,)))
AMD, INTEL = Card("AMD", "AMD card (1002:744c)"), Card("Intel", "Intel card (8086:4680)")


@pytest.mark.skipif(sys.platform == "darwin", reason="there is another sentence for all Macs")
@pytest.mark.parametrize(
    "machine, words",
    [
        (GpuSystem((), "", Cuda()), "There is no graphics card of NVIDIA in this computer. Refrain runs"),
        (GpuSystem((INTEL,), "", Cuda()), "(only Intel card (8086:4680))"),
        (GpuSystem((AMD, INTEL), "", Cuda()), "The AMD card (1002:744c) cannot be used: there is no GPU pack for ROCm"),
        (GpuSystem((RTX,), "", Cuda()), "NVIDIA's driver is not installed: version 580.65.06 or later is needed"),
        (GpuSystem((RTX,), "580.95.05", Cuda()), "the driver's library for CUDA is missing"),
        (OLD, "it is 535.183.01 (CUDA 12.2), and 580.65.06 or later is needed (CUDA 13.0)"),
        (replace(OLD, driver=""), "it knows CUDA 12.2, and 580.65.06 or later"),
        (seen(error="the driver in memory is not the one on the disk: restart the computer (error 803)"), "restart the"),
        (seen(), "CUDA_VISIBLE_DEVICES"),
        (seen(replace(DEVICE, capability=(6, 1))), "compute capability is 6.1, and 7.5 is the least"),
        (replace(GOOD, glibc=(2, 17)), "needs glibc 2.28 or later, and this system has 2.17"),
    ],
)
def test_the_reason_is_exact(packs, machine, words):
    found = said(packs, machine)
    assert words in found.sentence and found.sentence.endswith("Refrain runs on the processor.")
    assert not (found.can_get or found.is_used or found.can_use or found.can_stop)


def test_a_good_card_wants_the_pack(packs):
    found = said(packs)
    assert found.can_get and not found.is_used
    assert found.sentence.startswith("The NVIDIA GeForce RTX 4070 (12.0 GB) is not used, for the GPU pack is not here.")


def test_where_torch_is_built_for_cuda_no_pack_is_needed(packs):
    found = said(packs, own="13.0")
    assert found.is_used and "own torch is built for it" in found.sentence and not found.can_get
    old = said(packs, replace(GOOD, cuda=Cuda((12, 2), (DEVICE,)), driver="535.183.01"), own="13.0")
    assert "a newer one is needed (CUDA 13.0)" in old.sentence and not old.is_used
    assert standing.own_cuda() == ""  # the tests' own is for the processor


def test_where_there_is_no_pack_the_reason_is_said(packs, monkeypatch):
    monkeypatch.setattr(standing, "here", lambda: ("cp312", "windows-x86_64"))
    assert "has torch for Windows without CUDA only" in said(packs, pack=None).sentence
    monkeypatch.setattr(standing, "here", lambda: ("cp313", "linux-x86_64"))
    assert "made for Python 3.11, and this is 3.13" in said(packs, pack=None).sentence
    monkeypatch.setattr(standing, "here", lambda: ("cp313", "plan9-mips"))
    assert "none was made for plan9-mips" in said(packs, pack=None).sentence


def test_the_pack_that_is_here(packs, wheel):
    pack = replace(pack_of(wheel), device="cuda")
    assert finish(get(pack, packs, wheel.parent)).state == "done"
    found = said(packs, pack=pack)
    assert "will be used" in found.sentence and found.can_stop and found.is_next and not found.can_get
    packs.set_state(State())
    found = said(packs, pack=pack)
    assert "switched off" in found.sentence and found.can_use and not found.can_stop
    packs.set_state(State("", "The last start with the GPU pack did not come up."))
    found = said(packs, pack=pack)
    assert found.sentence == "The last start with the GPU pack did not come up. Refrain runs on the processor." and found.can_use
    packs.tried(packs.get("stand-in"), {"ok": False, "sentence": "Its torch finds no card that it can use."})
    packs.set_state(State())
    assert "not used. Its torch finds no card" in said(packs, pack=pack).sentence
    marker = packs.folder / "stand-in" / "pack.json"
    marker.write_text(marker.read_text().replace(f'"torch": "{pack.torch}"', '"torch": "1.2.3"'))
    found = said(packs, pack=pack)
    assert "of torch 1.2.3, but this version of Refrain needs" in found.sentence and found.can_get and not found.can_use


def test_a_pack_that_was_deleted_by_hand_can_be_got_again(packs, wheel):
    assert finish(get(pack_of(wheel), packs, wheel.parent, try_out=works)).state == "done"
    shutil.rmtree(packs.folder / "stand-in")
    found = said(packs)
    assert found.can_get and found.here is None


def test_who_asks_for_the_card_is_told_why_it_cannot_be_had(monkeypatch):
    monkeypatch.setattr(placement, "free_video_memory", lambda: 0)
    monkeypatch.setattr(standing, "look", lambda: judge(OLD, REAL, Packs(Path("/nowhere")), ""))
    with pytest.raises(ValueError, match="The driver of the NVIDIA GeForce RTX 4070 is too old.*Choose the processor"):
        placement.choose_placement(None, device="cuda")


def test_this_machine_is_looked_at_as_it_is(packs):
    found = standing.look(packs)
    assert found.sentence and (found.pack is None or (found.pack.python, found.pack.platform) == here())
