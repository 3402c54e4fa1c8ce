"""The benchmark of precisions on tiny models: it runs, and its figures fit together."""

from __future__ import annotations

import json
import runpy
import sys
from dataclasses import replace

import pytest
import torch
from rich.console import Console

from engine.benchmarks import precisions
from engine.benchmarks.random_weights import SHAPES, RandomWeights
from engine.models.tiny import make

SIZES = {"dim": 256, "heads": 4, "head_dim": 64, "ffn": 512, "layers": 4, "vocabulary": 300, "head_rows": 300}
SMALL = {name: replace(shape, rotary_dim=shape.rotary_dim // 2, **SIZES) for name, shape in SHAPES.items()}


@pytest.mark.parametrize("family", SMALL)
def test_every_decoder_is_measured_beside_the_memory(family):
    config, before = SMALL[family], torch.get_num_threads()
    found = precisions.measure(config, RandomWeights(config), list(precisions.CONTENDERS), threads=2, tokens=3, repeats=2)
    assert torch.get_num_threads() == before and [one.name for one in found] == list(precisions.CONTENDERS)
    values = config.layers * config.layer_values + 300 * config.dim
    read = {one.name: one.bytes_per_token for one in found}
    assert read["torch float32"] == read["onnxruntime float32"] == 4 * values == 2 * read["torch bfloat16"]
    assert read["torch 8 bits"] < read["onnxruntime 8 bits"] < 1.1 * values and read["onnxruntime 4 bits"] < 0.8 * values
    by_name = {one.name: one for one in found}
    for one in found:
        assert 0 < one.slowest <= one.tokens_per_second <= one.fastest and one.prefill > 0 and one.bandwidth == found[0].bandwidth
        assert one.limit_share > 0
    assert by_name["torch float32"].same == by_name["onnxruntime float32"].same == 1
    assert by_name["onnxruntime 8 bits"].same > 0.85 and by_name["onnxruntime 4 bits"].same > 0.3
    json.dumps(precisions.as_json(found), allow_nan=False)
    Console(quiet=True).print(precisions.table(found, family))


def test_random_weights_are_the_same_whenever_asked_for_and_no_row_twice():
    config = replace(SHAPES["glm4voice"], layers=2, vocabulary=4096, head_rows=4096)  # several times what is drawn
    weights, again = RandomWeights(config), RandomWeights(config)
    names = "lm_head.weight", "model.layers.0.mlp.up_proj.weight", "model.layers.1.mlp.up_proj.weight"
    rows = {name: weights[name] for name in names}
    assert all(torch.equal(matrix, again[name]) for name, matrix in rows.items())
    assert len(torch.cat([*rows.values()])[:, :16].float().unique(dim=0)) == 4096 + 2 * config.ffn
    assert rows["lm_head.weight"].float().std() == pytest.approx(1 / 64, rel=0.01)


def test_what_cannot_be_measured_is_said_before(monkeypatch):
    config = SMALL["glm4voice"]
    with pytest.raises(ValueError, match="no contender 'llama': choose from torch float32"):
        precisions.measure(config, {}, ["llama"], 1)
    big = replace(config, layers=10**9)
    with pytest.raises(ValueError, match="GB are free: take fewer layers"):
        precisions.measure(big, {}, ["torch float32"], 1)


def run(monkeypatch, *arguments) -> int | str:
    """The command's exit code, 0 or a sentence."""
    monkeypatch.setattr(sys, "argv", ["benchmarks", "precisions", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("engine.benchmarks", run_name="__main__")
    return end.value.code


@pytest.mark.whole
def test_the_command_measures_a_folder_or_a_family(tmp_path, monkeypatch, capsys):
    make("stepaudio2", tmp_path / "tiny")
    few = "--tokens", 2, "--repeats", 1
    assert not run(monkeypatch, tmp_path / "tiny", *few, "--json")
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == list(precisions.USUAL)
    monkeypatch.setitem(SHAPES, "glm4voice", SMALL["glm4voice"])
    only = "--decoder", "onnxruntime 4 bits"
    assert not run(monkeypatch, "--family", "glm4voice", "--layers", 2, "--rows", 64, *only, *few)
    shown = capsys.readouterr().out
    assert "2 layers of 256, 64 rows" in shown and only[1] in shown
    for wrong in ((), ("--family", "wren"), (tmp_path / "tiny", "--family", "glm4voice")):
        assert "Give a model, or --family" in run(monkeypatch, *wrong)
