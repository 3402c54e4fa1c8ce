"""Wheels that are as they should be, and wheels that somebody made to do harm."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from dataclasses import replace

import pytest

from engine.gpu import unpack as unpacking
from engine.gpu.unpack import BrokenWheel, unpack
from tests.engine.gpu.wheels import make, pack_of


def unpacked(tmp_path, *wheels):
    return unpack(pack_of(*wheels), wheels[0].parent, tmp_path / "site")


def test_what_is_wanted_of_a_wheel_gets_its_place(tmp_path):
    files = {
        "torch/lib/libtorch.so": b"x" * 3_000_000,
        "torch/include/ATen/ATen.h": "// a header",
        "torch/test/run": b"",
        "torch-1.data/purelib/torchgen/__init__.py": "",
        "torch-1.data/scripts/torchrun": "#!/bin/sh",
        "evil.pth": "import os",
        "torch/ünï.txt": "ü",
    }
    told = []
    wheel = make(tmp_path / "w", files)
    written = unpack(pack_of(wheel), wheel.parent, tmp_path / "site", told.append)
    there = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert there == set(written)
    assert {"torch/__init__.py", "torch/lib/libtorch.so", "torchgen/__init__.py", "torch/ünï.txt"} <= there
    assert not {path for path in there if path.endswith((".pth", ".h", "torchrun", "run"))}
    library = written["torch/lib/libtorch.so"]
    assert (library.size, library.sha256) == (3_000_000, hashlib.sha256(b"x" * 3_000_000).hexdigest())
    assert library.changed == os.stat(tmp_path / "site" / "torch/lib/libtorch.so").st_mtime_ns
    assert sum(told) == sum(file.size for file in written.values())


def test_wheels_may_share_a_namespace(tmp_path):
    first, second = make(tmp_path / "w", {"nvidia/__init__.py": ""}), tmp_path / "w" / "part-1.0-py3-none-any.whl"
    with zipfile.ZipFile(second, "w") as archive:
        archive.writestr("nvidia/__init__.py", "")
        archive.writestr("nvidia/cu13/lib/libcudart.so.13", b"library")
    written = unpacked(tmp_path, first, second)
    assert {"nvidia/__init__.py", "nvidia/cu13/lib/libcudart.so.13"} <= set(written)


@pytest.mark.parametrize(
    "path", ["../evil.py", "/etc/evil", "torch/../../evil.py", "C:/evil", "torch\\..\\..\\evil.py", "torch/a\nb", "a//x", "nul"]
)
def test_a_path_that_leads_elsewhere_is_refused_before_anything_is_written(tmp_path, path):
    wheel = make(tmp_path / "w", {path: b"evil"})
    with pytest.raises(BrokenWheel, match="leads elsewhere"):
        unpacked(tmp_path, wheel)
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [wheel]


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("torch/lib")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    wheel = make(tmp_path / "w")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(link, "/etc")
    with pytest.raises(BrokenWheel, match="no plain file"):
        unpacked(tmp_path, wheel)


def test_a_file_twice_is_refused_whatever_its_case(tmp_path):
    with pytest.raises(BrokenWheel, match="twice"):
        unpacked(tmp_path, make(tmp_path / "w", {"torch/a.py": "1", "torch/A.py": "2"}))


def test_a_bomb_is_refused(tmp_path):
    with pytest.raises(BrokenWheel, match="would unpack to 50,000,000 bytes"):
        unpacked(tmp_path, make(tmp_path / "w", {"torch/zeros": bytes(50_000_000)}))


def test_a_file_that_does_not_end_where_it_says_is_refused(tmp_path):
    """Its directory says 10 bytes, but its data go on and on."""
    wheel = make(tmp_path / "w", {"torch/endless": bytes(1_000_000)})
    with zipfile.ZipFile(wheel) as archive:
        size = archive.getinfo("torch/endless").file_size
    wheel.write_bytes(wheel.read_bytes().replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(BrokenWheel, match="cannot be unpacked"):
        unpacked(tmp_path, wheel)
    assert sum(path.stat().st_size for path in (tmp_path / "site").rglob("*") if path.is_file()) < 1000


def test_a_wheel_of_another_size_than_its_list_says_is_refused(tmp_path):
    wheel = make(tmp_path / "w")
    pack = pack_of(wheel)
    pack = replace(pack, wheels=(replace(pack.wheels[0], unpacked=5),))
    with pytest.raises(BrokenWheel, match="another size"):
        unpack(pack, wheel.parent, tmp_path / "site")


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "_MOST_FILES", 2)
    with pytest.raises(BrokenWheel, match="more than any library"):
        unpacked(tmp_path, make(tmp_path / "w", {"torch/a.py": ""}))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\3\4" + bytes(100)])
def test_what_is_no_wheel_is_refused(tmp_path, content):
    wheel = make(tmp_path / "w")
    pack = pack_of(wheel)
    wheel.write_bytes(content)
    with pytest.raises(BrokenWheel, match="cannot be unpacked"):
        unpack(pack, wheel.parent, tmp_path / "site")


def test_a_pack_without_torch_is_refused(tmp_path):
    wheel = make(tmp_path / "w")
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other/__init__.py", "")
    with pytest.raises(BrokenWheel, match="holds no torch"):
        unpacked(tmp_path, wheel)
