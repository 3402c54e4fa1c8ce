"""What is said of folders: whole ones, and each way in which one can be broken."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from engine import models
from engine.models.checkpoints.shards import INDEX
from engine.models.folders import check
from engine.models.stepaudio2 import lm as step_lm
from engine.models.store.registry import ModelRegistry
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
    assert 25e6 < facts.parameters < 26e6 and facts.weights_bytes == 4 * facts.parameters
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


@pytest.mark.parametrize("part", ["glm-4-voice-tokenizer", "glm-4-voice-decoder"])
def test_a_part_of_a_model_leads_to_the_whole(glm, part):
    assert found(glm / part) == glm / "glm-4-voice-9b"
    shutil.rmtree(glm / "glm-4-voice-9b")
    assert "is only the" in check(glm / part).problem and "choose glm-4-voice-9b" in check(glm / part).problem


def found(chosen) -> Path:
    """The folder of the model that is whole, given what was chosen."""
    facts = check(Path(chosen))
    assert facts.family and not facts.problem, facts.problem
    return facts.folder


def test_a_folder_around_one_model_or_one_inside_it_is_enough(step):
    assert found(step / "token2wav") == found(step / "voices") == step
    assert found(step.parent) == step  # there is no other beside it
    copied(WREN, step.parent / "my wren")
    problem = check(step.parent).problem
    assert "holds several models" in problem and "my wren" in problem


def test_a_file_a_slash_and_a_home_will_do(step, monkeypatch):
    for name in ("config.json", "tokenizer.json", "model-00001-of-00002.safetensors", "token2wav/flow.pt"):
        assert found(step / name) == step
    assert found(f"{step}/") == found(step.parent / "." / "step") == step
    monkeypatch.setenv("HOME", str(step.parent))
    monkeypatch.setenv("USERPROFILE", str(step.parent))
    assert found("~/step") == models.find("~/step/") == step
    assert models.find(str(step / "config.json")) == step / "config.json"
    monkeypatch.chdir(step)
    assert found(".") == step


@pytest.mark.parametrize("chosen", ["~nobody-of-that-name/x", "x" * 5000, "a\0b", "/proc/1/cwd", "\udcff"])
def test_what_is_no_place_is_a_sentence(chosen):
    assert check(Path(chosen)).problem.endswith(".")
    with pytest.raises(ValueError, match=r"[.)]$"):
        models.find(chosen)
        raise ValueError("it may be there.")


def hub(model: Path, repo: str, cache: Path, commit: str = "c0ffee", current: bool = True) -> Path:
    """Puts a folder into a cache as the hub's programs lay it out; returns the repository's folder."""
    place = cache / f"models--{repo.replace('/', '--')}"
    (place / "blobs").mkdir(parents=True, exist_ok=True)
    (place / "refs").mkdir(exist_ok=True)
    if current:
        (place / "refs" / "main").write_text(commit)
    for number, path in enumerate(sorted(path for path in model.rglob("*") if path.is_file())):
        blob = place / "blobs" / f"{commit}{number:036}"
        shutil.copy(path, blob)
        link = place / "snapshots" / commit / path.relative_to(model)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    return place


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_the_cache_of_the_hub_is_read_as_it_is(tiny, tmp_path, monkeypatch):
    cache = tmp_path / "hub"
    for part in ("9b", "tokenizer", "decoder"):
        place = hub(tiny / "glm4voice" / f"glm-4-voice-{part}", f"THUDM/glm-4-voice-{part}", cache)
    whole = cache / "models--THUDM--glm-4-voice-9b" / "snapshots" / "c0ffee"
    for chosen in (cache, whole.parents[1], whole.parent, whole, whole / "config.json", place, place / "snapshots" / "c0ffee"):
        assert found(chosen) == whole
    assert check(whole).disk_bytes == check(tiny / "glm4voice").disk_bytes
    assert models.load(whole).folder == whole
    shelf = ModelRegistry(tmp_path / "data")
    shelf.add(whole / "config.json")
    assert shelf.names() == {"glm-4-voice-9b": whole}
    assert [entry.name for entry in shelf.entries() if entry.is_added] == ["glm-4-voice-9b"]
    (whole / "tokenizer.model").resolve().unlink()  # a download that was broken off
    assert "tokenizer.model is missing" in check(cache).problem


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_of_several_commits_in_a_cache_the_current_one_is_taken(tiny, tmp_path):
    for commit, current in (("aaaaaa", True), ("bbbbbb", False)):
        place = hub(tiny / "stepaudio2", "stepfun-ai/Step-Audio-2-mini", tmp_path / "hub", commit, current)
    assert found(place) == place / "snapshots" / "aaaaaa"
    (place / "refs" / "main").unlink()
    os.utime(place / "snapshots" / "aaaaaa", (1, 1))
    assert found(place) == place / "snapshots" / "bbbbbb"


@pytest.mark.parametrize(
    "places",
    [
        {"9b": "GLM-4-Voice-9B", "tokenizer": "GLM-4-Voice-Tokenizer", "decoder": "glm-4-voice-DECODER"},
        {"9b": "models/ZhipuAI/glm-4-voice-9b", "tokenizer": "models/ZhipuAI/glm-4-voice-tokenizer",
         "decoder": "models/THUDM/glm-4-voice-decoder"},
        {"9b": "voice/llm", "tokenizer": "voice/speech-tokenizer", "decoder": "voice/flow and hift"},
        {"9b": "voice", "tokenizer": "voice/tokenizer", "decoder": "voice/decoder"},
    ],
)  # fmt: skip
def test_the_three_parts_under_other_names(glm, places):
    for part, place in places.items():
        target = glm.parent / "kept" / place
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted((glm / f"glm-4-voice-{part}").iterdir()):
            path.rename(target / path.name)
    shutil.rmtree(glm)
    assert found(glm.parent / "kept" / places["9b"]) == glm.parent / "kept" / places["9b"]
    assert found(glm.parent / "kept" / places["tokenizer"]) == glm.parent / "kept" / places["9b"]


def test_parts_that_cannot_be_told_apart_are_said(glm):
    for name in ("one", "another"):
        shutil.copytree(glm / "glm-4-voice-decoder", glm / name)
    assert not check(glm).problem  # one has the name of the release
    shutil.rmtree(glm / "glm-4-voice-decoder")
    assert "such as another and one" in check(glm).problem


def rewrite(path: Path, change) -> None:
    read = json.loads(path.read_text())
    change(read)
    path.write_text(json.dumps(read))


def saved_by_transformers_5(config: dict) -> None:
    text = config["text_config"]
    text["rope_parameters"] = {"rope_theta": text.pop("rope_theta"), "rope_type": "default"}
    text["dtype"] = text.pop("torch_dtype")
    del text["rope_scaling"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (saved_by_transformers_5, ""),
        (lambda config: config["text_config"].update(rope_scaling={"rope_type": "default"}), ""),
        (lambda config: config["text_config"].update(rope_scaling={"type": "default", "factor": 1}), ""),
        (lambda config: config["text_config"].update(rope_scaling={"rope_type": "yarn", "factor": 4}), "'yarn'"),
        (lambda config: config["text_config"].update(rope_scaling=5), "'5'"),
        (lambda config: config["text_config"].update(rope_parameters={"rope_type": "linear"}), "'linear'"),
        (lambda config: config["text_config"].update(rope_parameters={"rope_theta": "x"}), "rope_theta"),
    ],
)
def test_positions_in_the_spelling_of_another_release_of_transformers(step, change, words):
    before = step_lm.read_config(step)
    rewrite(step / "config.json", change)
    problem = check(step).problem
    if words:
        assert words in problem
    else:
        assert problem == "" and step_lm.read_config(step) == before


@pytest.mark.parametrize("name", ["config.json", INDEX])
def test_a_mark_of_byte_order_is_passed_over(step, name):
    (step / name).write_bytes(b"\xef\xbb\xbf" + (step / name).read_bytes())
    assert check(step).problem == ""


def test_a_whole_file_beside_an_index_of_an_earlier_form(step):
    shards = sorted(step.glob("model-*.safetensors"))
    save_file({name: tensor for shard in shards for name, tensor in load_file(shard).items()}, step / "model.safetensors")
    assert found(step) == step
    shards[0].unlink()
    facts = check(step)
    assert facts.problem == "" and facts.parameters > 0
    assert models.load(step).decoder.config.layers == 8
    shards[1].unlink()
    assert found(step) == step
    (step / "model.safetensors").unlink()
    assert "2 weight files of 2 are missing" in check(step).problem
