"""The benchmark of frames on the tiny model: it runs, and its figures fit together."""

from __future__ import annotations

import json
import runpy
import sys

import pytest
import torch

from engine.models.tiny import make


def run(monkeypatch, *arguments: object) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["benchmarks", "frames", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("engine.benchmarks", run_name="__main__")
    return end.value.code


def test_what_a_second_of_frames_costs(monkeypatch, capsys, tmp_path):
    make("lfm2audio", tmp_path / "tiny")
    before = torch.get_num_threads()
    options = ("--precision", "fp32", "--precision", "int8", "--repeats", 1, "--tokens", 20, "--json")
    assert not run(monkeypatch, tmp_path / "tiny", *options)
    assert torch.get_num_threads() == before
    whole, eight = json.loads(capsys.readouterr().out)
    assert whole["precision"] == "fp32" and eight["precision"] == "int8" and "onnxruntime" in eight["runs_by"]
    for part, read in whole["bytes"].items():
        assert read / 4 < eight["bytes"][part] < 1.1 * read / 4  # each block has its scale
    for one in (whole, eight):
        full, *exits = one["speech"]
        assert full["way"] == "full depth" and all(way["least_here"] < full["least_here"] for way in exits)
        parts = one["parts"]
        frames = 12.5 * (parts["backbone"] + parts["codes"] + parts["voice"])
        assert full["measured"] == pytest.approx(frames + 6.25 * (parts["backbone"] + parts["text head"]))
        spoken = one["spoken"]
        assert 0 < spoken["first sound"] and 0 < spoken["first sound, unguessed"] and 0 < spoken["hearing a pause"]
        assert [reply["schedule"] for reply in one["replies"]][:2] == ["full", "spark:k=4,last@4"]


def test_it_is_shown_and_a_folder_without_a_model_is_said(monkeypatch, capsys, tmp_path):
    make("lfm2audio", tmp_path / "tiny")
    assert not run(monkeypatch, tmp_path / "tiny", "--precision", "int8", "--repeats", 1, "--tokens", 8)
    shown = capsys.readouterr().out
    assert "half of the code layers" in shown and "real-time factor" in shown
    assert "config.json" in str(run(monkeypatch, tmp_path))
