"""Turns whose speech is pooled: the prompt, what is reported, and what stays right afterwards."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import engine.models
from engine.cli import main
from engine.dialogue import Dialogue
from engine.events import Listened, Prefilled, Token, TurnFinished
from engine.models.pooled_speech import PooledSpeech
from engine.models.spoken_lm import PromptPiece
from engine.prefill.affinity import merged
from engine.prefill.pooling import InputPooling, PoolingError, parse
from tests.engine.prefill.dense import grouped
from tests.engine.random_lm import END_OF_TEXT, SHAPE
from tests.engine.random_spoken_lm import POSITION, RATE, LevelListener, RandomSpokenLM

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

INPUT, DEEP, DUAL = "input:0.8", "deep:2@0.9", "dual:0.965,2@0.8"


@pytest.fixture
def model():
    return RandomSpokenLM()


def question(seconds=3.0, seed=0):
    """Sounds that stay for some positions of the prompt, then change."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE / POSITION)
    sounds = [random.normal(0, 0.2, POSITION)]
    for _ in range(count - 1):
        sounds.append(sounds[-1] if random.random() < 0.6 else random.normal(0, 0.2, POSITION))
    return np.concatenate([sound + random.normal(0, 0.04, POSITION) for sound in sounds]).astype(np.float32)


def speak(dialogue, samples, block=None, pooling=None, **options):
    turn = dialogue.open_turn(pooling)
    for start in range(0, len(samples), block or len(samples)):
        turn.feed(samples[start : start + (block or len(samples))], RATE)
    return list(turn.reply(**options))


def of(kind, events):
    return next(event for event in events if isinstance(event, kind))


def ids(events):
    return [event.id for event in events if isinstance(event, Token)]


def states(samples):
    listener = LevelListener()
    return torch.cat([listener.feed(samples).states, listener.finish().states])


def test_input_pooling_shortens_the_prompt_to_the_groups_means(model):
    samples = question()
    events = speak(Dialogue(model, pooling=INPUT), samples, block=700)
    rows = states(samples)
    groups = grouped(rows, [True] * len(rows), 0.8, 1)
    assert 8 < len(groups) < 25 and of(Listened, events).positions == len(groups)
    means = torch.stack([rows[group].mean(0) for group in groups])
    prompt = [model.decoder.embed([END_OF_TEXT, 1]), means, model.decoder.embed([END_OF_TEXT, 2])]
    cache = model.decoder.new_cache()
    state = model.decoder.run(torch.cat(prompt), 0, cache)[-1:]  # positions follow one another
    allowed = model.pattern(True).allowed()
    assert ids(events)[0] == int(model.decoder.logits(state)[0].masked_fill(~allowed.mask, -torch.inf).argmax())
    assert of(Prefilled, events).positions == len(groups) + 4


@pytest.mark.parametrize("window", [1, 2, 5])
def test_a_window_is_how_far_back_a_group_is_compared(model, window):
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(1, SHAPE.dim, generator=generator) + 0.8 * torch.randn(60, SHAPE.dim, generator=generator)
    speech = PooledSpeech(model.decoder, InputPooling(0.62, window))
    sizes = [size for heard in (*speech.feed(PromptPiece(states=rows)), *speech.finish()) for size in heard.sizes]
    wanted = [[len(group) for group in grouped(rows, [True] * 60, 0.62, w)] for w in (1, 2, 5)]
    assert sizes == wanted[(1, 2, 5).index(window)] and len({len(one) for one in wanted}) == 3


@pytest.mark.parametrize("pooling", [INPUT, DEEP, DUAL])
@pytest.mark.parametrize("block", [97, 800, 3000])
def test_streaming_is_the_same_as_all_at_once(model, pooling, block):
    samples = question()
    whole, parts = (speak(Dialogue(model, pooling=pooling), samples, size) for size in (None, block))
    assert ids(parts) == ids(whole) and isinstance(parts[-1], TurnFinished)
    assert parts[-1].stats.prefill == whole[-1].stats.prefill


