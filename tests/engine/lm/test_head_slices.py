"""Head slicing: what may be chosen has the logits of the whole head, as floats and as 8 bits."""

from __future__ import annotations

import pytest
import torch

from engine.lm.decoder import Decoder
from engine.lm.sampling import Sampler, Sampling
from tests.engine.random_lm import END, SHAPE, SPEECH, VOCABULARY, random_tensors

MASK = torch.zeros(VOCABULARY, dtype=torch.bool).index_fill_(0, torch.tensor([*SPEECH, END]), True)


@pytest.fixture(scope="module", params=["float32", "bfloat16", "int8"])
def decoder(request):
    int8 = request.param == "int8"
    dtype = torch.bfloat16 if request.param == "bfloat16" else torch.float32
    return Decoder(SHAPE, random_tensors(SHAPE), dtype, int8=int8)


@pytest.fixture(scope="module")
def states(decoder):
    return torch.randn(5, SHAPE.dim, generator=torch.Generator().manual_seed(1)).to(decoder.dtype)


def test_allowed_logits_are_those_of_the_whole_head(decoder, states):
    whole, sliced = decoder.logits(states), decoder.logits(states, MASK)
    assert sliced.shape == whole.shape and sliced.dtype == torch.float32
    tolerance = 0.05 if decoder.dtype == torch.bfloat16 else 1e-5
    torch.testing.assert_close(sliced[:, MASK], whole[:, MASK], atol=tolerance, rtol=0)
    assert sliced[:, ~MASK].eq(float("-inf")).all()
    everything = torch.ones(VOCABULARY, dtype=torch.bool)
    assert decoder.logits(states, everything).equal(whole)


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.8, 0.9, 5, 1.3)])
def test_choices_do_not_change(sampling):
    decoder = Decoder(SHAPE, random_tensors(SHAPE))
    for seed in range(20):
        state = torch.randn(1, SHAPE.dim, generator=torch.Generator().manual_seed(seed))
        rows = decoder.logits(state)[0], decoder.logits(state, MASK)[0]
        one, two = (Sampler(sampling, seed).choose(row, MASK, [9, 10, 3]) for row in rows)
        assert one == two
        one, two = (Sampler(sampling).probabilities(row, MASK, [9, 10, 3]) for row in rows)
        torch.testing.assert_close(one, two, atol=1e-6, rtol=0)


def test_many_masks_in_turn(decoder, states):
    """More masks than are kept, each a new object."""
    for start in range(20):
        mask = torch.zeros(VOCABULARY, dtype=torch.bool)
        mask[start : start + 2] = True
        found = decoder.logits(states, mask)
        assert found.isfinite().sum(1).eq(2).all() and found[:, start : start + 2].isfinite().all()
