"""The lists that ship, as they are, and lists that somebody has changed."""

from __future__ import annotations

import json

import pytest

from engine.gpu import pack as packs
from engine.resources import resources_folder
from tests.engine.gpu.wheels import described, make, pack_of

LISTS = sorted((resources_folder() / "gpu").glob("*.json"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_that_ships_names_all_of_cuda_with_checksums(path):
    pack = packs.read(path)
    assert pack.id == path.stem and f"{pack.platform}-{pack.python}" in path.stem and pack.device == "cuda"
    names = {wheel.name for wheel in pack.wheels}
    assert {"torch", "nvidia-cublas", "nvidia-cudnn-cu13", "nvidia-nccl-cu13", "nvidia-cuda-runtime"} <= names
    assert not names & {"numpy", "triton", "sympy"}  # Refrain's own, or needed by nothing that it does
    assert 2e9 < pack.download_bytes < 4e9 and pack.download_bytes < pack.unpacked_bytes < 8e9
    assert pack.host == "files.pythonhosted.org" and pack.driver and pack.glibc <= (2, 40)
    assert "NVIDIA" in pack.licence and all(wheel.licence for wheel in pack.wheels)


def test_the_lists_are_of_the_torch_that_the_program_is_pinned_to():
    from engine.gpu.packs import own_torch

    assert LISTS and {packs.read(path).torch for path in LISTS} == {own_torch()}


@pytest.mark.parametrize(
    "file, python, system, fits",
    [
        ("torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl", "cp311", "linux-x86_64", True),
        ("torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl", "cp312", "linux-x86_64", False),
        ("torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl", "cp311", "linux-aarch64", False),
        ("torch-2.13.0-cp311-cp311-win_amd64.whl", "cp311", "linux-x86_64", False),
        ("torch-2.13.0-cp312-cp312-win_amd64.whl", "cp312", "windows-x86_64", True),
        ("nvidia_x-1.0-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", "cp314", "linux-x86_64", True),
        ("thing-1.0-cp38-abi3-manylinux_2_17_x86_64.whl", "cp311", "linux-x86_64", True),
        ("thing-1.0-py2.py3-none-any.whl", "cp311", "windows-x86_64", True),
        ("torch-2.13.0-cp313-cp313t-manylinux_2_28_x86_64.whl", "cp313", "linux-x86_64", False),
    ],
)
def test_whom_a_wheel_is_for(file, python, system, fits):
    wheel = packs.Wheel("torch", file, f"https://example.org/{file}", 1, "0" * 64, "BSD", 1)
    assert wheel.fits(python, system) is fits


def altered(**changes):
    def change(found):
        found.update(changes)

    return change


def wheel(**changes):
    def change(found):
        found["wheels"][0].update(changes)

    return change


@pytest.mark.parametrize(
    "change, words",
    [
        (altered(name="../elsewhere"), "odd name"),
        (altered(device="tpu"), "odd name, title, device"),
        (altered(page="javascript:alert(1)"), "page"),
        (altered(torch="9.9"), "no wheel of torch 9.9"),
        (altered(torch="2; rm"), "version of torch is odd"),
        (altered(python="cp39"), "is not for cp39"),
        (altered(platform="windows-x86_64", python="cp312"), "is not for cp312 on windows"),
        (altered(driver=[580]), '"driver"'),
        (altered(extra=1), '"extra"'),
        (altered(wheels=[]), "no wheels"),
        (altered(wheels={}), "no wheels"),
        (wheel(sha256="12"), "checksum"),
        (wheel(sha256=None), "no checksum"),
        (wheel(size=None), "no size"),
        (wheel(size=10**15), "size"),
        (wheel(size=True), "no size"),
        (wheel(unpacked=10**12), "unpacked size"),
        (wheel(url="http://example.org/x.whl"), "address"),
        (wheel(url="file:///etc/passwd"), "address"),
        (wheel(url="https://example.org/another.whl"), "address"),
        (wheel(file="../../torch.whl"), "no wheel's name"),
        (wheel(licence=""), "no licence"),
        (wheel(more=1), "no list of wheels"),
        (lambda found: found["wheels"].append(found["wheels"][0]), "twice"),
        (lambda found: found.pop("licence"), "no list of wheels"),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_a_sentence(tmp_path, change, words):
    found = described(make(tmp_path))
    change(found)
    (tmp_path / "list.json").write_text(json.dumps(found))
    with pytest.raises(ValueError, match=words) as refused:
        packs.read(tmp_path / "list.json")
    assert str(refused.value).endswith(").") and len(str(refused.value)) < 500


@pytest.mark.parametrize("text", [b"", b"[]", b"3", b"[" * 100_000, b"\xff\xfe", b"{}", b" " * 1_000_001], ids=range(7))
def test_something_else_is_no_list(tmp_path, text):
    (tmp_path / "list.json").write_bytes(text)
    with pytest.raises(ValueError, match="cannot be read"):
        packs.read(tmp_path / "list.json")


def test_a_pack_says_what_it_costs(tmp_path):
    pack = pack_of(make(tmp_path / "a"), url="https://files.example.org/deep")
    address = pack.sources[0].url(pack.wheels[0].file, "")
    assert pack.host == "files.example.org" and address == f"https://files.example.org/deep/{pack.wheels[0].file}"
    assert pack.download_bytes == pack.wheels[0].size and pack.unpacked_bytes > 0
