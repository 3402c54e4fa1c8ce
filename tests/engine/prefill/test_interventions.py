"""Words compressed at one layer: which states stay, and that everything else is as it was."""

from __future__ import annotations

import pytest
import torch

from engine.prefill.interventions import METHODS, compress, prefill
from tests.engine.prefill import dense
from tests.engine.random_lm import SHAPE, RandomModel, random_tensors


@pytest.fixture(scope="module")
def decoder():
    return RandomModel().decoder


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


WORD = torch.arange(7.0)[:, None].expand(7, 3)


def test_dropping_evenly_keeps_the_middles_of_equal_parts():
    for keep, places in ((1, [3]), (2, [1, 5]), (3, [1, 3, 5]), (7, list(range(7))), (9, list(range(7)))):
        states, positions = compress(WORD, 20, keep, "uniform-drop", seeded())
        assert positions == [20 + place for place in places] and states[:, 0].tolist() == places


def test_merging_evenly_gives_means_where_groups_end():
    states, positions = compress(WORD, 20, 2, "uniform-merge", seeded())
    assert states[:, 0].tolist() == [1.0, 4.5] and positions == [22, 26]
    states, positions = compress(WORD, 20, 1, "uniform-merge", seeded())
    assert states[:, 0].tolist() == [3.0] and positions == [26]


def test_dropping_at_random_keeps_other_states_with_another_seed():
    found = {tuple(compress(WORD, 0, 3, "random-drop", seeded(seed))[1]) for seed in range(20)}
    assert len(found) > 5
    assert all(list(places) == sorted(set(places)) and len(places) == 3 for places in found)
    same = [compress(WORD, 0, 3, "random-drop", seeded(4))[1] for _ in range(2)]
    assert same[0] == same[1]


WORDS = [range(2, 7), range(7, 8), range(10, 16)]


@pytest.mark.parametrize("layer", range(4))
@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_lost_where_every_state_is_kept(decoder, layer, method):
    states, cache, plain = torch.randn(18, SHAPE.dim, generator=seeded()), decoder.new_cache(), decoder.new_cache()
    found = prefill(decoder, cache, states, WORDS, layer, 6, method, seeded())
    assert torch.allclose(found, decoder.run(states, 0, plain)[-1:], atol=1e-6)
    assert cache.position == 18 and all(cache.entries(index) == 18 for index in range(4))


@pytest.mark.parametrize("layer", range(4))
def test_one_layer_and_all_above_have_the_merged_words(decoder, layer, monkeypatch):
    states, cache = torch.randn(18, SHAPE.dim, generator=seeded()), decoder.new_cache()
    found = prefill(decoder, cache, states, WORDS, layer, 1, "uniform-merge", seeded())
    groups = [[0], [1], [2, 3, 4, 5, 6], [7], [8], [9], [10, 11, 12, 13, 14, 15], [16], [17]]
    monkeypatch.setattr(dense, "grouped", lambda *_: groups)
    wanted, positions, values = dense.forward(random_tensors(SHAPE), SHAPE, states, None, layer, 0.5, 1)
    assert (found - wanted[-1]).abs().max() < 1e-5
    for index, rows in enumerate(values):
        assert list(cache.positions(index)) == (positions.tolist() if index >= layer else list(range(18)))
        assert (cache.contents(index)[1].transpose(0, 1).flatten(1) - rows).abs().max() < 1e-5
    further = decoder.run(decoder.embed([3]), 18, cache)  # decoding goes on as usual
    assert further.shape == (1, SHAPE.dim) and cache.position == 19
