"""What a model needs against what machines have; the list of added folders where it cannot be kept."""

from __future__ import annotations

import errno
import re
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from engine.models.checkpoints.plan import RESERVE
from engine.models.inspection import inspect
from engine.models.store import catalogue
from engine.models.store.added import AddedFolders
from engine.models.store.hardware import Hardware, look
from engine.models.store.needs import Needs, in_words, judge, of_release
from engine.models.store.registry import ModelRegistry
from engine.models.tiny import make
from tests.rig.processes import ROOT


def test_needs_against_machines():
    small, big = Needs(80_000_000, 10_000_000, 480, "32 bits"), Needs(int(21.5e9), int(3e8), 8192, "bfloat16")
    none = Hardware(8_000_000_000, 50_000_000, 4)
    assert not judge(small, none).fits and "50.0 MB of memory are free" in judge(small, none).sentence
    assert judge(small, Hardware(0, 0, 4)).fits  # unknown is no reason to refuse
    assert "No graphics card is in use" in judge(big, none).sentence
    card = replace(none, gpu="RTX 3060", gpu_memory=12_600_000_000)
    assert not judge(big, card).fits and "too little" in judge(big, card).sentence
    assert judge(big, replace(card, gpu_memory=25_000_000_000)).fits
    assert "RTX 3060, 12.6 GB" in in_words(card) and "4 CPU cores" in in_words(card)


def test_every_figure_of_memory_is_the_planner_s(tmp_path):
    rows = {}
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\| ([\w. -]+), bf16 .*\| ([\d.]+ GB) \|$", line):
            rows[found[1]] = found[2]
    for one in catalogue.read():
        title = {"glm4voice": "GLM-4-Voice", "lfm2audio": "LFM2.5-Audio", "stepaudio2": "Step-Audio 2"}[one.family]
        needs = of_release(one)
        if one.family == "lfm2audio":  # it wants no card, and its row is about one, with more set aside for libraries
            assert not needs.wants_gpu
            needs = replace(needs, libraries=RESERVE["cuda"])
            assert str(needs).startswith(f"{rows[title]} of memory: ")
            continue
        assert str(needs).startswith(f"{rows[title]} of GPU memory: ")
    make("glm4voice", tmp_path / "tiny")
    shelf = ModelRegistry(tmp_path / "data")
    shelf.add(tmp_path / "tiny")
    for entry in shelf.look().entries:
        if entry.facts is None:
            continue
        checked = inspect(entry.facts.folder).needs
        shown = next(need for need in checked if need.precision == entry.needs.precision)
        assert entry.needs.total == shown.total and "for the libraries" in str(entry.needs)


def test_this_machine_is_looked_at(tmp_path):
    machine = look(tmp_path / "not" / "there" / "yet")
    assert machine.cores >= 1 and machine.memory > machine.memory_free > 0 and machine.disk_free > 0


def test_a_list_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("engine.whole_file.write", full)
    with pytest.raises(OSError, match="cannot be kept"):
        AddedFolders(tmp_path / "models.json").add(Path("/x"))


def test_a_list_that_cannot_be_read_is_not_written_over(tmp_path, monkeypatch):
    path = tmp_path / "models.json"
    AddedFolders(path).add(Path("/a"))
    kept = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", Mock(side_effect=PermissionError(13, "Permission denied")))
        added = AddedFolders(path)
        assert added.folders == () and "cannot be read (Permission denied)" in added.problem
        for change in (added.add, added.remove):
            with pytest.raises(OSError, match="cannot be read"):
                change(Path("/a"))
    assert path.read_bytes() == kept
    assert added.folders == (Path("/a"),) and not added.problem  # it can be read again


def test_what_another_program_added_stays(tmp_path):
    window, command = (AddedFolders(tmp_path / "models.json") for _ in range(2))
    window.add(Path("/a"))
    command.add(Path("/b"))
    window.add(Path("/c"))
    assert window.folders == command.folders == (Path("/a"), Path("/b"), Path("/c"))
