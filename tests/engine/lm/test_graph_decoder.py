"""The decoder that onnxruntime runs does what torch's does, whatever steps come in whatever order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch

from engine.lm import checkpoint, graph
from engine.lm.allowed_ids import AllowedIds
from engine.lm.bits import Bits
from engine.lm.decoder import Decoder
from engine.lm.graph_decoder import GraphDecoder
from engine.lm.heads import ExitHead
from tests.engine.random_lm import MIXED, SHAPE, random_tensors

WIDE = replace(SHAPE, head_dim=16)
SHAPES = {
    "llama": WIDE,
    "one KV head, biases": replace(WIDE, kv_heads=1, qkv_bias=True),
    "half of each head rotated, pairs side by side": replace(WIDE, rotary_dim=8, rope_interleaved=True, qkv_bias=True),
    "convolutions and normed heads": replace(MIXED, head_dim=16),
    "convolutions alone, of a single tap": replace(MIXED, head_dim=16, conv_layers=(0, 1, 2, 3), conv_taps=1),
    "normed heads": replace(WIDE, qk_norm=True),
}


def close(found, wanted):
    torch.testing.assert_close(found, wanted, atol=2e-5, rtol=1e-5)


def both(config):
    tensors = random_tensors(config)
    return Decoder(config, tensors), GraphDecoder(config, tensors)


class Pair:
    """The same steps on both decoders; states and caches are compared after each."""

    def __init__(self, config, seed):
        self.reference, self.graph = both(config)
        self.caches = self.reference.new_cache(), self.graph.new_cache()
        self.rng, self.layers = random.Random(seed), config.layers

    def run(self, first, last, count, positions=None, end=None):
        start = self.caches[0].filled(first)
        states = torch.randn(count, SHAPE.dim, generator=torch.Generator().manual_seed(self.rng.randrange(10**6)))
        wanted = self.reference.run(states, start, self.caches[0], first, last, positions, end)
        close(self.graph.run(states, start, self.caches[1], first, last, positions, end), wanted)

    def step(self):
        """Anything that decoding, prefilling and pooling do."""
        rng, cache = self.rng, self.caches[0]
        at = cache.position
        layer = rng.randrange(1, self.layers)
        match rng.choice(("whole", "whole", "ranges", "pooled", "hole", "propagate", "back")):
            case "whole":
                self.run(0, self.layers, rng.choice((1, 1, 3, 20)))
            case "ranges":
                count = rng.choice((1, 5))
                self.run(0, layer, count)
                self.run(layer, self.layers, count)
            case "pooled":
                self.run(0, layer, 6)
                self.run(layer, self.layers, 2, [at + 1, at + 4], at + 6)
            case "hole":
                self.run(0, layer, 1)
                for each in self.caches:
                    each.skip(layer, self.layers, at + 1)
            case "propagate":
                self.run(0, layer, 2)
                states = torch.randn(2, SHAPE.dim, generator=torch.Generator().manual_seed(at))
                self.reference.propagate(states, at, self.caches[0], layer)
                self.graph.propagate(states, at, self.caches[1], layer)
            case "back":
                for each in self.caches:
                    each.roll_back(max(0, at - 7))
        for number in range(self.layers):
            assert list(self.caches[1].positions(number)) == list(cache.positions(number))
            close(self.caches[1].contents(number), cache.contents(number))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("alone", [False, True], ids=["one graph", "a graph a layer"])
def test_any_steps_give_what_torch_gives(shape, seed, alone, monkeypatch):
    if alone:
        monkeypatch.setattr("engine.lm.graph_decoder._VALUES", shape.layer_values)
    pair = Pair(shape, seed)
    for _ in range(25):
        if pair.caches[0].position > SHAPE.context - 25:
            break
        pair.step()


def test_the_last_position_is_one_like_the_others():
    pair = Pair(WIDE, 1)
    pair.run(0, WIDE.layers, WIDE.context - 2)
    for _ in range(2):
        pair.run(0, WIDE.layers, 1)
    assert pair.caches[1].position == WIDE.context


@pytest.mark.parametrize("tied", [False, True])
def test_heads_give_the_logits_of_what_may_be_chosen(tied, monkeypatch):
    monkeypatch.setattr("engine.lm.graph_head._ROWS", 6)  # the vocabulary is in four parts
    tensors = random_tensors(WIDE)
    if tied:
        del tensors["lm_head.weight"]
    reference, made = Decoder(WIDE, tensors), GraphDecoder(WIDE, tensors)
    states, allowed = torch.randn(3, SHAPE.dim), AllowedIds(SHAPE.vocabulary, [7, 20])
    close(made.logits(states), reference.logits(states))
    found = made.logits(states, allowed)
    close(allowed.gather(found), allowed.gather(reference.logits(states)))
    assert found[:, :6].isneginf().all() and found[:, 12:18].isneginf().all()  # nobody asked for those parts
    close(made.head.rows(torch.tensor([3, 21])), reference.head.rows(torch.tensor([3, 21])))


def test_rows_of_eight_bits_stay_what_they_are(tmp_path):
    config = replace(WIDE, ffn=80)  # blocks that the rows do not fill
    checkpoint.write(tmp_path / "lm.safetensors", random_tensors(config), int8=True)
    tensors = checkpoint.read(tmp_path / "lm.safetensors")
    reference, made = Decoder(config, tensors), GraphDecoder(config, tensors, Bits(8, exact_inputs=True))
    states = torch.randn(9, SHAPE.dim)
    close(made.run(states, 0, made.new_cache()), reference.run(states, 0, reference.new_cache()))
    close(made.logits(states), reference.logits(states))


@pytest.mark.parametrize("bits", [Bits(8), Bits(4), Bits(4, wide=1 / 4)], ids=str)
def test_fewer_bits_stay_close(bits):
    config = replace(WIDE, dim=128, ffn=256)
    tensors, states = random_tensors(config), torch.randn(9, config.dim, generator=torch.Generator().manual_seed(0))
    decoders = Decoder(config, tensors), GraphDecoder(config, tensors, bits)

    def apart(compute) -> float:
        wanted, found = map(compute, decoders)
        return float((found - wanted).norm() / wanted.norm())

    for layers, kept in ((1, bits.of_layer(0, 4)), (4, bits)):
        error = apart(lambda decoder, last=layers: decoder.run(states, 0, decoder.new_cache(), 0, last) - states)
        assert error < layers * (0.03 if kept.count == 8 else 0.25) and (error > 0.06) == (kept.count == 4)
    assert (apart(lambda decoder: decoder.logits(states)) > 0.03) == (bits.of_head.count == 4)


def test_another_number_of_threads_gives_the_same(one_thread):
    made = GraphDecoder(WIDE, random_tensors(WIDE))
    states = torch.randn(4, SHAPE.dim)
    before, logits = made.run(states, 0, made.new_cache()), made.logits(states)
    torch.set_num_threads(2)
    close(made.run(states, 0, made.new_cache()), before)
    close(made.logits(states), logits)


def test_a_cache_of_another_decoder_is_refused():
    reference, made = both(WIDE)
    with pytest.raises(TypeError, match="its own decoder"):
        made.run(torch.randn(1, SHAPE.dim), 0, reference.new_cache())


def test_graphs_as_long_as_one_may_be_are_not_joined(monkeypatch):
    monkeypatch.setattr("engine.lm.graph_decoder._VALUES", 2 * WIDE.layer_values)
    made = GraphDecoder(WIDE, random_tensors(WIDE))
    assert made._cuts == [0, 2, 4]
    made.prepare([3])
    assert made._cuts == [0, 2, 3, 4]
    made.prepare([])
    assert made._cuts == [0, 2, 4]


def test_what_was_prepared_is_not_waited_for(monkeypatch):
    made = GraphDecoder(WIDE, random_tensors(WIDE))
    made.run(torch.randn(2, SHAPE.dim), 0, made.new_cache(), 0, 1)
    made.prepare([2])
    assert made._cuts == [0, 2, SHAPE.layers]  # what was cut for the step before is joined
    monkeypatch.setattr(graph, "session", lambda model: pytest.fail("a graph was made"))
    cache = made.new_cache()
    states = made.run(torch.randn(3, SHAPE.dim), 0, cache, 0, 2)
    made.run(states, 0, cache, 2, SHAPE.layers)


@pytest.mark.parametrize("ids", [[3, 4, 5, 6], [2, 7, 20]])
def test_exit_heads_say_what_torch_says(ids):
    made, chosen = GraphDecoder(WIDE, random_tensors(WIDE)), torch.tensor(ids)
    norm, rows = torch.rand(SHAPE.dim), torch.randn(len(ids), SHAPE.dim)
    by_torch = ExitHead(norm, rows, chosen, SHAPE.vocabulary)
    by_graph = ExitHead(norm, rows, chosen, SHAPE.vocabulary, product=made.product(norm, rows))
    for count in (1, 3):
        states = torch.randn(count, SHAPE.dim)
        close(by_graph.logits(states), by_torch.logits(states))


@pytest.mark.skipif(torch.backends.cpu.get_cpu_capability() != "AVX512", reason="other kernels may add up otherwise")
@pytest.mark.parametrize("past", [5, 150])
def test_a_rows_result_depends_on_nothing_else(tmp_path, past):
    config = replace(WIDE, dim=256, heads=4, kv_heads=4, head_dim=64, ffn=704, layers=3, context=200)
    checkpoint.write(tmp_path / "lm.safetensors", random_tensors(config), int8=True)
    made = GraphDecoder(config, checkpoint.read(tmp_path / "lm.safetensors"), Bits(8))
    caches = [made.new_cache() for _ in range(3)]
    for cache in caches:
        made.run(made.embed(torch.arange(past) % SHAPE.vocabulary), 0, cache)
    states = made.embed(torch.arange(7) % SHAPE.vocabulary)
    at_once = made.run(states, past, caches[0])
    one_by_one = torch.cat([made.run(states[i : i + 1], past + i, caches[1]) for i in range(7)])
    assert torch.equal(one_by_one, at_once)
    assert torch.equal(torch.cat([made.logits(at_once[i : i + 1]) for i in range(7)]), made.logits(at_once))
    low = torch.cat([made.run(states[i : i + 1], past + i, caches[2], 0, 2) for i in range(7)])  # which cuts the graph
    assert torch.equal(made.run(low, past, caches[2], 2, 3), at_once)
    for number in range(3):
        assert torch.equal(caches[2].contents(number), caches[0].contents(number))