@pytest.mark.parametrize("pooling", [INPUT, DEEP, DUAL])
def test_a_turn_says_what_pooling_saved(model, pooling):
    samples = question()
    stats = speak(Dialogue(model, pooling=pooling), samples)[-1].stats
    plain = speak(Dialogue(model), samples)[-1].stats
    cost, whole = stats.prefill, plain.prefill
    assert (stats.pooling, plain.pooling) == (pooling, "none")
    assert whole == {
        "heard": 30, "input": 30, "deep": 30, "flops": whole["flops"], "flops_unpooled": whole["flops"],
        "kv_bytes": 34 * 4 * 2 * 2 * 8 * 4, "kv_bytes_unpooled": 34 * 4 * 2 * 2 * 8 * 4,
    }  # fmt: skip
    assert cost["heard"] == 30 and cost["flops_unpooled"] == whole["flops"] > cost["flops"]
    assert cost["kv_bytes_unpooled"] == whole["kv_bytes"]
    assert (cost["input"] < 30) == (pooling != DEEP) and (cost["deep"] < cost["input"]) == (pooling != INPUT)
    entries = 4 * 4 + 2 * cost["input"] + 2 * cost["deep"]
    assert cost["kv_bytes"] == entries * 2 * 2 * 8 * 4
    assert 0 < stats.seconds["first_token"] <= stats.seconds["total"]


def test_later_turns_are_compared_with_a_conversation_without_pooling(model):
    pooled, plain = Dialogue(model, pooling=DUAL), Dialogue(model)
    for dialogue in (pooled, plain):
        speak(dialogue, question(2, seed=1))
        dialogue.heard(0.2)
    speak(pooled, question(2, seed=2))
    speak(plain, question(2, seed=2))
    stats = speak(pooled, question(1, seed=3))[-1].stats
    exchanges = pooled._history.exchanges[:2]
    assert all(exchange.merged > 0 for exchange in exchanges)
    saved = (stats.prefill["kv_bytes_unpooled"] - stats.prefill["kv_bytes"]) / (2 * 2 * 8 * 4)
    lower = sum(exchange.merged for exchange in pooled._history.exchanges)
    upper = sum(piece.speech * len(piece) for exchange in pooled._history.exchanges for piece in exchange.question)
    assert saved >= 4 * lower and saved <= 4 * lower + 2 * upper


@pytest.mark.parametrize("pooling", [INPUT, DEEP, DUAL])
def test_the_kept_cache_equals_a_fresh_prefill(model, pooling):
    warm, cold = Dialogue(model, pooling=pooling), Dialogue(model, pooling=pooling)
    for dialogue in (warm, cold):
        speak(dialogue, question(2, seed=1), schedule="spark:even@1")
        dialogue.heard(0.3)
    cold._history._keep(0)
    assert ids(speak(warm, question(1, seed=2), block=500)) == ids(speak(cold, question(1, seed=2), block=500))


@pytest.mark.parametrize("pooling", [INPUT, DUAL])
def test_turns_that_make_room_are_pooled_again(model, pooling):
    dialogue, last = Dialogue(model, pooling=pooling), question(2, seed=9)
    for seed in range(6):
        assert isinstance(speak(dialogue, question(2, seed=seed), block=900)[-1], TurnFinished)
    assert len(dialogue._history.exchanges) < 6
    turn = dialogue.open_turn()
    turn.feed(last, RATE)
    turn.abandon()
    warm = ids(speak(dialogue, last, block=900))
    assert len(warm) == 24 and dialogue.positions <= dialogue.capacity


def test_a_turn_may_be_pooled_in_its_own_way(model):
    dialogue = Dialogue(model, pooling=INPUT)
    found = [speak(dialogue, question(2), pooling=pooling)[-1].stats for pooling in ("none", None, parse(DEEP))]
    assert [stats.pooling for stats in found] == ["none", INPUT, DEEP]
    assert found[0].prefill["input"] == 20 > found[1].prefill["input"]
    assert list(dialogue.ask("typed"))[-1].stats.pooling == "none"


