"""Heads: what is recorded is what full depth computes, training makes them agree with it, and a stop costs nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile
import torch
from rich.progress import Progress

from engine import models
from engine.dialogue import Dialogue
from engine.evaluation.sets import EvalItem, QuestionSet
from engine.events import Token, TurnFinished
from engine.headless import Question
from engine.heads import questions, recording
from engine.heads import train as training
from engine.heads.recording import HiddenStateRecorder
from engine.heads.train import HeadTrainingPlan, head_ids, target_folder, trained_heads
from engine.lm.heads import logit_lens
from engine.lm.sampling import Sampling
from engine.models import tiny
from engine.models.checkpoints import exit_heads as files
from engine.models.checkpoints.exit_heads import FILE, about, exit_heads, own_folder
from engine.resources import resources_folder
from tests.engine.random_lm import END, SPEECH
from tests.engine.random_spoken_lm import RATE, RandomSpokenLM, tone

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

IDS = torch.tensor([*SPEECH, END])
ASKED = QuestionSet("mine", tuple(EvalItem(str(i), "question " + "abcdefgh"[i % 8] * i) for i in range(20)))


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """The user's data and cache."""
    monkeypatch.setattr(files, "user_data_path", lambda *_, **__: tmp_path / "data")
    monkeypatch.setattr(training, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "data"


@pytest.fixture
def model(tmp_path):
    """With the logit lens in place of heads, in a folder of its own."""
    model = RandomSpokenLM(limit=60)
    model.exit_heads = dict.fromkeys((1, 2, 3), logit_lens(model.decoder, IDS))
    model.folder = tmp_path / "model"
    model.folder.mkdir()
    return model


def trained(model, layers=(1, 3), target=None, asked=ASKED, replies=40, epochs=3, **options):
    plan = HeadTrainingPlan(layers, asked, replies, epochs, Sampling(temperature=1.0), **options)
    with Progress(disable=True) as progress:
        return training.train(model, plan, target or target_folder(model), progress)


@pytest.mark.parametrize("spoken", [False, True])
def test_what_is_recorded_is_what_full_depth_computes(model, tmp_path, spoken):
    sound = tmp_path / "question.wav"
    soundfile.write(sound, np.tile(tone(3), 30), RATE)
    question = Question(audio=sound) if spoken else Question("hello")
    recorder = HiddenStateRecorder(model, (1, 3), IDS, Sampling(), 600)
    path = recording.path_of(tmp_path, 0)
    recording.write(path, recorder.record(question, 0))
    turn = Dialogue(model, "full").open_turn() if spoken else None
    if turn:
        turn.feed(*soundfile.read(sound, dtype="float32"))
    events = list(turn.reply() if turn else Dialogue(model, "full").ask("hello"))
    assert isinstance(events[-1], TurnFinished)
    tokens = [event for event in events if isinstance(event, Token)]
    said = [token.id for token in tokens[1:] if token.kind == "speech"]  # the first token comes from the prompt
    found = recording.read(path, 1)
    assert len(found) == recording.places(path) == len(said) and said
    final = model.decoder.logits(found.final)[:, IDS].masked_fill(~found.target, float("-inf"))
    assert [int(IDS[i]) for i in final.argmax(-1)] == said
    inner = recording.read(path, 0).states
    assert not torch.allclose(inner, found.states) and torch.isfinite(inner).all()


def test_questions_are_never_on_two_sides():
    parts = recording.split(range(60), 20)
    sides = [{number % 20 for number in part} for part in parts]
    assert sorted(sum(parts, [])) == list(range(60)) and all(parts)
    assert not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]


def test_trained_heads_agree_more_than_the_logit_lens_and_are_used(model):
    found = trained(model, replies=120, epochs=8)
    assert [one.layer for one in found] == [1, 3]
    assert all(one.trained > one.lens and one.places > 100 and one.before is None for one in found), found
    stored = exit_heads(model.folder, model.decoder, IDS.tolist())
    assert sorted(stored) == [1, 3] and stored[1].ids.tolist() == IDS.tolist()
    said = about(model.folder / FILE)
    assert said["replies"] == 120 and said["agreement"][0]["trained"] == found[0].trained
    model.exit_heads = stored
    assert isinstance(list(Dialogue(model, "spark:even@3").ask("hello"))[-1], TurnFinished)


def test_heads_of_other_layers_stay_and_earlier_ones_are_compared(model):
    trained(model, (1,))
    model.exit_heads = first = exit_heads(model.folder, model.decoder, IDS.tolist())
    assert sorted(trained_heads(model)) == [1]
    (again,) = trained(model, (3,), replies=30)
    assert again.before is None
    model.exit_heads = both = exit_heads(model.folder, model.decoder, IDS.tolist())
    assert sorted(both) == [1, 3] and torch.equal(both[1].rows, first[1].rows)
    (again,) = trained(model, (1,), replies=35)
    assert again.before is not None and 0 < again.before < 1


def test_a_stopped_recording_goes_on(model, monkeypatch):
    record, count = HiddenStateRecorder.record, []

    def stopping(self, question, seed):
        count.append(question)
        if len(count) == 12:
            raise KeyboardInterrupt
        return record(self, question, seed)

    monkeypatch.setattr(HiddenStateRecorder, "record", stopping)
    with pytest.raises(KeyboardInterrupt):
        trained(model)
    found = trained(model)
    assert len(count) == 12 + 40 - 11
    monkeypatch.setattr(HiddenStateRecorder, "record", record)
    model.folder.joinpath(FILE).unlink()
    assert trained(model) == found


