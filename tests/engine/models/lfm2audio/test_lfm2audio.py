"""The tiny LFM2.5-Audio in conversation, under every kind of schedule: what must hold of any reply, and of what is kept of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine import models
from engine.cli import main
from engine.dialogue import Dialogue
from engine.events import Token, TurnFailed, TurnFinished
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
    for layer in range(3 if schedule == "spark:k=4,last@3" else model.decoder.config.layers):
        torch.testing.assert_close(history.cache.contents(layer), whole.contents(layer), atol=2e-4, rtol=0)
    assert history.cached == len(history) - len(history.exchanges[-1].closing) - 1 or history.cached == len(history)


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


def test_its_modes(folder):
    model = models.load(folder)
    assert model.modes[:2] == ("chat", "asr") and model.sampling.text_temperature == 0
    written = asked(Dialogue(model.in_mode("asr"), max_tokens=40), SPOKEN)
    assert {token.kind for token in written.tokens[:5]} == {"text"}
    aloud = asked(Dialogue(model.in_mode("tts-uk-male"), max_tokens=300, seed=1), "A house by the sea.")
    kinds = [token.kind for token in aloud.tokens]
    assert kinds.index("speech") > 0 and "text" not in kinds[kinds.index("speech") :][:-2]
    with pytest.raises(ValueError, match="no mode 'sing': there are chat, asr"):
        model.in_mode("sing")
    assert asked(Dialogue(model, max_tokens=20)).text  # it is as it was


def test_what_the_schedule_cannot_have_is_said(model):
    for text, sentence in (("full+codes=9", "8 codes in a frame"), ("full+code-layers=3", "2 layers that choose")):
        with pytest.raises(ScheduleError, match=sentence):
            Dialogue(model, text)
    with pytest.raises(ScheduleError, match="speech tokens of several codes"):
        Dialogue(models.load("wren"), "full+codes=2")


def test_heads_cannot_be_trained_is_said(folder, tmp_path, capsys):
    (tmp_path / "q.txt").write_text("Hello\n" * 6)
    assert main(["heads", "train", "--model", str(folder), "--layers", "4", "--replies", "2", "--out", str(tmp_path / "o")]) == 1
    assert "frames of several codes" in capsys.readouterr().err


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
