"""Both language models by onnxruntime: the tokens that torch's decoder gives in float32, and how near fewer bits come to them."""

from __future__ import annotations

import itertools
from functools import cache

import pytest
import torch

from engine.decoding.interleaved import decode
from engine.dialogue import Dialogue
from engine.events import Drafts, Token, TurnFinished
from engine.lm.backend_choice import VARIABLE
from engine.lm.bits import Bits
from engine.lm.graph_decoder import GraphDecoder
from engine.lm.sampling import Sampler, Sampling
from engine.models.checkpoints.precision import GRAPHS
from engine.models.decoder_weights import decoder_weights
from engine.models.glm4voice.glm4voice import GLM4Voice
from engine.models.stepaudio2.stepaudio2 import StepAudio2
from engine.schedules import parse
from tests.golden.conversations import FAMILIES, ask, sounds, unending
from tests.golden.families import family
from tests.golden.test_schedules_lm import FORMS

TOKENS = 90
FOR_GOOD = ["fixed:{}+hole", "spark:even@{}+text+propagate", "entropy:{}<9+text+hole", "entropy:{}<3+text"]
POOLINGS = ["input:0.05", "deep:{}@0.05", "dual:0.05,{}@0.05"]  # of random weights, neighbours are hardly alike


@pytest.fixture(scope="module")
def models():
    """By family and the bits of its graphs; None is torch."""
    return cache(lambda name, bits=None: family(name, bits=bits))


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.8, 0.9)], ids=["greedy", "drawn"])
@pytest.mark.parametrize("form", ["full", "full+slice", *FORMS, *FOR_GOOD])
@pytest.mark.parametrize("name", FAMILIES)
def test_every_schedule_gives_torch_s_tokens(models, name, form, sampling):
    made = []
    for model in (models(name), models(name, Bits())):
        schedule = parse(form.format(max(1, model.decoder.config.layers // 2)))
        cache = model.decoder.new_cache()
        logits = model.decoder.logits(model.decoder.run(model.decoder.embed(model.prompt), 0, cache)[-1:])
        decoding = decode(model, cache, logits, model.pattern(), schedule, Sampler(sampling, seed=1))
        events = list(itertools.islice((event for event in decoding if isinstance(event, Token | Drafts)), TOKENS))
        decoding.close()
        made.append([(event.id, event.depth) if isinstance(event, Token) else event.accepted for event in events])
    assert made[0] == made[1] and len(made[0]) == TOKENS


@pytest.fixture(scope="module")
def spoken(folders):
    """Both models in float32, by torch and by graphs."""

    @cache
    def spoken(name: str, graphs: bool):
        model = unending((GLM4Voice if name == "glm4voice" else StepAudio2)(folders[name], "cpu", "fp32"))
        if graphs:
            model.decoder = GraphDecoder(*decoder_weights(folders[name]))
        return model

    return spoken


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("name", FAMILIES)
def test_every_pooling_gives_torch_s_tokens(spoken, name, pooling):
    made = []
    for graphs in (False, True):
        model = spoken(name, graphs)
        layer = max(1, model.decoder.config.layers // 2)
        dialogue = Dialogue(model, f"spark:even@{layer}", max_tokens=40, sampling=Sampling(), pooling=pooling.format(layer))
        turns = []
        for path in sounds(name):
            events = ask(dialogue, path)
            assert isinstance(events[-1], TurnFinished), events[-1]
            turns.append([(event.id, event.depth) for event in events if isinstance(event, Token)])
        made.append((turns, dialogue._history.cost()))
    assert made[0] == made[1]
    cost = made[0][1]
    print(cost)
    assert cost["deep"] < cost["heard"]


def logits(model, ids):
    decoder = model.decoder
    return decoder.logits(decoder.run(decoder.embed(ids), 0, decoder.new_cache())).float()


@pytest.mark.parametrize("name", FAMILIES)
def test_how_near_fewer_bits_come(models, name, monkeypatch):
    """Of random weights, which tell tokens apart less than trained ones: torch's own 8 bits are the measure."""
    exact = models(name)
    drawn = torch.randint(0, exact.decoder.config.vocabulary, (300,), generator=torch.Generator().manual_seed(0)).tolist()
    ids = exact.prompt + exact.greedy + drawn
    wanted = logits(exact, ids)
    monkeypatch.setenv(VARIABLE, "torch")
    found = {"torch": logits(family(name, "int8"), ids)}
    found |= {precision: logits(models(name, bits), ids) for precision, bits in GRAPHS.items()}
    apart = {by: float((rows - wanted).norm() / wanted.norm()) for by, rows in found.items()}
    same = {by: float((rows.argmax(-1) == wanted.argmax(-1)).float().mean()) for by, rows in found.items()}
    print(name, apart, same)
    assert apart["int8"] < 1.5 * apart["torch"] < 0.2 and same["int8"] > 0.8
    assert apart["int4"] < 8 * apart["int8"] and same["int4"] > 0.3
