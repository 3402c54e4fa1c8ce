"""The lists of wheels: they fit what they were made from, and every line can be trusted to name one wheel."""

from __future__ import annotations

import importlib.metadata
import re
import shutil

import pytest

from tests.packaging.scripts import load

lock = load("lock/lock.py")
TAGS = {"linux-x86_64": "x86_64", "linux-aarch64": "aarch64", "windows-x86_64": "win_amd64", "macos-arm64": "(arm64|universal2)"}
LEFT_OUT = {"transformers", "huggingface-hub", "jinja2", "matplotlib", "pillow"}


def test_the_platforms_are_those_that_are_built():
    assert set(lock.platforms()) == set(TAGS)


@pytest.mark.parametrize("platform", TAGS)
def test_a_lock_fits_what_is_asked_for(platform):
    assert lock.disagreements(platform) == []


@pytest.mark.parametrize("platform", TAGS)
def test_a_lock_names_one_wheel_of_the_platform_for_each_package(platform):
    locked = lock.read(platform)
    assert len({one.name for one in locked}) == len(locked)
    assert not LEFT_OUT & {one.name for one in locked}
    assert not [one for one in locked if re.match("nvidia|cuda|triton", one.name)]
    tag = lock.platforms()[platform]["python"].replace(".", "")
    for one in locked:
        name, version, *_, python, abi, system = one.wheel.removesuffix(".whl").split("-")
        assert (lock.normal(name), version) == (one.name, one.version)
        assert system == "any" or re.search(TAGS[platform], system), one.wheel
        assert abi in ("none", "abi3", f"cp{tag}") and re.match(rf"py|cp3\d+$|cp{tag}", python), one.wheel


@pytest.mark.parametrize("platform", ["linux-x86_64", "linux-aarch64"])
def test_torch_for_linux_is_the_one_for_processors(platform):
    assert [one.version for one in lock.read(platform) if one.name == "torch"] == ["2.13.0+cpu"]


def test_every_package_that_the_locked_ones_need_is_locked_or_left_out():
    """As the packages here say it themselves, for the platform of this machine."""
    requirement = pytest.importorskip("packaging.requirements").Requirement
    for one in (locked := lock.read("linux-x86_64")):
        if one.version.partition("+")[0] != importlib.metadata.version(one.name).partition("+")[0]:
            continue
        needs = map(requirement, importlib.metadata.requires(one.name) or ())
        needs = [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
        there = {other.name for other in locked} | lock.excluded()
        if one.name != "torch":  # the one of this machine may be another build
            assert {lock.normal(need) for need in needs} <= there, one.name


def test_a_lock_that_does_not_fit_is_told_in_sentences(tmp_path, monkeypatch):
    shutil.copytree(lock.HERE, tmp_path / "lock")
    monkeypatch.setattr(lock, "HERE", tmp_path / "lock")
    path = tmp_path / "lock" / "windows-x86_64.txt"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("scipy")]
    lines += [f"jinja2==3.1.6 --hash=sha256:{'0' * 64}  # jinja2-3.1.6-py3-none-any.whl"]
    lines += [f"leftpad==1.0 --hash=sha256:{'0' * 64}  # leftpad-1.0-py3-none-any.whl"]
    path.write_text("\n".join(lines).replace("numpy==2.4.6", "numpy==2.4.5"))
    assert lock.disagreements("windows-x86_64") == [
        "windows-x86_64: scipy is missing.",
        "windows-x86_64: numpy is 2.4.5, but 2.4.6 is pinned.",
        "windows-x86_64: jinja2 is to stay out.",
        "windows-x86_64: leftpad is pinned nowhere: put leftpad==1.0 into constraints.txt.",
    ]


@pytest.mark.parametrize("line", ["scipy==1.17.1", "scipy==1.17.1 --hash=sha256:12  # a.whl", "-e .", "--extra-index-url x"])
def test_a_line_without_a_whole_hash_is_refused(line, tmp_path, monkeypatch):
    (tmp_path / "linux-x86_64.txt").write_text(line)
    monkeypatch.setattr(lock, "HERE", tmp_path)
    with pytest.raises(ValueError, match="Line 1 of .* names no wheel"):
        lock.read("linux-x86_64")
