"""What goes into an installer: the list is understood, a tree follows it, and what is excluded is found out."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import contents
import pytest
import tree
import wheels
from contents import BuildError, Globs

ALL = contents.load()
LINUX = ALL.platform("linux-x86_64")


def wheel(folder, name, files):
    path = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def python_folder(tmp_path):
    library = tmp_path / "python" / "lib" / "python3.11"
    (library / "test").mkdir(parents=True)
    (library / "os.py").write_text("")
    (library / "test" / "huge.py").write_text("")
    return tmp_path / "python"


@pytest.fixture
def assembled(tmp_path, python_folder):
    files = {
        "PySide6/QtCore.abi3.so": "x",
        "PySide6/QtCore.pyi": "x",
        "PySide6/Qt/lib/libQt6Quick.so.6": "x",
        "PySide6/Qt/lib/libQt6Core.so.6": "x",
        "torch/include/a.h": "x",
        "torch/testing/_internal/common_utils.py": "x",
        "torch/testing/_internal/logging_tensor.py": "x",
        "part-1.0.data/purelib/part.py": "x",
        "part-1.0.data/scripts/part": "x",
    }
    target = tmp_path / "tree"
    tree.assemble(LINUX, ALL, python_folder, [wheel(tmp_path, "part", files)], target, "deb")
    return target


def test_the_tree_follows_the_list(assembled):
    site = assembled / LINUX.site
    inside = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert {path for path in inside if ".dist-info" not in path} == {
        "PySide6/QtCore.abi3.so",
        "PySide6/Qt/lib/libQt6Core.so.6",
        "torch/testing/_internal/logging_tensor.py",
        "part.py",
    }
    assert (site / "PySide6/QtCore.abi3.so").stat().st_mode & 0o111
    assert (assembled / "lib/python3.11/os.py").exists() and not (assembled / "lib/python3.11/test/huge.py").exists()
    record = (site / "part-1.0.dist-info/RECORD").read_text().splitlines()
    assert sorted(line.partition(",")[0] for line in record) == sorted(inside)
    mark = json.loads((assembled / "refrain-install.json").read_text())
    assert (mark["kind"], mark["version"]) == ("deb", contents.version())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("lib/python3.11/site-packages/PySide6/Qt/qml/QtQuick/x.so", "PySide6/Qt/qml/QtQuick/x.so"),
        ("lib/python3.11/site-packages/sympy/core.py", "the folder sympy"),
        ("lib/python3.11/site-packages/Jinja2-3.dist-info/METADATA", "the package jinja2"),
        ("lib/python3.11/tkinter/__init__.py", "tkinter/__init__.py"),
    ],
)
def test_what_is_excluded_is_refused(assembled, path, text):
    tree.check(LINUX, ALL, assembled)
    file = assembled / path
    file.parent.mkdir(parents=True)
    file.write_text("Name: Jinja2\nVersion: 3\n")
    with pytest.raises(BuildError, match=text):
        tree.check(LINUX, ALL, assembled)


def test_an_excluded_package_is_not_unpacked(tmp_path):
    with pytest.raises(BuildError, match="excluded by contents.toml"):
        tree.unpack(wheel(tmp_path, "networkx", {}), tmp_path, ALL)


@pytest.mark.parametrize("evil", ["../outside.py", "/outside.py", "a/../../outside.py"])
def test_a_wheel_writes_nothing_outside(tmp_path, evil):
    site = tmp_path / "a" / "site"
    site.mkdir(parents=True)
    with pytest.raises(BuildError, match="outside of its folder"):
        tree.unpack(wheel(tmp_path, "evil", {evil: "x"}), site, ALL)
    assert not list(tmp_path.rglob("outside.py"))


def test_globs_know_folders_and_choices():
    globs = Globs(["**/tests/**", "a/*.py", "Qt{Quick*,Sql}.*"], ["a/kept.py"])
    named = ["tests/x", "b/tests/c/x", "a/x.PY", "QtQuickControls2.so", "QtSql.abi3.so"]
    assert all(map(globs.match, named))
    assert not any(map(globs.match, ["a/kept.py", "a/b/x.py", "tests", "QtCore.so", "contests/x"]))
    assert globs.match("a/x.py") == "a/*.py"


def test_the_requirements_are_those_of_the_project():
    wanted = {contents.name_of(line) for line in ALL.requirements()}
    assert {"torch", "pyside6-essentials", "onnxruntime"} <= wanted and "transformers" not in wanted
    with pytest.raises(BuildError, match="nothing-like-it"):
        replace(ALL, added=("nothing-like-it",)).requirements()


def test_every_lock_names_all_requirements_and_nothing_excluded():
    for path in sorted(wheels.LOCKS.glob("*-*.txt")):
        names = {pin.name for pin in wheels.read_lock(path)}
        assert {contents.name_of(line) for line in ALL.requirements()} <= names, path.name
        assert not names & ALL.packages, path.name


def test_a_lock_is_read_and_a_line_without_a_hash_refused(tmp_path):
    lock = tmp_path / "lock.txt"
    one = "a" * 64
    lock.write_text(f"# made\n--only-binary :all:\nTyping_Extensions==4.1 \\\n    --hash=sha256:{one}  # file.whl\n")
    assert wheels.read_lock(lock) == [wheels.Pin("typing-extensions", "4.1", frozenset({one}))]
    for line in ("numpy==2.0", f"numpy --hash=sha256:{one}", f"numpy>=2 --hash=sha256:{one}", "numpy==2 --hash=md5:00"):
        lock.write_text(line)
        with pytest.raises(BuildError, match="NAME==VERSION"):
            wheels.read_lock(lock)
    with pytest.raises(BuildError, match="no lock"):
        wheels.read_lock(tmp_path / "none.txt")


def test_a_torch_that_is_not_the_locked_one_is_refused(tmp_path):
    file = tmp_path / "torch-2.13.0-cp311-cp311-linux_x86_64.whl"
    file.write_text("another")
    with pytest.raises(BuildError, match="not the torch of the lock"):
        wheels.fetch(LINUX, ALL, tmp_path, file)


def test_older_systems_wheels_run_on_newer_ones():
    tags = wheels.all_tags(LINUX)
    assert tags[0] == "manylinux_2_35_x86_64" and {"manylinux_2_28_x86_64", "manylinux_2_17_x86_64"} <= set(tags)
    assert wheels.all_tags(ALL.platform("windows-x86_64")) == ["win_amd64"]
