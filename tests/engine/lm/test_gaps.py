"""Layers that leave positions out: what is held, what is attended to, and rolling back through gaps."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from engine.lm.cache import ContextFull
from tests.engine.dense_lm import dense
from tests.engine.random_lm import SHAPE, RandomModel, random_tensors

IDS = torch.randint(0, SHAPE.vocabulary, (40,), generator=torch.Generator().manual_seed(3)).tolist()


def close(found, wanted):
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)


@pytest.mark.parametrize("blocks", [(40,), (17, 23), (1,) * 40, (9, 1, 1, 20, 9)])
def test_layers_with_gaps_equal_a_masked_reference(blocks):
    """Layers 2 and 3 get only some positions of every block."""
    decoder, kept = RandomModel().decoder, [p for p in range(40) if p % 3 != 1 or p > 36]
    cache, found, start = decoder.new_cache(), [], 0
    for size in blocks:
        states = decoder.run(decoder.embed(IDS[start : start + size]), start, cache, 0, 2)
        positions = [p for p in kept if start <= p < start + size]
        rows = torch.tensor(positions, dtype=torch.long)
        found.append(decoder.run(states[rows - start], start, cache, 2, 4, rows, start + size))
        start += size
    left_out = set(range(40)) - set(kept)
    wanted = dense(decoder.embed(IDS), {2: left_out, 3: left_out})
    close(torch.cat(found), wanted[kept])
    assert cache.position == 40 == cache.filled(3)
    assert list(cache.positions(1)) == list(range(40)) and list(cache.positions(3)) == kept
    assert cache.entries(2) == len(kept) == cache.contents(2).shape[2]
    one_layer = 2 * SHAPE.kv_heads * SHAPE.head_dim * 4
    assert cache.held_bytes() == one_layer * 2 * (40 + len(kept))


def test_steps_over_layers_with_different_gaps():
    """A skip deals with positions by leaving them out; whole steps then read what each layer holds."""
    decoder = RandomModel().decoder
    cache = decoder.new_cache()
    decoder.run(decoder.embed(IDS[:10]), 0, cache)
    gaps = {1: set(), 2: set(), 3: set()}
    for position in range(10, 40):
        depth = 1 + position % 4
        rows = decoder.run(decoder.embed(IDS[position : position + 1]), position, cache, 0, depth)
        cache.skip(depth, 4, position + 1)
        for layer in range(depth, 4):
            gaps[layer].add(position)
        assert cache.position == position + 1
        if depth == 4:
            close(rows[0], dense(decoder.embed(IDS[: position + 1]), gaps)[-1])
    rows = decoder.run(decoder.embed([5, 6, 7]), 40, cache)
    close(rows, dense(decoder.embed([*IDS, 5, 6, 7]), gaps)[-3:])
    assert [cache.entries(layer) for layer in range(4)] == [43, *(43 - len(gaps[layer]) for layer in (1, 2, 3))]


@pytest.mark.parametrize("position", [0, 4, 11, 12, 15, 29, 30, 99])
def test_rolling_back_through_gaps(position):
    decoder = RandomModel().decoder
    cache = decoder.new_cache()
    decoder.run(decoder.embed(IDS[:10]), 0, cache)
    lower = decoder.run(decoder.embed(IDS[10:30]), 10, cache, 0, 2)
    decoder.run(lower[[1, 2, 9]], 10, cache, 2, 4, [11, 12, 19], 30)
    cache.roll_back(position)
    kept = min(position, 30)
    assert cache.position == kept
    assert list(cache.positions(3)) == [p for p in [*range(10), 11, 12, 19] if p < kept]
    rows = decoder.run(decoder.embed([5, 6]), kept, cache)
    gaps = {layer: {p for p in range(10, kept) if p not in (11, 12, 19)} for layer in (2, 3)}
    close(rows, dense(decoder.embed([*IDS[:kept], 5, 6]), gaps)[-2:])


def test_a_step_may_write_again_what_it_left_out():
    """As without gaps, a step below a layer's level takes the place of what was there."""
    decoder = RandomModel().decoder
    cache = decoder.new_cache()
    decoder.run(decoder.embed(IDS[:10]), 0, cache)
    cache.skip(2, 4, 14)
    assert cache.position == 10 and cache.filled(3) == 14 and cache.entries(3) == 10
    decoder.run(decoder.embed(IDS[10:16]), 10, cache)
    assert list(cache.positions(3)) == list(range(16))
    whole = decoder.new_cache()
    decoder.run(decoder.embed(IDS[:16]), 0, whole)
    for layer in range(4):
        close(cache.contents(layer), whole.contents(layer))


