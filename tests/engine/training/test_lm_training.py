"""The language model's training: what it learns from, that it restarts, and that what it writes is what the engine reads."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.lm import checkpoint
from engine.lm.decoder import Decoder
from engine.models.wren import vocabulary
from engine.models.wren.pattern import WrenPattern, WrenRules
from engine.models.wren.vocabulary import Vocabulary
from engine.training import corpus, half, texts
from engine.training.__main__ import app
from engine.training.export import export_heads
from engine.training.network import TrainedLM
from engine.training.train_lm import lm_config
from engine.training.turns import FEATURE, Mix, Turns, rows

CLASSES = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A training folder as the earlier steps leave it, with noise for sound."""
    folder = tmp_path_factory.mktemp("training")
    answers = texts.answers()
    vocabulary.train(answers, 300, 40).save(str(folder / "tokenizer.json"))
    rng = np.random.default_rng(0)
    units = {answer: [int(u) for u in rng.integers(0, 40, 30 + 8 * (i % 9))] for i, answer in enumerate(answers)}
    (folder / "units.json").write_text(json.dumps(units))
    (folder / "questions").mkdir()
    (folder / "heard" / "questions").mkdir(parents=True)
    np.zeros(100, np.int16).tofile(folder / "questions" / "0000.pcm")
    lines, features = [], []
    for kind, text, question in [next(texts.utterances(seed)) for seed in range(40)]:
        lines.append({"start": 0, "length": 100, "text": text, "voice": "v", "phones": [], "kind": kind, "question": question})
        features.append(rng.integers(0, 256, (20, 2 * CLASSES)).astype(np.uint8))
    (folder / "questions" / "0000.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    np.savez(folder / "heard" / "questions" / "0000.npz", features=np.concatenate(features), counts=[20] * 40)
    return folder


@pytest.fixture(scope="module")
def turns(folder):
    v = Vocabulary.load(folder / "tokenizer.json")
    spoken = [(clip, np.zeros((20, 2 * CLASSES), np.uint8)) for clip in corpus.shards(folder / "questions")[0].clips]
    return Turns(v, spoken, json.loads((folder / "units.json").read_text()), 4, 16, Mix(0.0, 0.0, 0.5, 0.5, 0.0), 0), v


def test_what_is_learned_is_what_the_pattern_lets_wren_say(turns):
    turns, v = turns
    for _ in range(200):
        piece = turns.draw()
        start = piece.ids.index(v.reply) + 1
        place = WrenPattern(WrenRules(v, 4, 16), "heard" if piece.ids[0] == v.spoken else "text")
        for token, weight in zip(piece.ids[start:], piece.weight[start:], strict=True):
            assert weight > 0 and token in place.allowed()
            place = place.after(token)
        assert place.done and not any(piece.weight[:start])


def test_a_turn_comes_with_the_turns_that_it_leans_on(folder):
    v = Vocabulary.load(folder / "tokenizer.json")
    spoken = [(clip, np.zeros((20, 2 * CLASSES), np.uint8)) for clip in corpus.shards(folder / "questions")[0].clips]
    units = json.loads((folder / "units.json").read_text())
    for mix in (Mix(0.0, 0.0, 0.0, 0.0, 1.0), Mix(0.0, 1.0, 0.0, 0.0, 0.0)):
        turns = Turns(v, spoken, units, 4, 16, mix, 1)
        counts = {turns.draw().ids.count(v.end) for _ in range(400)}
        assert {2, 3} <= counts and max(counts) <= texts.MOST_TURNS


def test_rows_are_full_and_their_features_match(turns):
    turns, _ = turns
    source = rows(turns, 300)
    found = [next(source) for _ in range(50)]
    assert all(len(row) <= 300 and sum(map(len, row.features)) == row.ids.count(FEATURE) for row in found)
    assert sum(map(len, found)) / len(found) > 0.7 * 300


def test_the_engine_computes_what_was_trained():
    torch.manual_seed(0)
    config = lm_config(90, 64)
    model = TrainedLM(config, 2 * CLASSES)
    ids = torch.randint(0, 90, (1, 40))
    with torch.no_grad():
        wanted = model.logits(model.states(ids, torch.zeros(0, 2 * CLASSES))[-1])[0]
    decoder = Decoder(config, model.exported())
    cache = decoder.new_cache()
    torch.testing.assert_close(decoder.logits(decoder.run(decoder.embed(ids[0]), 0, cache)), wanted, atol=1e-4, rtol=0)


def test_exported_weights_can_be_trained_on():
    torch.manual_seed(1)
    model, again = (TrainedLM(lm_config(50, 64), 2 * CLASSES) for _ in range(2))
    again.load_exported(model.exported())
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True))


@pytest.fixture
def train(folder, monkeypatch):
    """The command that trains, in one process and without compiling; called with its arguments."""
    threads = torch.get_num_threads()
    monkeypatch.setenv("REFRAIN_TRAINING", str(folder))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setattr(torch.nn.Module, "compile", lambda layer: None)
    yield lambda *arguments: app([*map(str, arguments), "--processes", "1"], standalone_mode=False)
    torch.set_num_threads(threads)


def test_training_goes_on_where_it_stopped(folder, train):
    for steps in (1, 2):
        train("lm", "--steps", steps, "--decay", 1, "--length", 200)
        assert torch.load(folder / "lm.pt", weights_only=True)["step"] == steps
    before = (folder / "lm.pt").stat().st_mtime_ns
    train("lm", "--steps", 2, "--decay", 1, "--length", 200)
    assert (folder / "lm.pt").stat().st_mtime_ns == before


def test_trained_heads_ship_in_rows_of_8_bits(tmp_path):
    ids, norm, weight = torch.arange(20, dtype=torch.int32), torch.rand(32).half(), torch.randn(20, 32).half()
    made = {"ids": ids, "layer.3.norm": norm, "layer.3.weight": weight}
    save_file(made, tmp_path / "made.safetensors")
    export_heads(tmp_path / "made.safetensors", tmp_path)
    stored, read = load_file(tmp_path / "heads.safetensors"), checkpoint.read(tmp_path / "heads.safetensors")
    assert stored["layer.3.weight.int8"].dtype == torch.int8 and set(read) == set(made)
    assert torch.equal(read["layer.3.norm"], norm) and torch.equal(read["ids"], ids)
    step = weight.float().abs().amax(1, keepdim=True) / 127
    assert ((read["layer.3.weight"] - weight.float()).abs() <= step * 0.51).all()


@pytest.mark.parametrize("shape", [(24, 40), (40, 24)])
def test_what_muon_subtracts_is_near_orthogonal_in_single_precision(shape):
    grad = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found = half.orthogonalised(grad, (3.4445, -4.775, 2.0315), 5, 1e-7)
    assert found.shape == grad.shape and found.dtype == torch.float32
    assert 0.5 < torch.linalg.svdvals(found).min() and torch.linalg.svdvals(found).max() < 1.5
    left, _, right = torch.linalg.svd(grad, full_matrices=False)
    torch.testing.assert_close(left.T @ found @ right.T, torch.diag((left.T @ found @ right.T).diag()), atol=1e-4, rtol=0)
