"""Damaged, incomplete and hostile model folders: one sentence that says what is wrong, nothing executed, exit code 1."""

from __future__ import annotations

import re
import shutil

import pytest
import torch

from engine.models.checkpoints.weights import Weights
from tests.golden import golden_folder
from tests.golden.conversations import FAMILIES
from tests.golden.families import folder_of
from tests.golden.spoiling import (
    Release,
    assert_one_sentence,
    change_json,
    change_pt,
    change_safetensors,
    cut,
    nan,
    narrower,
    said,
    shard_of,
)
from tests.golden.variants import INDEX


def a_short_shard(release):
    return cut(release.shards[1])


def a_short_header(release):
    return cut(release.shards[0], release.shards[0].stat().st_size - 200)


def a_missing_shard(release):
    release.shards[0].unlink()
    return [release.shards[0].name, "missing"]


def a_missing_index(release):
    (release.folder / INDEX).unlink()
    return [INDEX, "missing"]


def nan_in_the_language_model(release):
    shard = shard_of(release, release.norm)
    change_safetensors(shard, release.norm, nan)
    return [shard.name, release.norm, "not finite"]


def nan_in_the_listener(release):
    shard = release.ear if release.name == "glm4voice" else shard_of(release, release.listening)
    change_safetensors(shard, release.listening, nan)
    return [shard.name, release.listening, "not finite"]


def nan_in_the_vocoder(release):
    change_pt(release.vocoder / "flow.pt", "encoder_proj.weight", nan)
    return ["flow.pt", "encoder_proj.weight", "not finite"]


def nan_in_the_end_of_the_vocoder(release):
    change_pt(release.vocoder / "hift.pt", "conv_pre.bias", nan)
    return ["hift.pt", "conv_pre.bias", "not finite"]


def another_shape_in_the_language_model(release):
    shard = shard_of(release, release.norm)
    width = len(Weights.of_folder(release.folder)[release.norm])
    change_safetensors(shard, release.norm, narrower)
    return [shard.name, release.norm, f"[{width - 1}]", f"[{width}]"]


def another_shape_in_the_listener(release):
    shard = release.ear if release.name == "glm4voice" else shard_of(release, release.listening)
    change_safetensors(shard, release.listening, narrower)
    return [str(shard), release.listening, "asks for"]


def another_shape_in_the_flow(release):
    before, after = change_pt(release.vocoder / "flow.pt", "encoder_proj.weight", narrower)
    return [str(release.vocoder / "flow.pt"), "encoder_proj.weight", f"[{after}, ", f"[{before}, "]


def another_shape_in_hift(release):
    change_pt(release.vocoder / "hift.pt", "f0_predictor.classifier.weight", lambda tensor: tensor[:, :-1].clone())
    return [str(release.vocoder / "hift.pt"), "f0_predictor.classifier.weight", "asks for"]


def a_tensor_less_in_the_flow(release):
    tensors = torch.load(release.vocoder / "flow.pt", weights_only=True)
    del tensors["encoder.after_norm.weight"]
    torch.save(tensors, release.vocoder / "flow.pt")
    return ["flow.pt", "no tensor encoder.after_norm.weight"]


def the_config_of_the_other_family(release):
    other = next(name for name in FAMILIES if name != release.name)
    shutil.copy(folder_of(other) / "config.json", release.folder / "config.json")
    return [str(release.folder)]


def the_config_of_an_unknown_family(release):
    change_json(release.folder / "config.json", lambda config: {"model_type": "llama", "architectures": ["LlamaForCausalLM"]})
    return ["llama", "does not know"]


def a_config_with_a_word_for_a_number(release):
    def change(config):
        part = config.get("text_config", config)
        part["hidden_size"] = str(part["hidden_size"])
        return config

    change_json(release.folder / "config.json", change)
    return ["config.json", "hidden_size"]


def a_config_with_far_too_many_layers(release):
    def change(config):
        part = config.get("text_config", config)
        part["num_layers" if "num_layers" in part else "num_hidden_layers"] = 10**12
        return config

    change_json(release.folder / "config.json", change)
    return ["config.json", "layers", "1000000000000"]


def a_vocoder_with_far_too_many_blocks(release):
    text = release.yaml.read_text(encoding="utf-8")
    name = "num_mid_blocks" if release.name == "glm4voice" else "depth"
    release.yaml.write_text(re.sub(rf"{name}: \d+", f"{name}: 1000000000", text), encoding="utf-8")
    return [str(release.yaml), "1000000000"]


