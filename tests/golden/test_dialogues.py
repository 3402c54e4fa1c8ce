"""Both released models from their folders to a spoken conversation: no reference here, only what must hold of any reply."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine import models
from engine.dialogue import Dialogue
from engine.events import Audio, Prefilled, Text, Token, TurnFailed, TurnFinished
from engine.lm.sampling import Sampling
from engine.models.checkpoints.precision import GRAPHS
from engine.models.checkpoints.precision_choice import PRECISIONS
from engine.models.glm4voice.glm4voice import GLM4Voice
from engine.models.stepaudio2.stepaudio2 import StepAudio2
from tests.golden.conversations import ask, asked, heard, sounds, unending


def test_two_spoken_turns(model):
    dialogue = Dialogue(model, max_tokens=110, seed=3)
    ends = []
    for path in sounds(model.name):
        events = ask(dialogue, path)
        assert isinstance(events[-1], TurnFinished), events[-1]
        ends.append(events[-1].stats)
        kinds = [event.kind for event in events if isinstance(event, Token)]
        assert "text" in kinds and "speech" in kinds
        seconds = kinds.count("speech") / model.speech_rate
        assert abs(len(heard(events)) / model.output_rate - seconds) < 0.1
        assert np.isfinite(heard(events)).all() and np.abs(heard(events)).max() > 1e-4
    second = next(event for event in events if isinstance(event, Prefilled))
    assert second.reused > 100  # the first turn is not computed again
    # What the cache holds is what the whole conversation gives at once.
    history = dialogue._history
    states = history._states_from(0)[: history.cached]
    cache = model.decoder.new_cache()
    model.decoder.run(states, 0, cache)
    exact = model.decoder.dtype == torch.float32
    for layer in range(model.decoder.config.layers):
        found, wanted = history.cache.contents(layer).float(), cache.contents(layer).float()
        if exact:
            torch.testing.assert_close(found, wanted, atol=2e-4, rtol=0)
        else:
            assert (found - wanted).norm() < 0.05 * wanted.norm()


def test_a_conversation_begins_with_its_opening_even_when_turns_were_forgotten(model):
    opening = model.typed("Hello there.").opening
    dialogue = Dialogue(model, max_tokens=40, capacity=380)
    for number in range(5):
        last = list(dialogue.ask(f"Question number {number}, please?"))[-1]
        assert isinstance(last, TurnFinished), last
        ids = dialogue._history.ids()
        assert tuple(ids[: len(opening)]) == opening and ids.count(opening[0]) >= 1
        assert tuple(ids[len(opening) :][:3]) == model.typed("Question").ids[:3]
    assert len(dialogue._history.exchanges) < 5


def test_going_back_to_what_was_heard(model):
    dialogue = Dialogue(model, max_tokens=100, seed=1)
    list(dialogue.ask("Tell me something."))
    dialogue.heard(0.5)
    exchange = dialogue._history.exchanges[-1]
    assert exchange.kinds.count("speech") == int(0.5 * model.speech_rate)
    assert dialogue._history.cached <= dialogue.positions
    assert isinstance(list(dialogue.ask("And then?"))[-1], TurnFinished)


def test_replies_in_text(folders, tmp_path):
    voiceless = shutil.copytree(folders["stepaudio2"], tmp_path / "step", ignore=shutil.ignore_patterns("voices"))
    model = StepAudio2(voiceless, precision="fp32", reply_in_text=True)
    dialogue = Dialogue(model, max_tokens=40)
    events = [event for number in range(6) for event in dialogue.ask(f"Hello number {number}?", seed=number)]
    assert sum(isinstance(event, TurnFinished) for event in events) == 6
    assert any(isinstance(event, Text) for event in events) and not any(isinstance(event, Audio) for event in events)


def test_without_a_voice_only_sound_is_missing(folders, tmp_path):
    voiceless = shutil.copytree(folders["stepaudio2"], tmp_path / "step", ignore=shutil.ignore_patterns("voices"))
    dialogue = Dialogue(unending(models.load(voiceless)), max_tokens=20)
    last = list(dialogue.ask("Hello?"))[-1]
    assert isinstance(last, TurnFailed) and "holds no voice" in last.message and "Error" not in last.message
    assert last.message.endswith(".") and f'python3 dev.py voice RECORDING "{voiceless}"' in last.message
    shutil.copytree(folders["stepaudio2"] / "voices", voiceless / "voices")  # as the command makes one
    assert isinstance(list(dialogue.ask("Hello?"))[-1], TurnFinished)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", ["glm4voice", "stepaudio2"])
def test_every_precision_answers(name, precision, folders):
    model = unending((GLM4Voice if name == "glm4voice" else StepAudio2)(folders[name], "cpu", precision))
    assert model.placement.precision == precision
    assert model.decoder.backend == ("onnxruntime" if precision in GRAPHS else "torch")
    events = list(Dialogue(model, max_tokens=30).ask("Hello?"))
    assert isinstance(events[-1], TurnFinished) and heard(events).size


def test_parity_speaks_as_released(folders):
    for name, kind in (("glm4voice", GLM4Voice), ("stepaudio2", StepAudio2)):
        model = unending(kind(folders[name], "cpu", "fp32", parity=True))
        events = ask(Dialogue(model, max_tokens=60), sounds(name)[0])
        assert isinstance(events[-1], TurnFinished) and heard(events).size


def test_the_release_says_how_it_is_sampled(folders):
    model = models.load(folders["glm4voice"])
    said = json.loads((folders["glm4voice"] / "generation_config.json").read_text())
    assert model.sampling == replace(Sampling(), temperature=said["temperature"], top_p=said["top_p"])


@pytest.mark.parametrize("name", ["glm4voice", "stepaudio2"])
def test_the_command_line(name, folders, tmp_path, capsys):
    asked(capsys, folders[name], "--audio", sounds(name)[0], "--out", tmp_path / "reply.wav", "--max-tokens", 80)
    assert (tmp_path / "reply.wav").stat().st_size > 10_000


def test_what_is_missing_is_said(folders, tmp_path):
    lonely = tmp_path / "far" / "away" / "glm"  # parts are looked for in the folders around, too
    shutil.copytree(folders["glm4voice"], lonely)
    with pytest.raises((ValueError, FileNotFoundError), match="glm-4-voice-tokenizer is missing"):
        models.load(lonely)
