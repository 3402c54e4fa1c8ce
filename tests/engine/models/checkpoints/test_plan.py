"""What fits and what is chosen, at the released sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.benchmarks.random_weights import SHAPES
from engine.lm import backend_choice
from engine.lm.backend_choice import BACKENDS, VARIABLE
from engine.lm.bits import SPARE
from engine.models.checkpoints import precision_choice
from engine.models.checkpoints.placement import choose_placement
from engine.models.checkpoints.plan import Sizes, need, plan
from engine.models.checkpoints.precision import compute_type

GB = 10**9
LM = SHAPES["glm4voice"]
GLM = Sizes("GLM-4-Voice", LM, exit_ids=16_385, listener=1_460_000_000, vocoder=530_000_000, stored="bf16")


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(backend_choice, "_chosen", BACKENDS[0])


def test_what_is_needed():
    wanted = need(GLM, "bf16", 8192, "cuda")
    matrices = 2 * 168_960 * 4096 + 40 * (4608 * 4096 + 4096 * 4096 + 3 * 4096 * 13_696)
    vectors = 4096 + 40 * (2 * 4096 + 4608)
    assert wanted.weights == 2 * (matrices + vectors + 16_385 * 4096) and wanted.kv == 40_960 * 8192
    assert 21e9 < wanted.total < 24e9
    assert need(GLM, "int8", 8192, "cuda").weights < 0.51 * wanted.weights
    assert need(GLM, "fp32", 4096, "cpu").kv == wanted.kv


def test_what_graphs_need():
    eight, four = need(GLM, "int8", 8192, "cpu"), need(GLM, "int4", 8192, "cpu")
    assert eight.kv == four.kv == need(GLM, "fp32", 8192 + SPARE, "cpu").kv  # they compute in float32
    assert 9.5e9 * 17 / 16 < eight.weights < 1.1 * 9.5e9 and 0.6 * eight.weights < four.weights < 0.75 * eight.weights
    assert LM.layer_values < eight.loading < 1.1e9  # of one layer at a time
    short = need(GLM, "int8", 100, "cpu")  # what is there while it loads is more than such a conversation's keys and values
    assert short.total == short.weights + short.loading + short.listener + short.vocoder + short.reserve


def test_without_onnxruntime_the_processor_has_what_a_graphics_card_has(monkeypatch):
    monkeypatch.setenv(VARIABLE, "torch")
    assert need(GLM, "int8", 8192, "cpu").weights == need(GLM, "int8", 8192, "cuda").weights
    assert [each.precision for each in plan(GLM, 64 * GB).needs] == ["fp32", "bf16", "int8"]
    with pytest.raises(ValueError, match="int4 only on processors, by onnxruntime: choose one of fp32, bf16, int8"):
        plan(GLM, 64 * GB, precision="int4")


@pytest.mark.parametrize(
    ("memory", "video", "device", "precision", "context", "words"),
    [
        (64, 80, "cuda", "bf16", 8192, ["graphics card", "bf16", "80.0 GB"]),
        (64, 24, "cuda", "bf16", 8192, ["bf16"]),
        (64, 16, "cuda", "int8", 8192, ["int8", "bf16 would take"]),
        (64, 13.4, "cuda", "int8", 4096, ["4,096 positions instead of 8,192"]),
        (64, 8, "cpu", "int8", 8192, ["processor", "in bf16 it would be slower", "only 8.0 GB"]),
        (16, 0, "cpu", "int8", 8192, ["processor", "int8"]),
        (12, 0, "cpu", "int4", 8192, ["processor", "int4", "int8 would take"]),
        (0, 0, "cpu", "int8", 8192, ["processor"]),
        (8, 6, "cpu", None, None, ["at least", "int4", "8.0 GB", "6.0 GB", "close other programs"]),
    ],
)
def test_what_is_chosen(memory, video, device, precision, context, words):
    made = plan(GLM, int(memory * GB), int(video * GB))
    assert made.device == device
    assert (made.chosen and made.chosen.precision) == precision and (made.chosen and made.chosen.context) == context
    assert made.sentence.endswith(".")
    for word in words:
        assert word in made.sentence, made.sentence
    offered = ["fp32", "bf16", "int8"] if device == "cuda" else ["fp32", "bf16", "int8", "int4"]
    assert [each.precision for each in made.needs] == offered


def test_what_is_wished_for():
    assert plan(GLM, 64 * GB, context=3000).chosen.context == 3000
    assert plan(GLM, 64 * GB, precision="int8").chosen.precision == "int8"
    assert plan(GLM, 64 * GB, 80 * GB, device="cpu").device == "cpu"
    assert plan(GLM, 30 * GB, precision="fp32").chosen is None
    assert plan(replace(GLM, stored="fp32"), 64 * GB, 80 * GB).chosen.precision == "fp32"
    assert plan(GLM, 64 * GB, precision="bf16").chosen.precision == "bf16"  # slower there, and asked for
    assert plan(GLM, 64 * GB, 80 * GB, precision="int4").device == "cpu"  # no card has it
    with pytest.raises(ValueError, match="choose one of fp32, bf16, int8"):
        plan(GLM, 64 * GB, 80 * GB, precision="int4", device="cuda")


def test_this_machine():
    small = replace(GLM, lm=replace(LM, vocabulary=1000, head_rows=1000, layers=1), listener=10**6, vocoder=10**6)
    assert choose_placement(small, "cpu").device == "cpu"
    with pytest.raises(ValueError, match="close other programs"):
        choose_placement(replace(GLM, lm=replace(LM, layers=1000)), "cpu")
    with pytest.raises(ValueError, match="no precision 'int2': choose one of fp32, bf16, int8, int4"):
        compute_type("int2", LM, "cpu")


def test_a_wanted_precision_is_not_chosen_by_the_planner(monkeypatch):
    small = replace(GLM, lm=replace(LM, vocabulary=1000, head_rows=1000, layers=1), listener=0, vocoder=0)
    monkeypatch.setattr(precision_choice, "_chosen", None)
    assert choose_placement(small, "cpu").precision == "bf16"  # as it is stored
    precision_choice.choose("int8")
    assert choose_placement(small, "cpu").precision == "int8"
    assert choose_placement(small, "cpu", "fp32").precision == "fp32"
    monkeypatch.setenv(precision_choice.VARIABLE, "int4")
    assert choose_placement(small, "cpu").precision == "int4"
    monkeypatch.setenv(precision_choice.VARIABLE, "auto")
    assert choose_placement(small, "cpu").precision == "bf16"
    monkeypatch.setenv(precision_choice.VARIABLE, "4")
    with pytest.raises(ValueError, match="REFRAIN_PRECISION is '4': it may be one of auto, fp32, bf16, int8, int4"):
        choose_placement(small, "cpu")
