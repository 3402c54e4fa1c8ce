"""The report is made without a screen and without loading the model's library, and says nothing about its user."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path

import pytest

from app.pages.diagnostics import machine, report
from app.pages.diagnostics.places import short
from app.pages.diagnostics.report import InUse, ReportSection
from tests.rig.processes import python


@pytest.mark.whole
def test_neither_qt_nor_torch_is_needed():
    code = """
import json, sys
from app.pages.diagnostics import report, sound_facts, under_runs
sections = report.facts(report.static(), report.InUse())
print(json.dumps([sorted(sys.modules), [one.title for one in sections]]))
"""
    modules, titles = json.loads(python(code))
    assert not {"torch", "transformers"} & set(modules)
    assert not [name for name in modules if name.startswith("PySide6")]
    assert titles == ["Versions", "Machine", "Sound", "Screen", "In use", "Places"]


def test_versions_and_machine_are_the_real_ones():
    rows = dict(machine.versions() + machine.hardware() + machine.memory())
    assert rows["torch"] == version("torch") and rows["Python"].startswith(platform.python_version())
    assert platform.system() in rows["System"]
    free, total = (float(words.split()[0]) for words in rows["Memory"].split(" free of "))
    assert 0 < free <= total
    assert machine.package("a-package-that-nobody-has") == "not installed"


def test_without_a_model_the_report_says_so():
    rows = dict(row for one in report.facts(report.static(), InUse()) for row in one.rows)
    assert rows["Model"] == "none is loaded"


def test_home_is_shortened_and_its_neighbours_are_not():
    home = Path.home()
    assert short(f'File "{home / "a b" / "c.py"}"') == f'File "{Path("~") / "a b" / "c.py"}"'
    assert short(f"{home}-other") == f"{home}-other"


def test_markdown_survives_bars_and_fences():
    text = report.markdown([ReportSection("Odd", (("a|b", "c\nd"),))])
    assert "| a\\|b | c d |" in text
    assert report._fenced(["```", "x"]).startswith("````text\n")