def a_config_with_heads_that_do_not_fit(release):
    def change(config):
        part = config.get("text_config", config)
        part["num_attention_heads"] = 2 * part["num_attention_heads"] + 1  # no multiple of the KV heads
        return config

    change_json(release.folder / "config.json", change)
    return ["config.json", "heads"]


def the_vocoder_of_the_other_family(release):
    other = next(name for name in FAMILIES if name != release.name)
    place = next(golden_folder(other).rglob("flow.pt")).parent
    shutil.copy(next(place.glob("*.yaml")), release.yaml)
    return [str(release.yaml), "of another model"]


def a_command_in_the_yaml(release):
    text = release.yaml.read_text(encoding="utf-8")
    release.yaml.write_text(f'{text}\nextra: !!python/object/apply:os.system ["touch {release.marker}"]\n', encoding="utf-8")
    return [release.yaml.name, "python/object/apply"]


def a_command_that_stands_where_a_size_is_wanted(release):
    lines = release.yaml.read_text(encoding="utf-8").splitlines()
    at = max(i for i, line in enumerate(lines) if line.strip().startswith("vocab_size:"))
    start = lines[at].split(":")[0]
    lines[at] = f'{start}: !apply:os.system ["touch {release.marker}"]'
    release.yaml.write_text("\n".join(lines), encoding="utf-8")
    return [str(release.yaml), "The vocoder's flow", "which must be whole"]


def a_program_in_the_flow(release):
    tensors = torch.load(release.vocoder / "flow.pt", weights_only=True)
    torch.save({**tensors, "extra": release.payload}, release.vocoder / "flow.pt")
    return ["flow.pt", "perhaps a program"]


def a_program_in_hift(release):
    torch.save({"conv_pre.weight": release.payload}, release.vocoder / "hift.pt")
    return ["hift.pt", "perhaps a program"]


def a_short_flow(release):
    cut(release.vocoder / "flow.pt")
    return ["flow.pt", "cut short"]


def an_index_that_leaves_the_folder(release):
    outside = release.folder.parent / "outside.safetensors"
    shutil.copy(release.shards[0], outside)

    def change(index):
        index["weight_map"] = {
            name: "../outside.safetensors" if file == release.shards[0].name else file
            for name, file in index["weight_map"].items()
        }
        return index

    change_json(release.folder / INDEX, change)
    return [INDEX, "../outside.safetensors"]


def an_index_with_an_absolute_path(release):
    change_json(release.folder / INDEX, lambda index: {"weight_map": dict.fromkeys(index["weight_map"], "/etc/passwd")})
    return [INDEX, "/etc/passwd"]


def an_index_of_something_else(release):
    change_json(release.folder / INDEX, lambda index: {"weight_map": ["x"]})
    return [INDEX, "damaged"]


def no_tokenizer(release):
    name = "tokenizer.model" if release.name == "glm4voice" else "tokenizer.json"
    (release.folder / name).unlink()
    return [name, "missing"]


def half_a_tokenizer(release):
    path = release.folder / ("tokenizer.model" if release.name == "glm4voice" else "tokenizer.json")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return [path.name]


SPOILS = [thing for name, thing in list(globals().items()) if callable(thing) and getattr(thing, "__code__", None)]
SPOILS = [spoil for spoil in SPOILS if spoil.__code__.co_varnames[:1] == ("release",) and spoil.__code__.co_argcount == 1]


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("name", FAMILIES)
def test_one_sentence(name, spoil, tmp_path, capsys):
    release = Release(name, tmp_path)
    words = spoil(release)
    code, out, err = said(capsys, "ask", "--model", release.folder, "--text", "Hello?", "--max-tokens", 5)
    assert code == 1 and out == ""
    assert_one_sentence(err, words)
    if not spoil.__name__.startswith("nan"):  # `check` reads no weights of the language model
        code, out, err = said(capsys, "models", "check", release.folder)
        assert code == 1 and "Traceback" not in out + err
    assert not release.marker.exists()


@pytest.mark.parametrize("name", FAMILIES)
def test_a_whole_folder_is_answered(name, folders, capsys):
    assert said(capsys, "models", "check", folders[name])[0] == 0
    assert said(capsys, "ask", "--model", folders[name], "--text", "Hello?", "--max-tokens", 5)[0] == 0