def test_a_stopped_training_goes_on(model, tmp_path, monkeypatch):
    whole = trained(model, target=tmp_path / "whole")
    save, count = training.LayerTraining._save, []

    def stopping(self, state):
        save(self, state)
        count.append(self._layer)
        if len(count) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(training.LayerTraining, "_save", stopping)
    with pytest.raises(KeyboardInterrupt):
        trained(model)
    assert trained(model) == whole and count == [1, 1, 1, 3, 3, 3]
    assert (model.folder / FILE).stat().st_size == (tmp_path / "whole" / FILE).stat().st_size
    assert not list((tmp_path / "cache").rglob("*.safetensors"))  # what is not needed any more is gone


def test_where_heads_are_written(model, data, tmp_path, monkeypatch):
    assert target_folder(model) == model.folder
    model.folder = resources_folder() / "wren"
    assert target_folder(model) == own_folder(model.folder)
    assert data in target_folder(model).parents
    model.folder = tmp_path / "model"
    monkeypatch.setattr(training, "_writable", lambda folder: False)
    assert target_folder(model) == own_folder(model.folder) != own_folder(tmp_path / "other" / "model")


def test_heads_in_the_users_data_come_first_but_only_for_their_weights(model):
    trained(model, (1,))
    trained(model, (3,), target=own_folder(model.folder))
    assert sorted(exit_heads(model.folder, model.decoder, IDS.tolist())) == [3]
    other = RandomSpokenLM(seed=1)
    assert sorted(exit_heads(model.folder, other.decoder, IDS.tolist())) == [1]
    own = own_folder(model.folder) / FILE
    own.write_bytes(b"damaged")
    with pytest.raises(ValueError, match=f"^The exit heads in {own} cannot be read"):
        exit_heads(model.folder, model.decoder, IDS.tolist())


def test_wren_uses_heads_from_the_users_data():
    wren = models.load("wren")
    with Progress(disable=True) as progress:
        plan = HeadTrainingPlan((6,), questions.questions("bundled", "wren", 10), 10, 1)
        (found,) = training.train(wren, plan, target_folder(wren), progress)
    assert found.before > 0.9 and found.trained > 0.9 and found.places > 50
    again = models.load("wren")
    assert sorted(again.exit_heads) == sorted(wren.exit_heads)
    assert not torch.equal(again.exit_heads[6].rows, wren.exit_heads[6].rows)
    torch.testing.assert_close(again.exit_heads[5].rows, wren.exit_heads[5].rows, atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize("family", [family for family in tiny.FAMILIES if family != "lfm2audio"])  # which speaks in frames
def test_a_released_model_learns_heads(family, tmp_path):
    tiny.make(family, tmp_path / "tiny")
    model = models.load(tmp_path / "tiny")
    layer = model.decoder.config.layers - 1
    (found,) = trained(model, (layer,), replies=10, epochs=1, max_tokens=40)
    assert found.trained >= 0 and found.places > 0 and found.lens >= 0
    again = models.load(tmp_path / "tiny")
    assert sorted(again.exit_heads) == [layer] and torch.equal(head_ids(again), head_ids(model))
    assert json.loads(json.dumps(about(model.folder / FILE)))["model"] == model.name


@pytest.mark.parametrize("layers, word", [((), "at least one"), ((4,), "not 4"), ((0, 2), "not 0")])
def test_layers_that_are_not_there_are_refused(model, layers, word):
    with pytest.raises(ValueError, match=word):
        trained(model, layers)


def test_what_cannot_be_learned_from_is_a_sentence(model):
    with pytest.raises(ValueError, match="at least five"):
        trained(model, asked=QuestionSet("mine", ASKED.items[:1]), replies=1)
    with pytest.raises(ValueError, match="None of the questions could be asked: .*type some words"):
        trained(model, asked=QuestionSet("mine", (EvalItem("1", " "),)), replies=1)
    model.exit_heads = {}
    with pytest.raises(ValueError, match="no place"):
        trained(model)


def test_questions_come_from_what_ships_a_text_file_or_a_set(tmp_path):
    shipped = questions.questions("bundled", "random", 1000)
    assert 400 < len(shipped.items) < 1000 and 30 < sum(item.audio is not None for item in shipped.items)
    assert all(item.audio is None or item.audio.is_file() for item in shipped.items)
    drawn = questions.questions("bundled", "wren", 1000)
    assert len(drawn.items) == len({item.text for item in drawn.items}) == 1000
    lines = tmp_path / "lines.txt"
    lines.write_text("One?\n\n Two? \n")
    assert [item.text for item in questions.questions(str(lines), "random", 9).items] == ["One?", "Two?"]
    lines.write_text("\n")
    with pytest.raises(ValueError, match="no question"):
        questions.questions(str(lines), "random", 9)
    with pytest.raises(ValueError, match="There is no set"):
        questions.questions("nonsense", "random", 9)


def test_no_shipped_question_is_a_test_question():
    from engine.evaluation import sets

    folder, of_kept_wordings = sets.folder_of("wren"), ("typed", "spoken", "cousins", "neural", "unknown")
    tested = {item.text for name in of_kept_wordings for item in sets.read(folder, name)}
    assert not tested & {item.text for item in questions.questions("bundled", "wren", 1500).items}


def test_questions_of_several_sets_leave_out_what_leans_on_a_turn_before():
    found = questions.questions("typed,spoken", "wren", 900)
    assert found.name == "typed, spoken" and {item.audio is None for item in found.items} == {True, False}
    assert len(found.items) == 275 + 240 and not any(item.before for item in found.items)
    assert len(questions.questions("typed,spoken", "wren", 20).items) == 20
