"""The counted operations are those of the computation, entry by entry."""

from __future__ import annotations

from engine.lm.config import LMConfig
from engine.prefill.flops import layer_flops, pooling_flops, prompt_flops
from engine.prefill.pooling import DeepPooling, InputPooling
from tests.engine.random_lm import SHAPE, RandomModel

CONFIG = LMConfig(vocabulary=9, dim=12, layers=2, heads=4, kv_heads=2, head_dim=6, ffn=20)


def test_a_layer_costs_what_its_products_cost():
    """Each entry for itself: (inputs, outputs) of its matrices, then each head's query against the keys it sees."""
    matrices = [(12, 24), (12, 12), (12, 12), (24, 12), (12, 20), (12, 20), (20, 12)]
    entry = sum(2 * inputs * outputs for inputs, outputs in matrices)
    heads, head_dim = 4, 6
    attention = [2 * heads * (head_dim * seen + seen * head_dim) for seen in (4, 5, 6, 7, 8)]
    assert layer_flops(CONFIG, 5, 3) == 5 * entry + sum(attention)


def test_a_prompt_in_parts_costs_as_much_as_at_once():
    whole = layer_flops(CONFIG, 30, 7)
    assert whole == layer_flops(CONFIG, 10, 7) + layer_flops(CONFIG, 20, 17)


def test_only_what_a_layer_holds_is_counted():
    decoder = RandomModel().decoder
    cache = decoder.new_cache()
    decoder.run(decoder.embed([1, 2, 3]), 0, cache)
    states = decoder.run(decoder.embed([4] * 6), 3, cache, 0, 1)
    decoder.run(states[[1, 5]], 3, cache, 1, 4, positions=[4, 8])
    lower, upper = layer_flops(SHAPE, 6, 3), layer_flops(SHAPE, 2, 3)
    assert prompt_flops(SHAPE, cache, 3, 9) == lower + 3 * upper
    assert prompt_flops(SHAPE, cache, 0, 9) == lower + 3 * upper + 4 * layer_flops(SHAPE, 3, 0)


def test_pooling_counts_its_own_work():
    assert pooling_flops(CONFIG, 10, None) == 0
    assert pooling_flops(CONFIG, 10, InputPooling(0.8)) == 10 * 12 * 2 * 3
    assert pooling_flops(CONFIG, 10, DeepPooling(1, 0.8)) == 10 * 12 * 2 * 5