def test_what_cannot_run_is_refused_before_the_turn(model):
    with pytest.raises(PoolingError, match="choose a lower"):
        Dialogue(model, pooling="deep:4@0.8")
    dialogue = Dialogue(model)
    with pytest.raises(PoolingError, match="choose a lower"):
        dialogue.open_turn("deep:9@0.8")
    assert isinstance(speak(dialogue, question(1))[-1], TurnFinished)


def test_a_question_beyond_the_context_is_cut_after_pooling(model):
    samples = question(16)
    plain, pooled = (speak(Dialogue(model, pooling=pooling), samples)[-1].stats for pooling in ("none", INPUT))
    assert "too long" in plain.limits[0] and plain.prefill["heard"] < 160
    assert pooled.limits == () and pooled.prefill["heard"] == 160  # it fits now
    longer = speak(Dialogue(model, pooling=INPUT), question(60))[-1].stats
    kept = float(longer.limits[0].split("first ")[1].split(" s")[0])
    assert kept == pytest.approx(longer.prefill["heard"] * POSITION / RATE, abs=0.06)


def test_tokens_are_pooled_by_their_embeddings(model):
    tokens = (3, 3, 3, 5, 5, 6, 3)
    speech = PooledSpeech(model.decoder, InputPooling(0.99))
    found = [*speech.feed(PromptPiece(tokens[:2])), *speech.feed(PromptPiece(tokens[2:])), *speech.finish()]
    assert sum((heard.sizes for heard in found), []) == [3, 2, 1, 1]
    assert all(heard.piece.speech for heard in found)
    got = torch.cat([heard.piece.states for heard in found])
    assert torch.allclose(got, model.decoder.embed([3, 5, 6, 3]), atol=1e-6)


def test_marks_between_speech_stay_as_they_are(model):
    rows = torch.randn(1, SHAPE.dim).repeat(9, 1)
    speech = PooledSpeech(model.decoder, InputPooling(0.5))
    found = [*speech.feed(PromptPiece(states=rows, marks=(4, 5))), *speech.finish()]
    assert [(heard.sizes, heard.piece.speech) for heard in found] == [([4], True), ([0], False), ([0], False), ([3], True)]
    plain = PooledSpeech(model.decoder, None).feed(PromptPiece(states=rows, marks=(4, 5)))
    assert torch.equal(torch.cat([heard.piece.states for heard in plain]), rows)
    assert merged(rows, 0.5, 1).sizes == [9]  # without marks they would all be one


@pytest.fixture
def sound(tmp_path):
    from engine.audio_files import write

    write(tmp_path / "question.wav", question(), RATE)
    return tmp_path / "question.wav"


def test_the_command_line_pools_and_reports(model, monkeypatch, capsys, tmp_path, sound):
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    trace = tmp_path / "trace.jsonl"
    assert main(["ask", "--audio", str(sound), "--pooling", DUAL, "--json", "--trace", str(trace)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["pooling"] == DUAL and answer["prefill"]["deep"] < answer["prefill"]["input"] < answer["prefill"]["heard"]
    assert {json.loads(line)["pooling"] for line in trace.read_text().splitlines()} == {DUAL}
    assert main(["ask", "--audio", str(sound), "--pooling", INPUT]) == 0
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert "30 positions heard, 13 kept, 13 in the top layer" in last and last.endswith(INPUT)
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"audio": "question.wav"}\n{"audio": "question.wav", "pooling": "none"}\n{"text": "x", "pooling": "all"}\n')
    assert main(["ask", "--batch", str(batch), "--pooling", INPUT]) == 1  # for the line that failed
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["pooling"] == INPUT and second["pooling"] == "none" and "not a pooling" in third["error"]


@pytest.mark.parametrize("pooling", ["all", "input:2", "deep:4@0.8"])
def test_a_wrong_pooling_is_one_sentence(model, monkeypatch, capsys, sound, pooling):
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    assert main(["ask", "--audio", str(sound), "--pooling", pooling]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("refrain: ") and err.count("\n") == 1
