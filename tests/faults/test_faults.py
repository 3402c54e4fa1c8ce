"""The page of faults has a line for every fault, as the faults are now, and nothing was lost."""

from __future__ import annotations

from pathlib import Path

from tests.faults.fault import Fault, Outcome, faults, lost
from tests.faults.page import page, rows
from tests.rig.processes import ROOT

PAGE = ROOT / "resources" / "report" / "faults.md"


def test_the_page_has_the_faults_that_there_are_and_none_lost_anything():
    lines, known = rows(PAGE.read_text(encoding="utf-8")), faults()
    assert list(lines) == list(known)
    for name, (done, kept, gone, said) in lines.items():
        assert done == " ".join(known[name].done.split()), f"python -m tests.faults {name} --out {PAGE}"
        assert kept and gone.startswith("nothing") and "traceback" not in said.lower(), name


def test_a_page_takes_new_lines_and_keeps_the_others():
    def inject(place: Path) -> Outcome:
        raise AssertionError

    one, other = (Fault(name, f"{name} is done", inject) for name in ("one", "other"))
    before = page({"one": (one, Outcome("a | b", "nothing", "")), "other": (other, Outcome("2 of 3", "1 of 3", "It\nis so."))})
    assert rows(before)["one"] == ["one is done", "a / b", "nothing", "–"]
    assert rows(before)["other"] == ["other is done", "2 of 3", "1 of 3", "It is so."]
    after = page({"one": (one, None), "other": (other, Outcome("3 of 3", "nothing", "Well."))}, before)
    assert rows(after) == rows(before) | {"other": ["other is done", "3 of 3", "nothing", "Well."]}
    assert list(rows(page({"other": (other, None)}, before))) == ["other"]  # a fault that is gone


def test_losses_are_counted():
    assert lost([1, 2, 3], [3, 2, 1, 4], "turns") == "nothing" and lost([1, 2, 3], [2], "turns") == "2 of 3 turns"
