"""Exit steps, catch-up and roll-back keep the cache as full depth would have it."""

from __future__ import annotations

import pytest
import torch

from engine.decoding.stepper import Stepper
from tests.engine.random_lm import SHAPE, RandomModel

PROMPT = [1, 2, 3, 9, 10]


def assert_full_depth(model, cache, ids):
    wanted = model.full_cache(ids)
    for layer in range(SHAPE.layers):
        assert cache.filled(layer) == len(ids)
        torch.testing.assert_close(cache.contents(layer), wanted.contents(layer), atol=1e-5, rtol=0)


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("period", [2, 3, 5])
def test_catch_up_equals_full_depth(layer, period):
    model = RandomModel()
    cache, _ = model.prompt(PROMPT)
    stepper, ids = Stepper(model.decoder, cache), list(PROMPT)
    for token in range(8, 20):
        ids.append(token)
        if len(ids) % period:
            assert stepper.exit_step(token, layer, model.exit_heads[layer]).shape == (1, SHAPE.vocabulary)
            assert cache.filled(layer - 1) == len(ids) and cache.filled(layer) == len(ids) - stepper.pending
        else:
            logits = stepper.full_step(token)
            assert stepper.pending == 0
            assert_full_depth(model, cache, ids)
            torch.testing.assert_close(torch.stack(logits), model.prompt(ids)[1], atol=1e-5, rtol=1e-5)


def test_every_row_is_full_depths():
    model = RandomModel()
    cache, _ = model.prompt(PROMPT)
    stepper = Stepper(model.decoder, cache)
    for token in (8, 9, 10):
        stepper.exit_step(token, 2, model.exit_heads[2])
    rows = stepper.full_step(11, every_row=True)
    for index in range(4):
        torch.testing.assert_close(rows[index], model.prompt([*PROMPT, *range(8, 9 + index)])[1][0], atol=1e-5, rtol=0)


def test_flush_and_roll_back():
    model = RandomModel()
    cache, _ = model.prompt(PROMPT)
    stepper = Stepper(model.decoder, cache)
    stepper.flush()  # there is nothing to do
    for token in (8, 9, 10):
        stepper.exit_step(token, 1, model.exit_heads[1])
    stepper.roll_back(len(PROMPT) + 2)
    assert stepper.pending == 2 and stepper.position == len(PROMPT) + 2
    stepper.exit_step(12, 1, model.exit_heads[1])
    assert stepper.pending == 3
    stepper.flush()
    assert_full_depth(model, cache, [*PROMPT, 8, 9, 12])
    stepper.exit_step(13, 2, model.exit_heads[2])
    stepper.roll_back(2)
    assert stepper.pending == 0
    stepper.full_step(7)
    assert_full_depth(model, cache, [1, 2, 7])
