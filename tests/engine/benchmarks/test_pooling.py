"""The pooling benchmark on a small random model: it runs, and its figures fit together."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from rich.console import Console

from engine.benchmarks import pooling
from engine.prefill.pooling import NONE, PoolingError, parse
from tests.engine.random_spoken_lm import RATE, RandomSpokenLM

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")


@pytest.fixture
def model(bundle):
    """A random model, and three bundled questions of 0.8 s in which sounds stay for a while."""
    sounds = []
    for index in range(3):
        random = np.random.default_rng(index)
        sound = random.normal(0, 0.1, (4, RATE // 10)).repeat(2, 0) + random.normal(0, 0.01, (8, RATE // 10))
        sounds.append(sound.reshape(-1))
    bundle(sounds, RATE, "wav")
    return RandomSpokenLM()


def test_poolings_are_measured_against_none_at_every_length(model):
    before = torch.get_num_threads()
    wanted = [parse(text) for text in ("input:0.9", "deep:2@0.8")]
    costs = pooling.measure(model, wanted, lengths=(0.5, 2), sounds=2, repeats=2)
    assert torch.get_num_threads() == before
    assert [(cost.seconds, cost.pooling) for cost in costs] == [
        (seconds, text) for seconds in (0.5, 2) for text in ("none", "input:0.9", "deep:2@0.8")
    ]
    for none, entering, deep in (costs[:3], costs[3:]):
        assert none.heard == entering.heard == none.seconds * 10
        assert none.input == none.deep == none.flops == none.kv == none.at_once_ratio == none.streamed_ratio == 1
        assert entering.input == entering.deep < 1 and deep.deep < deep.input == 1
        assert entering.flops < deep.flops < 1 and entering.kv_bytes < none.kv_bytes and deep.kv < 1
        assert min(cost.at_once for cost in (none, entering, deep)) > 0 < none.streamed
    json.dumps(pooling.as_json(costs), allow_nan=False)
    Console(quiet=True).print(pooling.table(costs))


def test_a_pooling_that_cannot_run_is_refused_before_anything_is_measured(model):
    with pytest.raises(PoolingError, match="choose a lower"):
        pooling.measure(model, [NONE, parse("deep:4@0.8")], lengths=(1,))
