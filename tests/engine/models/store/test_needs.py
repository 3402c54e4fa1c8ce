"""What a model needs against what machines have; the list of added folders where it cannot be kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.models.store.added import AddedFolders
from engine.models.store.machine import Machine, look
from engine.models.store.needs import Needs, in_words, judge


def test_needs_against_machines():
    small, big = Needs(80_000_000, 10_000_000, 480, "32 bits"), Needs(int(21.5e9), int(3e8), 8192, "bfloat16")
    none = Machine(8_000_000_000, 50_000_000, 4)
    assert not judge(small, none).fits and "50.0 MB of memory are free" in judge(small, none).sentence
    assert judge(small, Machine(0, 0, 4)).fits  # unknown is no reason to refuse
    assert "no GPU" in judge(big, none).sentence
    card = replace(none, gpu="RTX 3060", gpu_memory=12_600_000_000)
    assert not judge(big, card).fits and "too little" in judge(big, card).sentence
    assert judge(big, replace(card, gpu_memory=25_000_000_000)).fits
    assert "RTX 3060, 12.6 GB" in in_words(card) and "4 CPU cores" in in_words(card)


def test_this_machine_is_looked_at(tmp_path):
    machine = look(tmp_path / "not" / "there" / "yet")
    assert machine.cores >= 1 and machine.memory > machine.memory_free > 0 and machine.disk_free > 0


def test_a_list_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cannot be kept"):
        AddedFolders(tmp_path / "file" / "models.json").add(Path("/x"))
