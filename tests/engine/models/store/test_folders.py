"""What is said of folders: whole ones, and each way in which one can be broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine import models
from engine.models.checkpoints.shards import INDEX
from engine.models.folders import check
from engine.models.tiny import make
from tests.rig.processes import ROOT

WREN = ROOT / "resources" / "wren"


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)
    return target


@pytest.fixture
def wren(tmp_path):
    return copied(WREN, tmp_path / "my wren")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A folder with a tiny model of each released family. Not to be written to."""
    folder = tmp_path_factory.mktemp("tiny")
    for family in ("glm4voice", "stepaudio2"):
        make(family, folder / family)
    return folder


@pytest.fixture
def glm(tiny, tmp_path):
    return copied(tiny / "glm4voice", tmp_path / "glm")


@pytest.fixture
def step(tiny, tmp_path):
    return copied(tiny / "stepaudio2", tmp_path / "step")


def cut(path: Path, to: int) -> None:
    path.write_bytes(path.read_bytes()[:to])


def test_wren_is_whole():
    facts = check(WREN)
    assert (facts.family, facts.title, facts.problem) == ("wren", "Wren", "")
    assert 20e6 < facts.parameters < 21e6 and facts.weights_bytes == 4 * facts.parameters
    assert facts.disk_bytes == sum(path.stat().st_size for path in WREN.iterdir())
    loaded = models.load(WREN).decoder.config
    assert facts.context == loaded.context
    assert facts.kv_bytes_per_position == 2 * loaded.layers * loaded.kv_heads * loaded.head_dim * 4


@pytest.mark.parametrize("paradigm", ["padded", "early-stop", "parallel"])
def test_an_update_counts_as_what_is_loaded(paradigm):
    base, facts = check(WREN), check(WREN.with_name(f"wren-{paradigm}"))
    config = models.load(WREN).decoder.config
    spoken = 1001 * config.dim  # of a head
    if paradigm == "parallel":
        exit_heads = 9 * (spoken + config.dim) + 1001
        assert facts.parameters == base.parameters - exit_heads + 4 * spoken
    else:
        assert facts.parameters == base.parameters and facts.weights_bytes == base.weights_bytes


def test_released_layouts_are_recognised(glm, step):
    for given in (glm, glm / "glm-4-voice-9b"):
        facts = check(given)
        assert (facts.family, facts.problem, facts.folder) == ("glm4voice", "", glm / "glm-4-voice-9b")
        assert facts.kv_bytes_per_position == 2 * 8 * 2 * 16 * 2 and facts.context == 8192
        assert facts.disk_bytes == sum(path.stat().st_size for path in glm.rglob("*") if path.is_file())  # of all three folders
    facts = check(step)
    assert (facts.family, facts.problem) == ("stepaudio2", "")
    assert facts.kv_bytes_per_position == 2 * 8 * 2 * 16 * 2 and facts.context == 16384


def test_every_family_that_is_recognised_can_be_loaded(glm, step):
    for folder in (WREN, glm / "glm-4-voice-9b", step):
        assert models.load(folder).name.startswith(check(folder).family[:4])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "config.json").unlink(), ["config.json", "not the folder of a model"]),
        (lambda folder: cut(folder / "config.json", 100), ["config.json", "damaged"]),
        (lambda folder: (folder / "config.json").write_text("[1]"), ["config.json", "damaged"]),
        (lambda folder: (folder / "config.json").write_text('{"family": "wren"}'), ["config.json", "lacks"]),
        (lambda folder: (folder / "config.json").write_text('{"family": "owl"}'), ["does not know", "owl"]),
        (lambda folder: (folder / "tokenizer.json").unlink(), ["tokenizer.json is missing"]),
        (lambda folder: (folder / "tokenizer.json").write_text(""), ["tokenizer.json", "empty"]),
        (lambda folder: (folder / "heads.safetensors").unlink(), ["heads.safetensors is missing"]),
        (lambda folder: cut(folder / "lm.safetensors", 5_000_000), ["lm.safetensors", "cut short", "5,000,000"]),
        (lambda folder: cut(folder / "lm.safetensors", 1000), ["lm.safetensors", "even its header"]),
        (lambda folder: cut(folder / "lm.safetensors", 4), ["lm.safetensors", "cut short"]),
        (lambda folder: (folder / "lm.safetensors").write_bytes(b"<!DOCTYPE html>" * 99), ["lm.safetensors", "no safetensors"]),
        (lambda folder: (folder / "lm.safetensors").write_bytes(b"\x02" + bytes(7) + b"{]"), ["lm.safetensors", "damaged"]),
        (
            lambda folder: (folder / "lm.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid x"),
            ["lm.safetensors", "git lfs pull"],
        ),
        (
            lambda folder: (folder / "lm.safetensors").open("ab").write(b"more"),
            ["lm.safetensors", "longer than it should be"],
        ),
        (lambda folder: shutil.rmtree(folder), ["not there any more"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_wren(wren, spoil, words):
    spoil(wren)
    problem = check(wren).problem
    assert all(word in problem for word in words), problem
    assert problem.endswith(".")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda llm: (llm / "model-00002-of-00002.safetensors").unlink(), ["1 weight file of 2 is missing", "00002-of-00002"]),
        (lambda llm: cut(llm / "model-00001-of-00002.safetensors", 300_000), ["00001-of-00002", "cut short"]),
        (lambda llm: (llm / INDEX).unlink(), [INDEX, "missing"]),
        (lambda llm: cut(llm / INDEX, 50), [INDEX, "damaged"]),
        (lambda llm: (llm / "tokenizer.model").unlink(), ["tokenizer.model is missing"]),
        (lambda llm: shutil.rmtree(llm.parent / "glm-4-voice-decoder"), ["glm-4-voice-decoder is missing", "beside"]),
        (lambda llm: (llm.parent / "glm-4-voice-tokenizer" / "model.safetensors").unlink(), ["holds no weights"]),
        (lambda llm: cut(llm.parent / "glm-4-voice-decoder" / "flow.pt", 900_000), ["flow.pt", "cut short"]),
        (lambda llm: (llm / "tokenizer_config.json").write_text("{}"), ["text only"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_glm(glm, spoil, words):
    spoil(glm / "glm-4-voice-9b")
    problem = check(glm).problem
    assert all(word in problem for word in words), problem


def test_shards_of_another_release_are_noticed(step):
    index = json.loads((step / INDEX).read_text())
    index["weight_map"]["model.layers.99.new.weight"] = "model-00002-of-00002.safetensors"
    (step / INDEX).write_text(json.dumps(index))
    assert "another release" in check(step).problem


@pytest.mark.parametrize(
    ("part", "words"),
    [("glm-4-voice-tokenizer", "glm-4-voice-9b beside it"), ("glm-4-voice-decoder", "only a vocoder")],
)
def test_a_part_of_a_model_is_told_from_the_whole(glm, part, words):
    assert words in check(glm / part).problem


def test_a_folder_around_one_model_gives_a_hint(wren):
    assert "Perhaps you mean my wren" in check(wren.parent).problem
