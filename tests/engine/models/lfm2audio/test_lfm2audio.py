"""The tiny LFM2.5-Audio in conversation, under every kind of schedule: what must hold of any reply, and of what is kept of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from rich.progress import Progress

from engine import models
from engine.cli import main
from engine.dialogue import Dialogue
from engine.evaluation.sets import EvalItem, QuestionSet
from engine.events import Token, TurnFailed, TurnFinished
from engine.headless import Question
from engine.heads import measuring, recording
from engine.heads import train as training
from engine.heads.goal import goal_of
from engine.heads.recording import HiddenStateRecorder, Places
from engine.heads.train import HeadTrainingPlan
from engine.lm.sampling import Sampling
from engine.models.lfm2audio.lfm2audio import LFM2Audio
from engine.models.tiny import make
from engine.schedules import ScheduleError
from engine.turn_record import TurnRecord

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

GREEDY = Sampling()
SPOKEN = 0.3 * np.sin(np.arange(24_000) * 0.1).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    there = tmp_path_factory.mktemp("lfm") / "tiny"
    make("lfm2audio", there)
    return there


@pytest.fixture(scope="module")
def model(folder):
    return LFM2Audio(folder, "cpu", "fp32")


def asked(dialogue, question="Where is the sea?", **options) -> TurnRecord:
    record = TurnRecord()
    if isinstance(question, str):
        events = dialogue.ask(question, record=record, **options)
    else:
        turn = dialogue.open_turn()
        for part in np.array_split(question, 5):
            turn.feed(part, 16_000)
        events = turn.reply(record=record, **options)
    last = list(events)[-1]
    assert isinstance(last, TurnFinished), last
    return record


def conversation(model, schedule, **options) -> list[TurnRecord]:
    """Two spoken turns and a typed one."""
    dialogue = Dialogue(model, schedule, max_tokens=120, **options)
    return [asked(dialogue, question) for question in (SPOKEN, SPOKEN[:9000], "And then?")]


@pytest.mark.parametrize(
    "schedule",
    ["full", "spark:k=4,last@4", "spark:k=3,first@3+review", "fixed:5", "entropy:4<3.5", "full+codes=3", "spark:even@6+codes=5",
     "full+code-layers=1", "spark:even@4+text", "fixed:4+propagate", "fixed:4+hole"],
)  # fmt: skip
def test_spoken_turns_under_every_kind_of_schedule(schedule, model):
    codes = int(schedule.partition("codes=")[2] or 8)
    for record in conversation(model, schedule, seed=2):
        speech = [token for token in record.tokens if token.kind == "speech"]
        assert record.text.strip() and speech
        assert {len(token.codes) for token in speech} == {codes}
        assert all(model.decoder.frames.ids.id_of(token.codes) == token.id for token in speech)
        sound = np.concatenate([audio.samples for audio in record.audio])
        assert len(sound) == 1920 * len(speech) and 1e-3 < np.abs(sound).max() < 0.9 and record.sample_rate == 24_000
        if schedule.startswith(("fixed", "spark:k=4")):
            assert min(token.depth for token in speech) == int(schedule.partition("@")[2] or schedule[6])


@pytest.mark.parametrize("schedule", ["spark:k=4,last@2+review", "spark:even@6+review", "spark:k=5,first@4+review+text"])
def test_a_reviewed_conversation_is_full_depth_s(schedule, model):
    full, reviewed = (conversation(model, one, sampling=GREEDY) for one in ("full", schedule))
    assert [record.ids for record in reviewed] == [record.ids for record in full]
    assert sum(record.rejected_drafts + record.accepted for record in reviewed) > 0


def test_a_review_with_few_codes_is_full_depth_s_with_as_few(model):
    few = "+codes=1+code-layers=1"
    full, reviewed = (conversation(model, one + few, sampling=GREEDY) for one in ("full", "spark:k=3,last@6+review"))
    assert [record.ids for record in reviewed] == [record.ids for record in full]
    assert sum(record.accepted for record in reviewed) > 0


@pytest.mark.parametrize("schedule", ["full", "spark:k=4,last@3", "spark:k=4,last@5+review"])
def test_what_is_kept_is_what_full_depth_makes_of_it(schedule, model):
    """Keys, values and what convolutions mix, of the positions of two turns; after an exit, from its state on."""
    dialogue = Dialogue(model, schedule, max_tokens=60)
    for question in (SPOKEN, "And then?"):
        asked(dialogue, question)
    history = dialogue._history
    whole = model.decoder.new_cache()
    states = history._states_from(0)[: history.cached]
    model.decoder.run(states, 0, whole)
    for layer in range(model.decoder.config.layers):
        torch.testing.assert_close(history.cache.contents(layer), whole.contents(layer), atol=2e-4, rtol=0)
    assert history.cached == len(history) - len(history.exchanges[-1].closing) - 1 or history.cached == len(history)


@pytest.mark.parametrize("pooling", ["input:0.3", "deep:4@0.3", "dual:0.3,4@0.3"])
def test_the_speech_of_a_question_is_merged(pooling, model):
    dialogue = Dialogue(model, "spark:even@4+review", max_tokens=40, pooling=pooling)
    plain = asked(Dialogue(model, max_tokens=40), SPOKEN).prefill_cost
    cost = asked(dialogue, SPOKEN).prefill_cost
    assert cost["heard"] == plain["heard"] == 19 and cost["flops_unpooled"] == plain["flops_unpooled"]
    assert cost["deep"] < plain["deep"] and cost["kv_bytes"] < plain["kv_bytes"] and cost["flops"] < plain["flops"]
    assert cost["kv_bytes_unpooled"] == plain["kv_bytes_unpooled"] == plain["kv_bytes"]


def test_going_back_to_what_was_heard(model):
    dialogue = Dialogue(model, max_tokens=100, seed=2)
    asked(dialogue)
    dialogue.heard(0.4)
    exchange = dialogue._history.exchanges[-1]
    assert exchange.kinds.count("speech") == 5  # 12.5 a second
    assert exchange.closing.ids[0] == model._tokenizer.turn_end
    asked(dialogue, "And then?")


def test_a_seed_gives_the_same_reply_and_another_one_another_sound(model):
    first, again, other = (asked(Dialogue(model, seed=seed, max_tokens=100)) for seed in (1, 1, 2))
    assert first.ids == again.ids != other.ids
    block = [token.id for token in first.tokens[:6]]
    assert block == [token.id for token in other.tokens[:6]]  # words are greedy, whatever the seed


def test_the_voice_begins_at_once_and_says_the_same_in_groups(model):
    tokens, speaker = model.decoder.frames.ids.some(23), model.speaker()
    silent = model.decoder.frames.ids.id_of((3, 96, *range(6)))
    pieces = [speaker.feed([token]) for token in tokens[:9]] + [speaker.feed([silent, *tokens[9:]]), speaker.finish()]
    assert len(pieces[0]) == 1440 and len(pieces[1]) == 1920 and not len(pieces[2])
    whole = model.detokenizer.wave([model.decoder.frames.ids.codes_of(token) for token in tokens])
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=2e-6)
    assert model.speaker().finish().size == 0


def test_its_modes(folder, tmp_path):
    model = models.load(folder)
    assert model.modes[:2] == ("chat", "asr") and model.sampling.text_temperature == 0
    written = asked(Dialogue(model.in_mode("asr"), max_tokens=40), SPOKEN)
    assert {token.kind for token in written.tokens[:5]} == {"text"}
    aloud = asked(Dialogue(model.in_mode("tts-uk-male"), max_tokens=300, seed=1), "A house by the sea.")
    kinds = [token.kind for token in aloud.tokens]
    assert kinds.index("speech") > 0 and "text" not in kinds[kinds.index("speech") :][:-2]
    with pytest.raises(ValueError, match="no mode 'sing': there are chat, asr"):
        model.in_mode("sing")
    with pytest.raises(ValueError, match="wren has no modes"):
        models.load("wren#asr")
    numbered = shutil.copytree(folder, tmp_path / "no #1")
    assert models.load(numbered).mode == "chat" and models.load(f"{numbered}#asr").mode == "asr"
    assert asked(Dialogue(model, max_tokens=20)).text  # it is as it was


def test_what_the_schedule_cannot_have_is_said(model):
    for text, sentence in (("full+codes=9", "8 codes in a frame"), ("full+code-layers=3", "2 layers that choose")):
        with pytest.raises(ScheduleError, match=sentence):
            Dialogue(model, text)
    with pytest.raises(ScheduleError, match="speech tokens of several codes"):
        Dialogue(models.load("wren"), "full+codes=2")


def test_a_teacher_says_what_the_depth_transformer_says(model):
    teacher, asked = model.frame_teacher(), []
    states = model.decoder.norm(torch.randn(3, model.decoder.config.dim, generator=torch.Generator().manual_seed(1)))
    codes = torch.randint(0, 96, (3, 8), generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        rows = model.depth.rows(states)
        for row, wanted in zip(rows, codes.tolist(), strict=True):
            chosen = iter(wanted)
            model.depth.codes(row, lambda logits, codebook, chosen=chosen: asked.append(logits) or next(chosen))
    mine = torch.nn.functional.linear(states, teacher.weight, teacher.bias).detach().requires_grad_()
    said = teacher.logits(mine, codes)
    torch.testing.assert_close(said.detach().flatten(0, 1), torch.stack(asked), atol=2e-4, rtol=1e-4)
    said.square().sum().backward()
    assert mine.grad is not None and mine.grad.abs().sum() > 0


def test_a_head_learns_the_codes_that_full_depth_chooses(model, tmp_path):
    recorder = HiddenStateRecorder(model, (4,), torch.zeros(0, dtype=torch.long), model.sampling, 60)
    found = (recorder.record(Question("Where is the sea?"), seed) for seed in range(20))
    recording.write(tmp_path / "reply", next(one for one in found if one["codes"].shape[0] > 20))
    places, goal = recording.read(tmp_path / "reply", 0), goal_of(model, torch.zeros(0))
    assert len(places) > 20 and places.target.shape == (len(places), 8)
    head = goal.head()
    _, before, count = goal.measure(head, [places])
    _, itself, _ = goal.measure(goal.head(), [Places(places.final, places.final, places.target)])
    assert itself > 0.99 and 7 * len(places) < count <= 8 * len(places)
    optimizer = torch.optim.Adam(head.parameters(), 3e-3)
    for _ in range(60):
        goal.loss(head, places).backward()
        optimizer.step()
        optimizer.zero_grad()
    assert goal.measure(head, [places])[1] > before + 0.3


def test_heads_of_frames_are_trained_measured_and_used(folder, tmp_path, capsys, monkeypatch):
    own = shutil.copytree(folder, tmp_path / "model")
    monkeypatch.setattr(training, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    asked = QuestionSet("mine", tuple(EvalItem(str(i), "question " + "abcdefgh"[i % 8] * i) for i in range(20)))
    model = models.load(own)
    with Progress(disable=True) as progress:
        plan = HeadTrainingPlan((3, 6), asked, 20, 1, max_tokens=60)
        found = training.train(model, plan, own, progress)
        assert [one.layer for one in found] == [3, 6] and all(one.places > 100 and 0 < one.lens < 1 for one in found)
        again = models.load(own)
        assert sorted(again.exit_heads) == [3, 6] and all(head.trained for head in again.exit_heads.values())
        measured = {one.layer: one for one in measuring.measure(again, asked, (), progress)}
        assert measured.keys() == {3, 6} and all(one.head > 0 and one.places > 300 for one in measured.values())
        # Another time: the head of the other layer is kept, and what was there is compared with.
        before, more = training.train(again, HeadTrainingPlan((3, 5), asked, 10, 1, max_tokens=40), own, progress)
        assert before.before is not None and more.before is None and sorted(models.load(own).exit_heads) == [3, 5, 6]
    again = LFM2Audio(own, "cpu", "fp32")
    full, reviewed = (conversation(again, one, sampling=GREEDY) for one in ("full", "spark:k=3,last@6+review"))
    assert [record.ids for record in reviewed] == [record.ids for record in full]
    assert conversation(again, "spark:k=4,last@3")[0].tokens
    with pytest.raises(ScheduleError, match="no exit head"):
        Dialogue(again, "fixed:4")
    (own / "heads.safetensors").write_bytes((folder / "audio_detokenizer/model.safetensors").read_bytes())
    with pytest.raises(ValueError, match="does not fit the model"):
        models.load(own)


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_every_precision_answers(precision, folder):
    assert asked(Dialogue(LFM2Audio(folder, "cpu", precision), max_tokens=40), SPOKEN).text


def test_a_penalty_and_another_temperature_are_taken(model):
    sampling = replace(model.sampling, repetition_penalty=1.3, temperature=0.5, top_k=0, top_p=0.9)
    assert asked(Dialogue(model, "spark:even@4+review", sampling, max_tokens=60)).text


def test_a_conversation_is_remembered_by_its_frames(model):
    from engine.earlier import EarlierTurn

    first = Dialogue(model, max_tokens=80, sampling=GREEDY)
    record = asked(first)
    turn = EarlierTurn("Where is the sea?", record.text, record.ids, tuple(token.kind for token in record.tokens))
    second = Dialogue(model, max_tokens=80, sampling=GREEDY)
    assert second.remember([turn]).by_words == 0
    assert asked(second, "And then?").ids == asked(first, "And then?").ids


def test_the_command_line(folder, tmp_path, capsys):
    trace = tmp_path / "trace.jsonl"
    for options in ([], ["--mode", "tts-us-female", "--schedule", "spark:even@4+codes=4"]):
        out = tmp_path / "reply.wav"
        given = ["ask", "--model", folder, "--text", "A house by the sea.", *options, "--seed", 1, "--out", out,
                 "--trace", trace, "--max-tokens", 300]  # fmt: skip
        assert main(list(map(str, given))) == 0, capsys.readouterr().err
        assert out.stat().st_size > 2000
    lines = [json.loads(line) for line in trace.read_text().splitlines()]
    assert {len(line["codes"]) for line in lines if line.get("kind") == "speech"} == {4}
    assert main(["ask", "--model", "wren", "--text", "Hello", "--mode", "asr"]) == 1
    assert "wren has no modes" in capsys.readouterr().err
    assert main(["models", "check", str(folder)]) == 0


def _without(name):
    return lambda folder: (folder / name).unlink()


def _older(folder):
    shutil.rmtree(folder / "audio_detokenizer")


def _other_codes(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"codebooks": 6}))


def _other_head(folder):
    config = json.loads((folder / "config.json").read_text())
    config["depthformer"]["dim"] = 100
    (folder / "config.json").write_text(json.dumps(config))


def _short(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100_000])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [(_older, "no folder audio_detokenizer"), (_without("tokenizer.json"), "tokenizer.json"),
     (_without("model.safetensors"), "model.safetensors is missing"), (_short, "cut short|damaged"),
     (_without("audio_detokenizer/model.safetensors"), "model.safetensors is missing"), (_other_codes, "."),
     (_other_head, "dim")],
)  # fmt: skip
def test_a_spoilt_folder_is_said_in_a_sentence(spoil, sentence, folder, tmp_path, capsys):
    bad = shutil.copytree(folder, tmp_path / "bad")
    spoil(bad)
    with pytest.raises((ValueError, FileNotFoundError), match=sentence) as raised:
        models.load(bad)
    assert str(raised.value).strip().endswith((".", ")"))
    assert main(["models", "check", str(bad)]) == 1
    assert "Error" not in capsys.readouterr().err


def test_a_damaged_question_is_said(model):
    turn = Dialogue(model).open_turn()
    turn.feed(np.full(9000, np.nan, np.float32), 16_000)
    last = list(turn.reply())[-1]
    assert isinstance(last, TurnFailed) and "not numbers" in last.message


def test_tokens_tell_their_codes(model):
    events = [event for event in Dialogue(model, max_tokens=30).ask("Hello") if isinstance(event, Token)]
    assert {len(event.codes) for event in events if event.kind == "text"} == {0}
