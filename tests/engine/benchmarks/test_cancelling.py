"""What is still done after a cancel is measured, and the model is left as it was."""

from __future__ import annotations

import io
import json
import runpy
import sys

import pytest
from rich.console import Console

from engine.benchmarks.cancelling import CancelCost, measure, table
from engine.models.tiny import make
from tests.engine.random_spoken_lm import RandomSpokenLM


def test_every_cancel_is_measured_and_the_model_stays_as_it_was():
    model = RandomSpokenLM()
    before = model.listener, model.decoder.run
    cost = measure("random", model, seconds=5, slowed=0.05, cancels=2)
    assert len(cost.busy) == 2 and cost.whole > cost.block > 0.05
    assert (model.listener, model.decoder.run) == before


def test_the_table_has_the_worst_of_each_model():
    console = Console(file=io.StringIO(), width=120)
    console.print(table([CancelCost("/models/slow", 4.0, 0.5, (0.25, 0.5, 0.125))]))
    assert console.file.getvalue().splitlines()[4].split() == ["slow", "4000", "ms", "500", "ms", "250", "ms", "500", "ms"]


def test_the_command(monkeypatch, capsys, tmp_path):
    make("stepaudio2", tmp_path / "tiny")
    options = ("--seconds", "2", "--cancels", "1", "--json")
    monkeypatch.setattr(sys, "argv", ["benchmarks", "cancelling", str(tmp_path / "tiny"), *options])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("engine.benchmarks", run_name="__main__")
    assert not end.value.code and len(json.loads(capsys.readouterr().out)[0]["busy"]) == 1
