"""LFM2.5-Audio's language model against the reference: states of every layer, logits, and what its layers keep."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import torch

from engine.lm.backend_choice import VARIABLE
from engine.lm.decoder import Decoder
from engine.models.checkpoints.plan import lm_sizes, need
from engine.models.checkpoints.weights import Weights
from engine.models.lfm2audio.lfm2audio import with_frames
from engine.models.lfm2audio.lm import MODEL, RenamedTensors, read_config, tensor_shapes
from engine.models.store import catalogue
from engine.models.store.needs import of_release
from engine.models.tiny.lfm2audio import RELEASED as RELEASED_SIZE
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import lfm_file
from tests.rig.processes import ROOT

FILE, STEPS = "outputs/backbone.npz", "outputs/interleaved.npz"
FOLDER = golden_folder("lfm2audio") / index("lfm2audio")["checkpoint"]
ARRAYS = index("lfm2audio")["files"][FILE]
PROMPTS = [name.removesuffix("_inputs_embeds") for name in ARRAYS if name.endswith("_inputs_embeds")]
WITH_STATE = next(name.removesuffix("_conv_state") for name in ARRAYS if name.endswith("_conv_state"))

recorded_here = pytest.mark.skipif(
    not (golden_folder("lfm2audio") / FILE).exists(), reason="this set is without the language model"
)


@pytest.fixture(scope="module")
def decoder():
    config, weights = read_config(FOLDER), Weights.of_folder(FOLDER)
    weights.check(tensor_shapes(config), MODEL)
    return Decoder(config, RenamedTensors(config, weights))


@pytest.fixture(scope="module")
def recorded():
    return lfm_file(FILE)


def through(decoder, cache, embeddings):
    """States before the first layer and after each."""
    states = [embeddings]
    for layer in range(decoder.config.layers):
        states.append(decoder.run(states[-1], 0, cache, layer, layer + 1))
    return torch.stack(states)


def order(config):
    """Of a head's dimensions: ours are neighbours where two are rotated together, recorded are halves."""
    return torch.arange(config.head_dim).view(2, -1).t().flatten()


def check_state(decoder, cache, recorded, begins: str, start: int = 0):
    """What the layers keep, as recorded under names that begin so; keys and values from position `start` on."""
    config = decoder.config
    new = "new_" if start else ""
    kept = [cache.contents(layer) for layer in range(config.layers)]
    mixed = [kept[layer][-config.conv_taps :].t() for layer in config.conv_layers]
    recorded.check(f"{begins}_conv_state", torch.stack(mixed))
    pairs = [kept[layer][:, :, start:] for layer in range(config.layers) if layer not in config.conv_layers]
    keys, values = torch.stack(pairs, 1)
    back = torch.argsort(order(config))
    recorded.check(f"{begins}_{new}keys", keys[..., back])
    recorded.check(f"{begins}_{new}values", values)


@recorded_here
@pytest.mark.parametrize("prompt", PROMPTS)
def test_prompt(prompt, decoder, recorded):
    cache = decoder.new_cache(2048)
    states = through(decoder, cache, recorded[f"{prompt}_inputs_embeds"])
    compared = 0
    for name in (name for name in ARRAYS if name.startswith(prompt + "_hidden")):
        last = re.fullmatch(r".*_last(\d+)", name)
        recorded.check(name, states[:, -int(last[1]) :] if last else states)
        compared += 1
    assert compared
    norm, logits = decoder.norm(states[-1]), decoder.logits(states[-1])
    recorded.check(f"{prompt}_norm_last4", norm[-4:])
    if f"{prompt}_logits_last4" in ARRAYS:
        recorded.check(f"{prompt}_logits_last4", logits[-4:])
    best = logits.topk(2)
    recorded.check(f"{prompt}_argmax_gap", best.values[:, 0] - best.values[:, 1])
    is_clear = recorded[f"{prompt}_argmax_gap"] > ARRAYS[f"{prompt}_argmax"]["tie"]
    assert (best.indices[:, 0] == recorded[f"{prompt}_argmax"])[is_clear].all() and is_clear.any()


@recorded_here
def test_what_the_layers_keep_after_a_prompt_and_after_steps(decoder, recorded):
    embeddings, fed = recorded[f"{WITH_STATE}_inputs_embeds"], lfm_file(STEPS)
    cache = decoder.new_cache(2048)
    decoder.run(embeddings, 0, cache)
    check_state(decoder, cache, recorded, WITH_STATE)
    after = next(name.removesuffix("_norm") for name in ARRAYS if re.fullmatch(r"after\d+_norm", name))
    steps, rows = int(after.removeprefix("after")), fed[f"{WITH_STATE.removesuffix('_turn')}_fed_embeddings"]
    norms = [decoder.norm(decoder.run(rows[step : step + 1], len(embeddings) + step, cache)) for step in range(steps)]
    recorded.check(f"{after}_norm", torch.cat(norms))
    check_state(decoder, cache, recorded, after, start=len(embeddings))


