"""Which back end runs a decoder, and who says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import models
from engine.lm import backend_choice
from engine.lm.backend_choice import BACKENDS, VARIABLE
from engine.lm.backends import make_decoder
from engine.lm.bits import Bits
from tests.engine.random_lm import SHAPE, random_tensors

WIDE = replace(SHAPE, head_dim=16)


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(backend_choice, "_chosen", BACKENDS[0])


@pytest.mark.whole
def test_wren_is_run_by_onnxruntime_in_the_bits_that_it_is_stored_in():
    decoder = models.load("wren").decoder
    assert decoder.backend == "onnxruntime" == BACKENDS[0]
    assert decoder.runs_by == "onnxruntime in float32, matrices in 8 bits"


def test_torch_runs_what_it_is_named_for_and_what_no_graph_can(monkeypatch):
    assert make_decoder(WIDE, random_tensors(WIDE), Bits()).runs_by == "onnxruntime in float32"
    assert make_decoder(SHAPE, random_tensors(SHAPE), Bits()).runs_by == "torch in float32"  # heads that its attention refuses
    monkeypatch.setenv(VARIABLE, "torch")
    assert make_decoder(WIDE, random_tensors(WIDE), Bits()).backend == "torch"


def test_the_setting_counts_unless_the_environment_names_one(monkeypatch):
    backend_choice.choose("torch")
    assert make_decoder(WIDE, random_tensors(WIDE), Bits()).backend == "torch"
    monkeypatch.setenv(VARIABLE, "onnxruntime")
    assert make_decoder(WIDE, random_tensors(WIDE), Bits()).backend == "onnxruntime"


def test_another_name_is_a_sentence(monkeypatch):
    monkeypatch.setenv(VARIABLE, "fast")
    with pytest.raises(ValueError, match="REFRAIN_BACKEND is 'fast': it may be one of onnxruntime, torch"):
        make_decoder(WIDE, random_tensors(WIDE), Bits())
