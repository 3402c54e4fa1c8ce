"""Which system libraries a tree asks for, and how a package says so."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from contents import BuildError, Globs
from linux import elf, needs

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux libraries")
RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}


@pytest.fixture
def library() -> Path:
    import safetensors

    return next(Path(safetensors.__file__).parent.glob("*.so"))


def test_a_library_is_read(library):
    found = elf.read(library)
    assert "libc.so.6" in found.needed
    assert elf.newest(found.versions, "GLIBC_") >= (2, 3)
    assert elf.read(Path(__file__)) is None


def test_a_damaged_library_is_no_library(library, tmp_path):
    for length in (6, 64, 500):
        (tmp_path / "a.so").write_bytes(library.read_bytes()[:length])
        assert elf.read(tmp_path / "a.so") is None


def test_what_a_tree_has_itself_is_not_asked_for(library, tmp_path):
    shutil.copy(library, tmp_path / "one.so")
    found = needs.of_tree(tmp_path, Globs([]), (99,))
    assert found.libraries["libc.so.6"] == ["one.so"] and found.glibc >= (2, 3)
    assert not needs.of_tree(tmp_path, Globs(["one.*"]), (99,)).libraries
    (tmp_path / "libc.so.6").write_bytes(library.read_bytes())
    assert "libc.so.6" not in needs.of_tree(tmp_path, Globs([]), (99,)).libraries
    with pytest.raises(BuildError, match="needs glibc"):
        needs.of_tree(tmp_path, Globs([]), (2, 1))


def test_newer_versions_count_as_numbers():
    assert elf.newest({"GLIBC_2.4", "GLIBC_2.34", "GLIBC_PRIVATE", "GLIBCXX_3.4.30"}, "GLIBC_") == (2, 34)
    assert elf.newest({"GLIBCXX_3.4.30", "GLIBCXX_3.4.9"}, "GLIBCXX_") == (3, 4, 30)
    assert elf.newest(set(), "GLIBC_") == ()


def test_the_package_says_what_it_needs_under_old_and_new_names():
    needed = needs.Needs(glibc=(2, 35), glibcxx=(3, 4, 29))
    owners, wanted = ["libgl1", "libglib2.0-0", "libc6", "libstdc++6"], ["libgl1", "libglib2.0-0t64|libglib2.0-0"]
    said = needs.depends(needed, owners, wanted, RENAMED)
    assert said == "libc6 (>= 2.35), libgl1, libglib2.0-0t64 | libglib2.0-0, libstdc++6 (>= 11)"


def test_what_the_source_needs_is_known():
    assert "libportaudio2" in needs.of_source()
