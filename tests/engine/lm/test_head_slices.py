"""Head slicing: what may be chosen has the logits of the whole head, as floats and as 8 bits."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.decoder import Decoder
from engine.lm.sampling import Sampler, Sampling
from engine.lm.seen_ids import SeenIds
from tests.engine.random_lm import END, SHAPE, SPEECH, VOCABULARY, random_tensors

SIDE_BY_SIDE, APART = AllowedIds(VOCABULARY, SPEECH), AllowedIds(VOCABULARY, SPEECH, [END])


@pytest.fixture(scope="module", params=["float32", "bfloat16", "int8"])
def decoder(request):
    int8 = request.param == "int8"
    dtype = torch.bfloat16 if request.param == "bfloat16" else torch.float32
    return Decoder(SHAPE, random_tensors(SHAPE), dtype, int8=int8)


@pytest.fixture(scope="module")
def states(decoder):
    return torch.randn(5, SHAPE.dim, generator=torch.Generator().manual_seed(1)).to(decoder.dtype)


@pytest.mark.parametrize("allowed", [SIDE_BY_SIDE, APART], ids=["side by side", "apart"])
def test_allowed_logits_are_those_of_the_whole_head(decoder, states, allowed):
    whole, sliced = decoder.logits(states), decoder.logits(states, allowed)
    assert sliced.shape == whole.shape and sliced.dtype == torch.float32
    tolerance = 0.05 if decoder.dtype == torch.bfloat16 else 1e-5
    torch.testing.assert_close(sliced[:, allowed.mask], whole[:, allowed.mask], atol=tolerance, rtol=0)
    assert sliced[:, ~allowed.mask].eq(float("-inf")).all()
    everything = AllowedIds(VOCABULARY, range(VOCABULARY))
    assert decoder.logits(states, everything).equal(whole)


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.8, 0.9, 5, 1.3)])
def test_choices_do_not_change(sampling):
    decoder = Decoder(SHAPE, random_tensors(SHAPE))
    for seed in range(20):
        state = torch.randn(1, SHAPE.dim, generator=torch.Generator().manual_seed(seed))
        rows = decoder.logits(state)[0], decoder.logits(state, APART)[0]
        seen = SeenIds(VOCABULARY, [9, 10, 3])
        one, two = (Sampler(sampling, seed).choose(row, APART, seen) for row in rows)
        assert one == two
        one, two = (Sampler(sampling).probabilities(row, APART, seen) for row in rows)
        torch.testing.assert_close(one, two, atol=1e-6, rtol=0)


def test_rows_are_prepared_once_and_go_with_what_allowed_them(decoder, states, monkeypatch):
    prepared, head = [], type(decoder.head)
    select = head.select
    monkeypatch.setattr(head, "select", lambda self, rows: prepared.append(weakref.ref(made := select(self, rows))) or made)
    for start in range(20):
        allowed = AllowedIds(VOCABULARY, range(start, start + 2))
        for _ in range(2):
            found = decoder.logits(states, allowed)
            assert found.isfinite().sum(1).eq(2).all() and found[:, start : start + 2].isfinite().all()
    del allowed
    gc.collect()
    assert len(prepared) == 20 and not any(rows() for rows in prepared)
