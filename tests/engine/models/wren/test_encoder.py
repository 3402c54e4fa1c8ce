"""The ear's encoder against the one that transformers has."""

import pytest
import torch
from transformers import MoonshineConfig
from transformers.models.moonshine.modeling_moonshine import MoonshineEncoder

from engine.models.wren.encoder import FRAME, SpeechEncoder
from engine.models.wren.listener_config import BEAT, STATES, EncoderConfig


@pytest.fixture(scope="module")
def reference():
    torch.manual_seed(0)
    config = MoonshineConfig(hidden_size=64, intermediate_size=96, encoder_num_hidden_layers=2, encoder_num_attention_heads=2)
    model = MoonshineEncoder(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return model


@pytest.fixture(scope="module")
def encoder(reference):
    own = SpeechEncoder(EncoderConfig(dim=64, layers=2, heads=2, ffn=96, rotary_dim=28)).eval()
    theirs = reference.state_dict()
    weights = {
        "first.weight": theirs["conv1.weight"],
        "level.weight": theirs["groupnorm.weight"], "level.bias": theirs["groupnorm.bias"],
        "second.weight": theirs["conv2.weight"], "second.bias": theirs["conv2.bias"],
        "third.weight": theirs["conv3.weight"], "third.bias": theirs["conv3.bias"], "norm.weight": theirs["layer_norm.weight"],
    }  # fmt: skip
    for i in range(2):
        layer = f"layers.{i}."
        weights[f"{layer}qkv.weight"] = torch.cat([theirs[f"{layer}self_attn.{x}_proj.weight"] for x in "qkv"])
        for ours, name in (
            ("attention_norm.weight", "input_layernorm.weight"), ("out.weight", "self_attn.o_proj.weight"),
            ("mlp_norm.weight", "post_attention_layernorm.weight"), ("up.weight", "mlp.fc1.weight"), ("up.bias", "mlp.fc1.bias"),
            ("down.weight", "mlp.fc2.weight"), ("down.bias", "mlp.fc2.bias"),
        ):  # fmt: skip
            weights[layer + ours] = theirs[layer + name]
    own.load_state_dict(weights)
    return own


@torch.inference_mode()
def test_states_are_those_of_transformers(reference, encoder):
    samples = torch.randn(2, 9000) * 0.1
    torch.testing.assert_close(encoder(samples), reference(samples).last_hidden_state, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("samples", (895, 1278, 1279, 8000))
def test_it_says_how_many_states_there_will_be(encoder, samples):
    assert encoder(torch.zeros(1, samples)).shape[1] == encoder.frames(samples)


def test_a_beat_is_a_whole_number_of_states():
    assert BEAT == STATES * FRAME
