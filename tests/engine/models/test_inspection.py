"""Folders with several things wrong at once: each is said, with file, tensor and shapes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.models import inspection
from engine.models.checkpoints.plan import RESERVE
from engine.models.tiny import make
from tests.engine.models.store.test_folders import WREN, copied, cut


@pytest.fixture
def glm(tmp_path):
    make("glm4voice", tmp_path / "glm")
    return tmp_path / "glm"


@pytest.fixture
def step(tmp_path):
    make("stepaudio2", tmp_path / "step")
    return tmp_path / "step"


def change(path: Path, **changed) -> None:
    """Replaces tensors of a file; None takes one out. Dots of names are written as two underscores."""
    stored = torch.load(path, weights_only=True) if path.suffix == ".pt" else load_file(path)
    for name, tensor in changed.items():
        name = name.replace("__", ".")
        assert name in stored
        del stored[name]
        if tensor is not None:
            stored[name] = tensor
    torch.save(stored, path) if path.suffix == ".pt" else save_file(stored, path)


def sentences(folder: Path) -> list[str]:
    found = [problem.sentence for problem in inspection.inspect(folder).problems]
    assert all(sentence.endswith((".", "]")) for sentence in found), found
    return found


def one(found: list[str], *words: str) -> None:
    assert len([sentence for sentence in found if all(word in sentence for word in words)]) == 1, (words, found)


def test_every_problem_of_a_glm_is_said(glm):
    change(glm / "glm-4-voice-tokenizer" / "model.safetensors", conv1__weight=torch.zeros(48, 80, 3), conv2__bias=None)
    change(glm / "glm-4-voice-decoder" / "flow.pt", encoder_proj__bias=torch.zeros(7))
    cut(glm / "glm-4-voice-decoder" / "hift.pt", 1000)
    (glm / "glm-4-voice-9b" / "tokenizer.model").unlink()
    found = sentences(glm)
    one(found, "conv1.weight", "[48, 80, 3]", "[48, 128, 3]", "glm-4-voice-tokenizer")
    one(found, "conv2.bias", "missing")
    one(found, "encoder_proj.bias", "flow.pt", "[7]", "[80]")
    one(found, "hift.pt", "cut short")
    one(found, "tokenizer.model is missing")
    assert len(found) == 5


def test_a_tensor_is_named_with_both_shapes(glm):
    change(glm / "glm-4-voice-decoder" / "flow.pt", encoder_proj__bias=torch.zeros(7))
    [problem] = inspection.inspect(glm).problems
    assert Path(problem.file).name == "flow.pt"
    assert (problem.tensor, problem.expected, problem.found) == ("encoder_proj.bias", (80,), (7,))


def test_a_shard_that_is_gone_is_one_problem(glm, step):
    for folder in (glm / "glm-4-voice-9b", step):
        (folder / "model-00002-of-00002.safetensors").unlink()
        found = sentences(folder)
        one(found, "model-00002-of-00002.safetensors is missing")
        assert len(found) == 1


def test_a_tensor_that_the_index_does_not_know(step):
    index = step / "model.safetensors.index.json"
    places = json.loads(index.read_text())
    del places["weight_map"]["model.norm.weight"]
    index.write_text(json.dumps(places))
    shard = next(path for path in step.glob("model-*.safetensors") if "model.norm.weight" in load_file(path))
    change(shard, model__norm__weight=None)
    one(sentences(step), "model.norm.weight", "missing", index.name)


def test_folders_that_are_gone_and_parts_of_other_models(glm, step):
    decoder = glm / "glm-4-voice-decoder"
    text = (decoder / "config.yaml").read_text()
    (decoder / "config.yaml").write_text(text.replace("vocab_size: 256", "vocab_size: 128"))
    found = sentences(glm)
    one(found, "input_embedding.weight", "[128, 32]")
    one(found, "speech codes differ", "128 in glm-4-voice-decoder")
    shutil.rmtree(decoder)
    one(sentences(glm), "glm-4-voice-decoder is missing")
    (step / "voices" / "noise.safetensors").unlink()
    one(sentences(step), "holds no voice")
    cut(step / "token2wav" / "flow.yaml", 40)
    assert any("flow.yaml" in sentence for sentence in sentences(step))


def test_configs_that_are_damaged(glm, step):
    config = step / "config.json"
    fields = json.loads(config.read_text())
    del fields["text_config"]["rope_theta"]
    config.write_text(json.dumps(fields))
    one(sentences(step), "rope_theta")
    (glm / "glm-4-voice-tokenizer" / "preprocessor_config.json").write_text("{")
    one(sentences(glm), "preprocessor_config.json", "damaged")


def test_wren_and_what_is_no_model(tmp_path):
    found = inspection.inspect(WREN)
    assert not found.problems and [need.precision for need in found.needs] == ["fp32"]
    assert found.needs[0].total == found.facts.weights_bytes + found.facts.kv_bytes + RESERVE["cpu"]
    wren = copied(WREN, tmp_path / "wren")
    (wren / "lm.safetensors").unlink()
    one(sentences(wren), "lm.safetensors is missing")
    one(sentences(tmp_path / "nothing"), "not there")
    assert json.dumps(inspection.as_json(inspection.inspect(tmp_path))) and not inspection.as_json(found)["problems"]
