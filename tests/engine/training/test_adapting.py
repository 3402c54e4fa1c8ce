"""A model that learns to hear with another listener goes on saying what it says."""

import json

import numpy as np
import pytest
import torch

from engine.lm.config import LMConfig
from engine.models.wren import vocabulary
from engine.models.wren.speech_tokens import SpeechCodec
from engine.models.wren.vocabulary import Vocabulary
from engine.training import adapt, corpus, parallel, teach, texts, tokens, train_lm, train_speaker
from engine.training.corpus import SpeechClip
from engine.training.network import TrainedLM

CONFIG = LMConfig(vocabulary=90, dim=16, layers=2, heads=2, kv_heads=2, head_dim=8, ffn=24, context=200)
END = 7


@pytest.fixture
def model():
    torch.manual_seed(0)
    model = TrainedLM(CONFIG, 4).eval()
    for parameter in model.parameters():
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.4)
    return model


def surest(model, prompt, most):
    ids = list(prompt)
    while len(ids) < len(prompt) + most and (len(ids) == len(prompt) or ids[-1] != END):
        ids.append(int(model.logits(model.states(torch.tensor([ids]), torch.zeros(0, 4))[-1])[0, -1].argmax()))
    return ids[len(prompt) :]


@torch.inference_mode()
def test_replies_side_by_side_are_those_of_each_alone(model):
    rng = np.random.default_rng(0)
    prompts = [rng.integers(8, 90, length).tolist() for length in (3, 9, 1, 14)]
    found = adapt.replies(model, END, prompts)
    assert found == [surest(model, prompt, adapt.LONGEST) for prompt in prompts]
    assert len({tuple(reply) for reply in found}) > 1


@torch.inference_mode()
def test_a_reply_that_goes_wrong_ends_there_and_the_others_go_on(model):
    prompts = [[20 + i, 40, 60] for i in range(8)]
    whole = adapt.replies(model, END, prompts)
    assert adapt.replies(model, END, prompts, lambda row, ids: row % 4 == 0 or len(ids) < row) == [
        ids if row % 4 == 0 else ids[: max(1, row)] for row, ids in enumerate(whole)
    ]


def test_only_what_it_says_right_is_taught(tmp_path, monkeypatch):
    answers = texts.answers()
    vocabulary.train(answers, 300, 40).save(str(tmp_path / "tokenizer.json"))
    v = Vocabulary.load(tmp_path / "tokenizer.json")
    config = train_lm.lm_config(v.size, 64)
    parallel.save(tmp_path / "lm.pt", network=TrainedLM(config, 4).state_dict(), length=64, features=4, step=5)
    right, wrong = "Paris is the capital of France.", "The Louvre is in Paris."
    wordings = {answer: adapt._wordings()[answer] for answer in (right, wrong)}
    monkeypatch.setattr(adapt, "_wordings", lambda: wordings)

    def says(model, end, prompts, goes_on):
        return [[*v.encode(right), v.unit_ids[3], v.unit_ids[1], end] for _ in prompts]

    monkeypatch.setattr(adapt, "replies", says)
    assert adapt.own_replies(tmp_path) == (5, {right: [3, 1]})
    kept = torch.load(tmp_path / "lm.pt")
    before = kept["network"]
    kept["network"] = {name: weights + 1 for name, weights in before.items()}
    torch.save(kept | {"step": 8, "optimizers": [{}]}, tmp_path / "lm.pt")
    assert adapt.own_replies(tmp_path) == (5, {right: [3, 1]})  # asked once: meanwhile the model is another
    adapt.average(tmp_path)
    found = torch.load(tmp_path / "lm.pt")
    assert found["step"] == 8 and not found["optimizers"]
    for name, weights in found["network"].items():
        torch.testing.assert_close(weights, before[name] + 0.6)
    with pytest.raises(FileNotFoundError, match="adapt"):
        adapt.average(tmp_path)
    assert adapt.own_replies(tmp_path)[0] == 8  # asked anew


def test_a_reply_that_it_does_not_know_is_never_drawn(tmp_path):
    vocabulary.train(texts.answers(), 300, 40).save(str(tmp_path / "tokenizer.json"))
    v, known = Vocabulary.load(tmp_path / "tokenizer.json"), texts.answers()[::3]
    units = {answer: [1, 2, 3] for answer in known}
    clips = [
        (SpeechClip(0, 100, text, "v", (), kind, question), np.zeros((5, 4), np.uint8))
        for kind, text, question in (next(texts.utterances(seed)) for seed in range(30))
    ]
    turns = adapt.KnownTurns(v, clips, units, 4, 16, train_lm.Mix(0.2, 0.3, 0.2, 0.2, 0.1), 0)
    for _ in range(300):
        turns.draw()  # a reply without units would be a KeyError
    written = [turns._typed_exchange()[1] for _ in range(100)]
    assert set(written) <= set(known)


def test_what_is_drilled_and_not_said_yet_is_taught_beside_what_is_said(tmp_path, monkeypatch):
    said = {"Paris is the capital of France.": [1], "Rome is the capital of Italy.": [2]}
    drilled = texts.drilled_answers()
    assert {"The next letter is e.", "Dog.", "Three plus ten is thirteen."} <= set(drilled) and len(set(drilled)) == len(drilled)
    known = drilled[::2]
    (tmp_path / adapt.OWN).write_text(json.dumps({"step": 7, "units": said | dict.fromkeys(known, [3])}))
    spoken = []
    monkeypatch.setattr(tokens, "load_networks", lambda folder: (None, SpeechCodec(train_speaker.CONFIG)))
    monkeypatch.setattr(corpus, "add", lambda folder, lines, voice, size: spoken.extend((voice, line) for line in lines))
    monkeypatch.setattr(train_speaker, "analyse", lambda answers, features, layout: None)
    monkeypatch.setattr(tokens, "units_of_answers", lambda *_: {line: [4] for _, line in spoken})
    teach.teach(tmp_path, "flite:rms")
    assert spoken == [("flite:rms", line) for line in drilled[1::2]]
    step, units = adapt.own_replies(tmp_path)
    assert step == 7
    assert units == said | dict.fromkeys(known, [3]) | dict.fromkeys(drilled[1::2], [4])