def test_blocks_with_nothing_to_hold():
    decoder = RandomModel().decoder
    cache = decoder.new_cache()
    lower = decoder.run(decoder.embed(IDS[:6]), 0, cache, 0, 2)
    assert decoder.run(lower[:0], 0, cache, 2, 4, [], 3).shape == (0, SHAPE.dim)
    found = decoder.run(lower[4:], 3, cache, 2, 4, [4, 5])
    close(found, dense(decoder.embed(IDS[:6]), {layer: {0, 1, 2, 3} for layer in (2, 3)})[4:])
    assert cache.position == 6 and list(cache.positions(2)) == [4, 5]
    cache.skip(0, 4, 5)  # nothing above its level: nothing to do
    assert cache.position == 6 and cache.entries(0) == 6


def test_a_merged_state_stands_where_it_is_told():
    """Positions say how a state is rotated, also where no layer below has it."""
    decoder = RandomModel().decoder
    cache, states = decoder.new_cache(), decoder.embed(IDS[:4])
    found = decoder.run(states, 0, cache, positions=[0, 3, 4, 9], end=12)
    spread = torch.zeros(10, SHAPE.dim)
    spread[[0, 3, 4, 9]] = states
    close(found, dense(spread, dict.fromkeys(range(4), {1, 2, 5, 6, 7, 8}))[[0, 3, 4, 9]])
    assert cache.position == 12 and cache.entries(0) == 4


@pytest.mark.parametrize(
    ("positions", "end"), [([10, 10, 11], None), ([9, 10, 11], None), ([10, 12, 11], None), ([10, 11], None), ([10, 11, 12], 12)]
)
def test_positions_that_do_not_fit_are_refused_and_change_nothing(positions, end):
    model = RandomModel()
    cache, _ = model.prompt(IDS[:10])
    with pytest.raises(ValueError, match="3 states cannot stand"):
        model.decoder.run(model.decoder.embed([1, 2, 3]), 10, cache, positions=positions, end=end)
    assert cache.position == 10 and cache.entries(0) == 10


def test_no_room_for_what_is_left_out():
    model = RandomModel()
    cache, _ = model.prompt(IDS[:10], capacity=12)
    with pytest.raises(ContextFull):
        cache.skip(2, 4, 13)
    with pytest.raises(ContextFull):
        model.decoder.run(model.decoder.embed([1]), 10, cache, positions=[12])
    with pytest.raises(ValueError, match="position 11"):
        model.decoder.run(model.decoder.embed([1]), 11, cache, positions=[11])
    assert cache.position == 10 == cache.filled(3)


def test_propagation_writes_what_each_layer_would_make_of_the_state():
    model = RandomModel()
    decoder, tensors = model.decoder, random_tensors(SHAPE)
    cache, _ = model.prompt(IDS[:10])
    states = decoder.run(decoder.embed([4, 5]), 10, cache, 0, 2)
    decoder.propagate(states, 10, cache, 2)
    assert cache.position == 12 == cache.entries(3)
    for layer in (2, 3):
        normed = F.rms_norm(states, (SHAPE.dim,), tensors[f"model.layers.{layer}.input_layernorm.weight"], SHAPE.norm_eps)
        values = normed @ tensors[f"model.layers.{layer}.self_attn.v_proj.weight"].t()
        close(cache.contents(layer)[1, :, 10:].transpose(0, 1).reshape(2, -1), values)
    # A layer that is run on the same states has the same keys and values.
    other, _ = model.prompt(IDS[:10])
    decoder.run(decoder.embed([4, 5]), 10, other, 0, 2)
    decoder.run(states, 10, other, 2, 3)
    close(cache.contents(2), other.contents(2))
