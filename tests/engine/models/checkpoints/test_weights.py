"""Reading weights: lazily, in every spelling, and one sentence for each way in which they can be wrong."""

from __future__ import annotations

import json
import pickle

import pytest
import torch
from safetensors.torch import save_file

from engine.models.checkpoints.shards import INDEX
from engine.models.checkpoints.weights import Weights
from engine.speech.weights import fill

ONE, TWO = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"


@pytest.fixture
def folder(tmp_path):
    """Two shards: a.weight in the first, b.weight and b.bias in the second."""
    save_file({"a.weight": torch.arange(6.0).view(2, 3), "unlisted": torch.ones(1)}, tmp_path / ONE)
    save_file({"b.weight": torch.ones(4, 2, dtype=torch.bfloat16), "b.bias": torch.zeros(4)}, tmp_path / TWO)
    write_index(tmp_path, {"a.weight": ONE, "b.weight": TWO, "b.bias": TWO})
    return tmp_path


def write_index(folder, places):
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}))


SHAPES = {"a.weight": (2, 3), "b.weight": (4, 2), "b.bias": (4,)}


def test_shards(folder):
    weights = Weights.of_folder(folder)
    assert list(weights) == ["a.weight", "b.weight", "b.bias"] and "unlisted" not in weights
    assert weights.shape("b.weight") == (4, 2) and weights.type("b.weight") == torch.bfloat16
    assert torch.equal(weights["a.weight"], torch.arange(6.0).view(2, 3))
    weights.check(SHAPES, "it")
    with pytest.raises(KeyError):
        weights["nothing"]


@pytest.mark.parametrize("name", ["model.safetensors", "model-00001-of-00001.safetensors"])
def test_one_file_without_an_index(tmp_path, name):
    save_file({"x": torch.ones(2)}, tmp_path / name)
    assert Weights.of_folder(tmp_path)["x"].tolist() == [1, 1]


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_weight_norm_and_prefixes(tmp_path, suffix):
    g, v = torch.rand(4, 1, 1) + 0.5, torch.randn(4, 3, 2)
    whole = v * g / v.flatten(1).norm(dim=1).view(4, 1, 1)
    stored = {
        "generator.old.weight_g": g, "generator.old.weight_v": v, "generator.old.bias": torch.ones(4),
        "new.parametrizations.weight.original0": g, "new.parametrizations.weight.original1": v,
        "plain.weight": v + 1,
    }  # fmt: skip
    path = tmp_path / f"hift{suffix}"
    save_file({name: tensor.clone() for name, tensor in stored.items()}, path) if suffix != ".pt" else torch.save(stored, path)
    weights = Weights.of_file(path, strip=("generator.",))
    assert sorted(weights) == ["new.weight", "old.bias", "old.weight", "plain.weight"]
    for name in ("old.weight", "new.weight"):
        torch.testing.assert_close(weights[name], whole)
    assert weights.shape("old.weight") == (4, 3, 2)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_weight_norm_is_undone_in_float32(tmp_path, kind):
    """As a network has it that is given such weights, whatever they are stored as."""
    g, v = torch.rand(4, 1, 1).to(kind), torch.randn(4, 3, 2).to(kind)
    torch.save({"x.weight_g": g, "x.weight_v": v}, tmp_path / "flow.pt")
    found = Weights.of_file(tmp_path / "flow.pt")["x.weight"]
    assert found.dtype == torch.float32
    v = v.float()
    torch.testing.assert_close(found, v * g.float() / v.flatten(1).norm(dim=1).view(4, 1, 1))


def test_a_network_does_not_live_on_its_file(tmp_path):
    """A disk may be unplugged while a model is in use."""
    path = tmp_path / "model.safetensors"
    save_file({"weight": torch.ones(3, 2), "bias": torch.ones(3)}, path)
    network = fill(torch.nn.Linear(2, 3, device="meta"), Weights.of_file(path))
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
    assert network.weight.tolist() == [[1, 1]] * 3 and not network.training


