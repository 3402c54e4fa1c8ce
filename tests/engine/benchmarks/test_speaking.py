"""The cost of a voice's blocks is measured block by block."""

from __future__ import annotations

import io
import json
import runpy
import sys

import numpy as np
import pytest
from rich.console import Console

from engine.benchmarks.speaking import SpeakingCost, Voice, as_json, measure, table, voice_of
from engine.models import load
from engine.models.tiny import FAMILIES, make


class Speaker:
    """Sounds with every third token."""

    def __init__(self):
        self.tokens: list[int] = []

    def feed(self, tokens: list[int]) -> np.ndarray:
        self.tokens += tokens
        return np.zeros(0 if len(self.tokens) % 3 else 300, np.float32)

    def finish(self) -> np.ndarray:
        return np.zeros(0, np.float32)


def test_every_block_but_the_first_is_measured():
    speakers = [Speaker(), Speaker()]
    voices = {
        "one": Voice(lambda: speakers[0], 1000, range(100, 110)),
        "two": Voice(lambda: speakers[1], 3000, range(7, 9)),
    }
    costs = measure(voices, blocks=5)
    assert [cost.name for cost in costs] == ["one", "two"]
    assert costs[0].sound == (0.3,) * 4 and costs[1].sound == (0.1,) * 4
    assert all(len(cost.work) == 4 and min(cost.work) > 0 for cost in costs)
    for speaker, voice in zip(speakers, voices.values(), strict=True):
        assert len(speaker.tokens) == 15 and set(speaker.tokens) <= set(voice.tokens) and len(set(speaker.tokens)) > 1


def test_growth_is_that_of_medians_and_shows_in_the_table():
    steady = SpeakingCost("/models/steady", (1.0,) * 19 + (50.0,), (2.0,) * 20)  # one stray block
    growing = SpeakingCost("growing", tuple(map(float, range(1, 21))), (1.0,) * 20)
    assert (steady.first, steady.last, steady.growth) == (0.5, 0.5, 1.0)
    assert (growing.first, growing.last) == (5.5, 15.5)
    assert [one["growth"] for one in as_json([steady, growing])] == [1.0, 2.818]
    console = Console(file=io.StringIO(), width=80)
    console.print(table([steady, growing], every=3))
    lines = [line.split() for line in console.file.getvalue().splitlines() if line.strip()]
    assert lines[1] == ["Block", "steady", "growing"] and lines[-1] == ["growth", "1.00x", "2.82x"]
    assert [line[0] for line in lines[3:-3]] == ["2", "5", "8", "11", "14", "17", "20", "21"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folders = {family: tmp_path_factory.mktemp("tiny") / family for family in FAMILIES}
    for family, folder in folders.items():
        make(family, folder)
    return folders


@pytest.mark.parametrize("family", FAMILIES)
def test_the_voice_of_a_model_speaks_its_own_tokens(family, tiny):
    model = load(tiny[family])
    voice = voice_of(model)
    sound = np.concatenate([voice.make().feed([token]) for token in voice.tokens[:2]])
    assert voice.sample_rate == model.output_rate and len(voice.tokens) in (256, 300, 500)
    assert bool(sound.size) == (family == "lfm2audio")  # which has no blocks to wait for at the beginning
    assert len(measure({family: voice}, blocks=3)[0].work) == 2


def run(monkeypatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["benchmarks", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("engine.benchmarks", run_name="__main__")
    return end.value.code


def test_the_command(tiny, monkeypatch, capsys, tmp_path):
    assert not run(monkeypatch, "speaking", *tiny.values(), "--blocks", 3, "--json")
    assert [len(cost["work"]) for cost in json.loads(capsys.readouterr().out)] == [2, 2, 2]
    assert not run(monkeypatch, "speaking", tiny["stepaudio2"], "--blocks", 2)
    assert "growth" in capsys.readouterr().out
    assert "not the folder of a model" in run(monkeypatch, "speaking", tmp_path)
