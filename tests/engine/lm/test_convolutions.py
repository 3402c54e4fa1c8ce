"""Layers with short convolutions among those with attention: against transformers' LFM2, and with all that a cache can do."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from transformers import Lfm2Config, Lfm2ForCausalLM

from engine.decoding.interleaved import decode
from engine.events import Token
from engine.lm.decoder import Decoder
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import parse
from tests.engine.decoding.full_depth import largest_difference
from tests.engine.lm.test_decoder import IDS, assert_equal_logits, prefill_then_steps
from tests.engine.random_lm import MIXED, ChunkPattern, RandomModel, random_tensors

PROMPT = [1, 2, 3, 9, 10]
NAMES = (
    ("input_layernorm", "operator_norm"), ("post_attention_layernorm", "ffn_norm"), ("self_attn.o_proj", "self_attn.out_proj"),
    ("q_norm", "q_layernorm"), ("k_norm", "k_layernorm"), ("mlp.gate_proj", "feed_forward.w1"),
    ("mlp.up_proj", "feed_forward.w3"), ("mlp.down_proj", "feed_forward.w2"), ("model.norm", "model.embedding_norm"),
)  # fmt: skip


def to_lfm2(config, tensors):
    kinds = ["conv" if layer in config.conv_layers else "full_attention" for layer in range(config.layers)]
    model = Lfm2ForCausalLM(
        Lfm2Config(
            vocab_size=config.vocabulary, hidden_size=config.dim, intermediate_size=config.ffn, num_hidden_layers=config.layers,
            num_attention_heads=config.heads, num_key_value_heads=config.kv_heads, norm_eps=config.norm_eps,
            conv_L_cache=config.conv_taps, layer_types=kinds, max_position_embeddings=config.context,
            block_auto_adjust_ff_dim=False, rope_parameters={"rope_type": "default", "rope_theta": config.rope_theta},
            tie_word_embeddings=False, pad_token_id=None, bos_token_id=None, eos_token_id=None,
        )
    )  # fmt: skip

    def renamed(name: str) -> str:
        for ours, theirs in NAMES:
            name = name.replace(ours, theirs)
        return name

    model.load_state_dict({renamed(name): tensor for name, tensor in tensors.items()})
    return model.float().eval()


@pytest.mark.parametrize("prompt", [1, 2, 17, 40])
@pytest.mark.parametrize("taps", [1, 3, 4])
def test_lfm2(taps, prompt):
    config = replace(MIXED, conv_taps=taps)
    tensors = random_tensors(config)
    assert_equal_logits(to_lfm2(config, tensors), Decoder(config, tensors), prompt)


def test_layer_ranges_compose_and_a_roll_back_leaves_nothing():
    decoder = RandomModel(shape=MIXED).decoder
    states, one, two = decoder.embed(IDS), decoder.new_cache(), decoder.new_cache()
    whole = decoder.run(states, 0, one)
    lower = decoder.run(states, 0, two, 0, 2)
    torch.testing.assert_close(decoder.run(lower, 0, two, 2, 4), whole, atol=0, rtol=0)

    decoder.run(decoder.embed(IDS[::-1]), len(IDS), two)
    two.roll_back(23)
    again = decoder.run(states[23:], 23, two)
    torch.testing.assert_close(again, whole[23:], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_fewer_bits_are_close(dtype):
    tensors = random_tensors(MIXED)
    exact = prefill_then_steps(Decoder(MIXED, tensors), IDS, 9)
    rough = prefill_then_steps(Decoder(MIXED, tensors, dtype, int8=True), IDS, 9)
    assert torch.nn.functional.cosine_similarity(exact, rough).min() > 0.9


def test_what_was_left_out_is_not_mixed():
    decoder = RandomModel(shape=MIXED).decoder
    states, cache, short = decoder.embed(IDS[:6]), decoder.new_cache(), decoder.new_cache()
    kept = [0, 1, 4, 5]
    through = decoder.run(states[kept], 0, cache, 0, 2, positions=kept)
    torch.testing.assert_close(through, decoder.run(states[kept], 0, short, 0, 2), atol=1e-6, rtol=1e-6)
    assert cache.contents(0).equal(short.contents(0)) and cache.filled(0) == 6 and cache.entries(0) == 4


@pytest.mark.parametrize("heads", ["random", "perfect"])
@pytest.mark.parametrize("schedule", ["full", "fixed:2", "spark:k=4,last@2", "spark:k=4,last@3+review"])
def test_after_every_full_step_each_layer_holds_what_full_depth_does(schedule, heads):
    model = RandomModel(3, heads, MIXED)
    worst, steps = largest_difference(model, PROMPT, ChunkPattern(), schedule, 50)
    assert worst < 1e-5 and steps > 5


def reply(schedule: str) -> list[int]:
    model = RandomModel(4, "lens", MIXED)
    decoding = decode(model, *model.prompt(PROMPT), ChunkPattern(), parse(schedule), Sampler(Sampling(), 0))
    return [event.id for event in decoding if isinstance(event, Token)]


def test_a_review_gives_full_depths_reply_and_propagating_another():
    full = reply("full")
    assert len(full) > 20 and reply("spark:k=4,last@2+review") == full
    assert len(reply("spark:k=4,last@2+propagate")) > 20


def test_how_much_is_held():
    cache = RandomModel(shape=MIXED).prompt()[0]
    assert cache.held_bytes() == 5 * 4 * (3 * MIXED.dim + 2 * MIXED.kv_heads * MIXED.head_dim)