def refused(words, read):
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        read()
    sentence = str(error.value)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 500
    for word in words:
        assert word in sentence, sentence


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: (f / INDEX).unlink(), [INDEX, "missing"]),
        (lambda f: (f / INDEX).write_text("{"), [INDEX, "damaged"]),
        (lambda f: (f / INDEX).write_text('{"weight_map": [1]}'), [INDEX, "damaged"]),
        (lambda f: (f / TWO).unlink(), [TWO, "missing"]),
        (lambda f: (f / TWO).write_bytes((f / TWO).read_bytes()[:-3]), [TWO, "cut short"]),
        (lambda f: (f / TWO).write_bytes(b""), [TWO, "empty"]),
        (lambda f: (f / TWO).write_bytes(b"abc"), [TWO, "cut short"]),
        (lambda f: write_index(f, {}), [INDEX, "names no tensors"]),
        (lambda f: write_index(f, {"a.weight": ""}), ["no file beside it"]),
        (lambda f: (f / TWO).write_text("version https://git-lfs.github.com/spec/v1\noid"), [TWO, "git lfs pull"]),
        (lambda f: write_index(f, {"a.weight": TWO}), [TWO, "lacks a.weight"]),
        (lambda f: write_index(f, {"a.weight": "../" + ONE}), ["a.weight", "../", "no file beside it"]),
        (lambda f: write_index(f, {"a.weight": "/etc/passwd"}), ["/etc/passwd", "no file beside it"]),
        (lambda f: write_index(f, {"a.weight": "c:\\x"}), ["no file beside it"]),
        (lambda f: write_index(f, {"a.weight": 3}), ["no file beside it"]),
    ],
)
def test_spoilt_folders(folder, spoil, words):
    spoil(folder)
    refused(words, lambda: Weights.of_folder(folder))


def test_an_empty_folder(tmp_path):
    refused(["model.safetensors", "missing"], lambda: Weights.of_folder(tmp_path))


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({**SHAPES, "a.weight": (3, 2)}, ["a.weight", ONE, "[2, 3]", "[3, 2]", "Owl"]),
        ({**SHAPES, "c": (1,), "d": (1,)}, ["incomplete", "c and 1 more"]),
        ({"model.x": (1,), "model.y": (1,)}, ["no weights of Owl", "expected model.x", "found a.weight"]),
    ],
)
def test_weights_of_another_model(folder, shapes, words):
    refused(words, lambda: Weights.of_folder(folder).check(shapes, "Owl"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_numbers_that_are_none(tmp_path, value, dtype):
    tensor = torch.zeros(5, 7, dtype=dtype)
    tensor[3, 2] = value
    save_file({"x": tensor}, tmp_path / "model.safetensors")
    weights = Weights.of_folder(tmp_path)
    refused(["x in ", "model.safetensors", "not finite"], lambda: weights["x"])


@pytest.mark.parametrize("magnitude", [(32, 0), (4, 1, 1), (32,), (1, 1, 1), ()])
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_a_magnitude_must_be_one_number_a_row(tmp_path, suffix, magnitude):
    """torch's product of the two reads what stands behind the smaller one."""
    stored = {"a.weight_g": torch.ones(magnitude), "a.weight_v": torch.ones(32, 4, 3)}
    path = tmp_path / f"hift{suffix}"
    (save_file if suffix != ".pt" else torch.save)(stored, path)
    refused(["a.weight_g", "hift", "[32, 1, 1]"], lambda: Weights.of_file(path))


def test_a_tensor_that_repeats_one_number_is_refused(tmp_path):
    torch.save({"a": torch.ones(1).expand(10**6, 10**6)}, tmp_path / "flow.pt")
    refused(["a in", "more numbers than are stored"], lambda: Weights.of_file(tmp_path / "flow.pt"))


class Program:
    def __reduce__(self):
        return (print, ("this must not run",))


def test_a_program_in_a_pickle_is_not_run(tmp_path, capsys):
    torch.save({"x": torch.ones(1), "y": Program()}, tmp_path / "flow.pt")
    refused(["flow.pt", "perhaps a program"], lambda: Weights.of_file(tmp_path / "flow.pt"))
    (tmp_path / "hift.pt").write_bytes(pickle.dumps(Program()))
    refused(["hift.pt"], lambda: Weights.of_file(tmp_path / "hift.pt"))
    assert "must not run" not in capsys.readouterr().out


@pytest.mark.parametrize("length", [0, 10, 400])
def test_a_short_pt_file(tmp_path, length):
    path = tmp_path / "flow.pt"
    torch.save({"x": torch.ones(100)}, path)
    path.write_bytes(path.read_bytes()[:length])
    refused(["flow.pt"], lambda: Weights.of_file(path))


@pytest.mark.parametrize("content", [[torch.ones(1)], {"x": 3}, torch.ones(2)])
def test_a_pt_file_of_something_else(tmp_path, content):
    torch.save(content, tmp_path / "flow.pt")
    refused(["flow.pt", "not a table of tensors"], lambda: Weights.of_file(tmp_path / "flow.pt"))
