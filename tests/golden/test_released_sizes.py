"""Both language models at their released sizes, without memory: tensor names and shapes as published, and a decoder of them."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path

import pytest
import torch

from engine.benchmarks.random_weights import SHAPES
from engine.lm.backend_choice import VARIABLE
from engine.lm.config import LMConfig
from engine.models.checkpoints.plan import lm_sizes, need
from engine.models.checkpoints.precision import build_decoder
from engine.models.glm4voice import lm as glm
from engine.models.stepaudio2 import lm as step
from engine.models.store import catalogue
from engine.models.store.needs import of_release
from tests.golden.families import folder_of
from tests.rig.processes import ROOT

RELEASED = {
    "glm4voice": {
        "model_type": "chatglm", "num_layers": 40, "num_hidden_layers": 40, "hidden_size": 4096, "ffn_hidden_size": 13696,
        "num_attention_heads": 32, "kv_channels": 128, "multi_query_attention": True, "multi_query_group_num": 2,
        "padded_vocab_size": 168960, "vocab_size": 168960, "add_qkv_bias": True, "add_bias_linear": False, "rmsnorm": True,
        "layernorm_epsilon": 3.90625e-08, "post_layer_norm": True, "original_rope": True, "rope_ratio": 1, "seq_length": 8192,
    },
    "stepaudio2": {
        "model_type": "step_audio_2",
        "text_config": {
            "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28,
            "num_key_value_heads": 4, "num_attention_groups": 4, "vocab_size": 158720, "rms_norm_eps": 1e-6,
            "rope_theta": 1e6, "max_position_embeddings": 16384,
        },
    },
}  # fmt: skip
AROUND = {
    "glm4voice": {
        "transformer.embedding.word_embeddings.weight": (168960, 4096),
        "transformer.encoder.final_layernorm.weight": (4096,),
        "transformer.output_layer.weight": (168960, 4096),
    },
    "stepaudio2": {
        "model.embed_tokens.weight": (158720, 3584),
        "model.norm.weight": (3584,),
        "lm_head.weight": (158720, 3584),
    },
}
LAYERS = {"glm4voice": "transformer.encoder.layers.{}.", "stepaudio2": "model.layers.{}."}
OF_A_LAYER = {
    "glm4voice": {
        "input_layernorm.weight": (4096,),
        "self_attention.query_key_value.weight": (4608, 4096),
        "self_attention.query_key_value.bias": (4608,),
        "self_attention.dense.weight": (4096, 4096),
        "post_attention_layernorm.weight": (4096,),
        "mlp.dense_h_to_4h.weight": (27392, 4096),
        "mlp.dense_4h_to_h.weight": (4096, 13696),
    },
    "stepaudio2": {
        "self_attn.q_proj.weight": (3584, 3584),
        "self_attn.q_proj.bias": (3584,),
        "self_attn.k_proj.weight": (512, 3584),
        "self_attn.k_proj.bias": (512,),
        "self_attn.v_proj.weight": (512, 3584),
        "self_attn.v_proj.bias": (512,),
        "self_attn.o_proj.weight": (3584, 3584),
        "mlp.gate_proj.weight": (18944, 3584),
        "mlp.up_proj.weight": (18944, 3584),
        "mlp.down_proj.weight": (3584, 18944),
        "input_layernorm.weight": (3584,),
        "post_attention_layernorm.weight": (3584,),
    },
}
DEPTHS = {"glm4voice": 40, "stepaudio2": 28}
PARAMETERS = {"glm4voice": 9.543e9, "stepaudio2": 7.663e9}


@pytest.fixture(params=["glm4voice", "stepaudio2"])
def family(request, tmp_path: Path):
    """The name, the module, and the released config as it is read."""
    (tmp_path / "config.json").write_text(json.dumps(RELEASED[request.param]))
    module = glm if request.param == "glm4voice" else step
    return request.param, module, module.read_config(tmp_path)


def test_names_and_shapes(family):
    name, module, config = family
    wanted = dict(AROUND[name])
    for layer in map(LAYERS[name].format, range(DEPTHS[name])):
        wanted |= {layer + tensor: shape for tensor, shape in OF_A_LAYER[name].items()}
    assert module.tensor_shapes(config) == wanted
    assert sum(map(prod, wanted.values())) == pytest.approx(PARAMETERS[name], rel=1e-3)


def test_config(family):
    name, _, config = family
    assert isinstance(config, LMConfig)
    assert config == SHAPES[name]
    if name == "glm4voice":
        assert (config.rotary_dim, config.rope_interleaved, config.rope_theta, config.norm_eps) == (64, True, 1e4, 3.90625e-08)
    else:
        assert (config.rotary_dim, config.rope_interleaved, config.head_dim) == (128, False, 128)


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_a_decoder_without_memory(family, precision):
    name, module, config = family
    stored = {
        tensor: torch.empty(shape, dtype=torch.bfloat16, device="meta") for tensor, shape in module.tensor_shapes(config).items()
    }
    tensors = glm.DecoderTensors(config, stored) if name == "glm4voice" else step.decoder_tensors(config, stored)
    decoder = build_decoder(config, tensors, precision, "meta")
    assert decoder.head.rows().shape == (config.vocabulary, config.dim)
    cache = decoder.new_cache(16)
    states = decoder.run(torch.empty(3, config.dim, dtype=decoder.dtype, device="meta"), 0, cache)
    assert decoder.logits(states).shape == (3, config.vocabulary)


class Stored:
    """Weights of a release, as the planner asks for them."""

    def type(self, name: str) -> torch.dtype:
        return torch.bfloat16


@pytest.mark.parametrize(("device", "precision"), [("cuda", "bf16"), ("cuda", "int8"), ("cpu", "int8"), ("cpu", "int4")])
def test_the_readme_says_what_the_planner_counts(family, device, precision, monkeypatch):
    monkeypatch.setenv(VARIABLE, "onnxruntime")
    name, module, config = family
    title, speech_codes = {"glm4voice": ("GLM-4-Voice", 16384), "stepaudio2": ("Step-Audio 2", 6561)}[name]
    of_cards, of_processors = (ROOT / "README.md").read_text(encoding="utf-8").split("| on a processor |")
    lines = (of_cards if device == "cuda" else of_processors).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith(f"| {title}, ")]
    said = [float(cell.removesuffix(" GB")) * 1e9 for cell in next(row for row in rows if precision in row[0])[1:]]
    sizes = lm_sizes(title, config, module.tensor_shapes(config), Stored(), speech_codes, 0, 0)
    counted = need(sizes, precision, config.context, device)
    weights, kv, *loading, ear_and_voice, libraries, whole = said
    found = [counted.weights, counted.kv, counted.reserve, *([counted.loading] if loading else [])]
    assert [weights, kv, libraries, *loading] == pytest.approx(found, abs=0.051e9) and bool(counted.loading) == bool(loading)
    assert weights + max(kv, *loading, 0) + ear_and_voice + libraries == pytest.approx(whole, abs=0.2e9)  # of what is rounded
    if precision == "bf16":
        listed = of_release(next(one for one in catalogue.read() if one.family == name))
        assert (listed.weights, listed.kv, listed.libraries) == (counted.weights, counted.kv, counted.reserve)


def test_a_config_of_another_model_is_refused(tmp_path):
    for module, other in ((glm, "stepaudio2"), (step, "glm4voice")):
        with pytest.raises(ValueError, match="model_type|model, not of"):
            module.read_config(folder_of(other))
    (tmp_path / "config.json").write_text('{"model_type": "chatglm", "num_layers": 0}')
    with pytest.raises(ValueError, match="lacks|must be"):
        glm.read_config(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({**RELEASED["glm4voice"], "add_bias_linear": True}))
    with pytest.raises(ValueError, match="add_bias_linear"):
        glm.read_config(tmp_path)
