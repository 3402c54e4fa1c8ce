"""Matrices in 8 bits: how near they are, in every way of multiplying, and in a whole decoder."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.lm.decoder import Decoder
from engine.lm.heads import logit_lens
from engine.lm.linear import Int8Linear, Int8Rows, Linear
from tests.engine.random_lm import SHAPE, random_tensors

IDS = torch.randint(0, SHAPE.vocabulary, (40,), generator=torch.Generator().manual_seed(3)).tolist()


def relative(found: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((found.float() - wanted.float()).norm() / wanted.float().norm())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(48, 64), (33, 65), (5000, 16)])
def test_products(shape, dtype):
    weight, bias = torch.randn(shape), torch.randn(shape[0])
    linear, exact = Int8Linear(weight, bias.to(dtype), dtype), Linear(weight, bias)
    assert relative(linear.rows(), weight) < 0.02
    torch.testing.assert_close(linear.rows(torch.tensor([3, 1])), linear.rows()[[3, 1]], atol=0, rtol=0)
    for rows in (1, 3, 60):
        x = torch.randn(rows, shape[1])
        found = linear(x.to(dtype))
        assert found.dtype == dtype and relative(found, exact(x)) < 0.03
        total = torch.ones(rows, shape[0], dtype=dtype)
        linear.add_to(total, x.to(dtype))
        assert relative(total, 1 + x @ weight.t()) < 0.03


def test_without_torchs_own_product():
    weight, x = torch.randn(48, 64), torch.randn(2, 64)
    linear = Int8Linear(weight, None, torch.float32)
    with_it = linear(x)
    linear._packed = False
    torch.testing.assert_close(linear(x), with_it, atol=1e-4, rtol=1e-4)


def test_a_row_of_zeros():
    assert Int8Rows(torch.zeros(2, 4), torch.float32).rows().abs().max() == 0


def test_a_decoder_in_8_bits():
    config = replace(SHAPE, qkv_bias=True)
    tensors = random_tensors(config)
    exact, rough = Decoder(config, tensors), Decoder(config, tensors, torch.bfloat16, int8=True)
    for decoder in (exact, rough):
        cache = decoder.new_cache()
        rows = [decoder.logits(decoder.run(decoder.embed(IDS[:30]), 0, cache))]
        rows += [decoder.logits(decoder.run(decoder.embed([id]), 30 + at, cache)) for at, id in enumerate(IDS[30:])]
        decoder.found = torch.cat(rows)
    assert torch.nn.functional.cosine_similarity(exact.found, rough.found).min() > 0.97
    ids = torch.tensor([9, 10, 21])
    lens = logit_lens(rough, ids).logits(rough.embed(IDS[:2]))
    assert torch.isfinite(lens[:, ids]).all() and torch.isinf(lens).sum() == 2 * (config.vocabulary - 3)


def test_restricted_logit_lens():
    decoder = Decoder(SHAPE, random_tensors(SHAPE))
    ids, states = torch.tensor([8, 12, 21]), torch.randn(3, SHAPE.dim)
    torch.testing.assert_close(logit_lens(decoder, ids).logits(states)[:, ids], decoder.logits(states)[:, ids])