@recorded_here
def test_small_states_tell_a_wrong_epsilon(decoder, recorded):
    recorded.check("small_norm", decoder.norm(decoder.run(recorded["small_inputs"], 0, decoder.new_cache(64))))


# --- the folder -------------------------------------------------------------------------------------------------------

RELEASED = {
    "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 65536,
    "block_auto_adjust_ff_dim": True, "block_ff_dim": 12288, "block_ffn_dim_multiplier": 1.0, "block_multiple_of": 256,
    "conv_L_cache": 3, "conv_bias": False, "norm_eps": 1e-5, "rope_theta": 1e6, "max_position_embeddings": 128000,
}  # fmt: skip


def config_of(tmp_path, **changes):
    lfm = {**RELEASED, "full_attn_idxs": [2, 5, 8, 10, 12, 14], **changes}
    (tmp_path / "config.json").write_text(json.dumps({"lfm": lfm}), encoding="utf-8")
    return read_config(tmp_path)


def test_released_names_and_shapes_as_others_report_them(tmp_path):
    """Second-hand: nobody here has seen the released folder."""
    config = config_of(tmp_path)
    assert config.ffn == 8192 and len(config.conv_layers) == 10 and 2 not in config.conv_layers
    shapes = tensor_shapes(config)
    assert shapes["lfm.layers.0.conv.in_proj.weight"] == (6144, 2048)
    assert shapes["lfm.layers.2.self_attn.k_proj.weight"] == (512, 2048)
    assert sum(torch.Size(shape).numel() for shape in shapes.values()) == pytest.approx(1170.3e6, rel=1e-4)
    tensors = RenamedTensors(config, {name: torch.empty(shape, device="meta") for name, shape in shapes.items()})
    assert len(tensors) == len(shapes) and all(name in tensors for name in tensors)


def test_both_ways_to_say_which_layers_attend(tmp_path):
    kinds = ["full_attention" if layer in (2, 5, 8, 10, 12, 14) else "conv" for layer in range(16)]
    assert config_of(tmp_path, layer_types=kinds) == config_of(tmp_path)


@pytest.mark.parametrize(
    ("changes", "width"),
    [({"block_auto_adjust_ff_dim": False}, 12288), ({"block_ffn_dim_multiplier": None}, 8192), ({"block_ff_dim": 1000}, 768),
     ({"block_ff_dim": None, "intermediate_size": 3000}, 2048)],
)  # fmt: skip
def test_the_real_width_of_the_feed_forward(changes, width, tmp_path):
    assert config_of(tmp_path, **changes).ffn == width


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"hidden_size": "wide"}, "hidden_size"), ({"conv_bias": True}, "conv_bias"), ({"layer_types": ["conv"]}, "layer_types"),
     ({"layer_types": ["mamba"] * 16}, "layer_types"), ({"norm_eps": None}, "norm_eps"), ({"conv_L_cache": 0}, "conv_L_cache"),
     ({"num_key_value_heads": 7}, "KV heads"), ({"full_attn_idxs": None}, "layer_types")],
)  # fmt: skip
def test_a_config_that_cannot_be_used_is_named(changes, said, tmp_path):
    with pytest.raises(ValueError, match=said) as error:
        config_of(tmp_path, **changes)
    assert str(tmp_path / "config.json") in str(error.value)


def test_a_config_of_another_model_is_named(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    with pytest.raises(ValueError, match="not of LFM2.5-Audio"):
        read_config(tmp_path)


class Stored:
    """Weights of a release, as the planner asks for them."""

    def type(self, name: str) -> torch.dtype:
        return torch.bfloat16


@pytest.mark.parametrize(("device", "precision"), [("cuda", "bf16"), ("cuda", "int8"), ("cpu", "int8"), ("cpu", "int4")])
def test_the_readme_and_the_catalogue_say_what_the_planner_counts(device, precision, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "onnxruntime")
    config, depth = config_of(tmp_path), RELEASED_SIZE.depth_config
    sizes = with_frames(lm_sizes(MODEL, config, tensor_shapes(config), Stored(), 0, 0, 0), replace(depth, tied=True))
    counted = need(sizes, precision, config.context, device)
    of_cards, of_processors = (ROOT / "README.md").read_text(encoding="utf-8").split("| on a processor |")
    lines = (of_cards if device == "cuda" else of_processors).splitlines()
    row = next(line for line in lines if line.startswith(f"| {MODEL}, {precision}"))
    weights, kv, *loading, ear_and_voice, libraries, whole = [
        float(cell.strip().removesuffix(" GB")) * 1e9 for cell in row.split("|")[2:-1]
    ]
    found = [counted.weights, counted.kv, counted.reserve, *([counted.loading] if loading else [])]
    assert [weights, kv, libraries, *loading] == pytest.approx(found, abs=0.051e9)
    assert weights + max(kv, *loading, 0) + ear_and_voice + libraries == pytest.approx(whole, abs=0.2e9)
    listed = of_release(next(one for one in catalogue.read() if one.family == "lfm2audio"))
    if (device, precision) == ("cuda", "bf16"):
        assert (listed.weights, listed.kv) == (counted.weights, counted.kv)
