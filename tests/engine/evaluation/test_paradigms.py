"""The paradigms' table, made by the command that makes it."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from engine.evaluation import paradigms
from engine.models import tiny


@pytest.fixture
def run():
    command = typer.Typer()
    command.command()(paradigms.main)
    return lambda *arguments: CliRunner().invoke(command, list(map(str, arguments)))


def test_each_paradigm_is_asked_the_same_and_its_positions_are_counted(run, tmp_path):
    done = run("--out", tmp_path, "--models", "wren-padded,wren-early-stop", "--data", "typed", "--judge", "none", "--limit", 2)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "summary.md").read_text()
    assert text in done.output
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    quality = {row[0]: row for row in rows if row[1] == "typed"}
    assert list(quality) == ["padded", "early-stop"] and all(row[2] == "2" for row in quality.values())
    title, padded, early = [row for row in rows if row[0] == "paradigm" or row[1] != "typed"][-3:]
    column = title.index("positions")
    assert title[column + 1] == "predicted" and title[-1] == "of padded"
    for row in (padded, early):
        assert row[column] == row[column + 1]
    assert float(early[column]) < float(padded[column]) and padded[-1] == "100.0%"
    for name in ("wren-padded", "wren-early-stop"):
        lines = [json.loads(line) for line in (tmp_path / name / "results.jsonl").read_text().splitlines()]
        assert len(lines) == 2 and all(line["text"] for line in lines)
    again = run("--out", tmp_path, "--models", "wren-padded,wren-early-stop", "--data", "typed", "--judge", "none", "--limit", 2)
    assert again.exit_code == 0 and (tmp_path / "summary.md").read_text() == text  # nothing was asked anew, times included


def test_what_cannot_be_compared_is_a_sentence(run, tmp_path):
    tiny.make("glm4voice", tmp_path / "other")
    for name, word in (("nobody", "nobody"), (str(tmp_path / "other"), "no Wren")):
        done = run("--out", tmp_path / "out", "--models", name, "--limit", 1)
        assert done.exit_code == 1 and word in done.output and "Traceback" not in done.output
