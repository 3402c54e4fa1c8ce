"""The decoder against transformers' models, and the cache's levels."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from transformers import GlmConfig, GlmForCausalLM, Qwen2Config, Qwen2ForCausalLM

from engine.lm.cache import ContextFull
from engine.lm.decoder import Decoder
from engine.lm.llama import to_llama
from tests.engine.random_lm import SHAPE, RandomModel, random_tensors

IDS = torch.randint(0, SHAPE.vocabulary, (40,), generator=torch.Generator().manual_seed(3)).tolist()


def prefill_then_steps(decoder, ids, prompt):
    cache = decoder.new_cache()
    rows = [decoder.logits(decoder.run(decoder.embed(ids[:prompt]), 0, cache))]
    for position in range(prompt, len(ids)):
        rows.append(decoder.logits(decoder.run(decoder.embed(ids[position : position + 1]), position, cache)))
    return torch.cat(rows)


def assert_equal_logits(reference, decoder, prompt):
    with torch.inference_mode():
        wanted = reference(torch.tensor([IDS])).logits[0]
    # processors sum in different orders: up to 1.2e-5 apart was seen
    torch.testing.assert_close(prefill_then_steps(decoder, IDS, prompt), wanted, atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("prompt", [1, 17, 40])
@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_llama(kv_heads, prompt):
    config = replace(SHAPE, kv_heads=kv_heads, rope_theta=500.0)
    tensors = random_tensors(config)
    assert_equal_logits(to_llama(config, tensors), Decoder(config, tensors), prompt)


def test_tied_head():
    tensors = random_tensors(SHAPE)
    del tensors["lm_head.weight"]
    assert_equal_logits(to_llama(SHAPE, tensors), Decoder(SHAPE, tensors), 7)


def common(config):
    return {
        "vocab_size": config.vocabulary,
        "hidden_size": config.dim,
        "intermediate_size": config.ffn,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "rms_norm_eps": config.norm_eps,
        "max_position_embeddings": config.context,
        "pad_token_id": None,
    }


def test_qwen2_biases():
    config = replace(SHAPE, qkv_bias=True)
    tensors = random_tensors(config)
    qwen = Qwen2ForCausalLM(Qwen2Config(**common(config))).eval()
    qwen.load_state_dict(tensors)
    assert_equal_logits(qwen, Decoder(config, tensors), 17)
    with pytest.raises(ValueError, match="Llama"):
        to_llama(config, tensors)


def test_glm_interleaved_partial_rotary():
    config = replace(SHAPE, rotary_dim=4, rope_interleaved=True, qkv_bias=True)
    tensors = random_tensors(config)
    rope = {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}
    glm = GlmForCausalLM(GlmConfig(**common(config), head_dim=8, attention_bias=True, rope_parameters=rope, eos_token_id=None))
    state = dict(tensors)
    for index in range(config.layers):
        mlp = f"model.layers.{index}.mlp."
        state[mlp + "gate_up_proj.weight"] = torch.cat([state.pop(mlp + "gate_proj.weight"), state.pop(mlp + "up_proj.weight")])
    glm.load_state_dict(state)
    assert_equal_logits(glm.eval(), Decoder(config, tensors), 17)


def test_half_rotary_as_in_llama_halves():
    """Partial rotation without interleaving equals the interleaved one after reordering the projections' rows."""
    halves = replace(SHAPE, rotary_dim=4)
    tensors = random_tensors(halves)
    reordered = dict(tensors)
    for name in tensors:
        if "q_proj" in name or "k_proj" in name:
            rows = tensors[name].unflatten(0, (-1, 8))
            reordered[name] = rows[:, [0, 2, 1, 3, 4, 5, 6, 7]].flatten(0, 1)
    pairs = Decoder(replace(halves, rope_interleaved=True), reordered)
    torch.testing.assert_close(
        prefill_then_steps(pairs, IDS, 9), prefill_then_steps(Decoder(halves, tensors), IDS, 9), atol=1e-5, rtol=1e-5
    )


def test_bfloat16_is_close():
    tensors = random_tensors(SHAPE)
    exact = prefill_then_steps(Decoder(SHAPE, tensors), IDS, 9)
    rough = prefill_then_steps(Decoder(SHAPE, tensors, torch.bfloat16), IDS, 9)
    assert rough.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(exact, rough).min() > 0.97


def test_layer_ranges_compose():
    model = RandomModel()
    one, two = model.decoder.new_cache(), model.decoder.new_cache()
    states = model.decoder.embed(IDS)
    whole = model.decoder.run(states, 0, one)
    lower = model.decoder.run(states, 0, two, 0, 3)
    assert [two.filled(layer) for layer in range(4)] == [40, 40, 40, 0] and two.position == 0
    torch.testing.assert_close(model.decoder.run(lower, 0, two, 3, 4), whole, atol=0, rtol=0)
    assert states.equal(model.decoder.embed(IDS))


def test_roll_back_then_other_tokens():
    model = RandomModel()
    cache, _ = model.prompt(IDS[:30])
    cache.roll_back(12)
    assert cache.position == 12
    rows = model.decoder.run(model.decoder.embed([5, 6, 7]), 12, cache)
    _, wanted = model.prompt([*IDS[:12], 5, 6, 7])
    torch.testing.assert_close(model.decoder.logits(rows[-1:]), wanted, atol=1e-5, rtol=1e-5)
    assert cache.contents(0).shape == (2, 2, 15, 8)
    cache.roll_back(99)
    assert cache.position == 15


def test_gaps_and_overflow_are_refused_and_change_nothing():
    model = RandomModel()
    cache, _ = model.prompt(IDS[:10], capacity=12)
    with pytest.raises(ContextFull, match="12 positions"):
        model.decoder.run(model.decoder.embed([1, 2, 3]), 10, cache)
    with pytest.raises(ValueError, match="position 11"):
        model.decoder.run(model.decoder.embed([1]), 11, cache)
    assert cache.position == 10


def test_wrong_weights_are_named():
    tensors = random_tensors(SHAPE)
    with pytest.raises(ValueError, match="q_proj"):
        Decoder(replace(SHAPE, heads=2), tensors)
    del tensors["model.norm.weight"]
    with pytest.raises(KeyError, match="model.norm.weight"):
        Decoder(SHAPE, tensors)
