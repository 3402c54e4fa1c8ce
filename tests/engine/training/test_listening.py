"""What the listener's head is trained on is what it will hear."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.models.wren.listener import StreamingListener, in_features, pair_up
from engine.models.wren.listener_config import BEAT
from engine.speech.u_law import u_law
from engine.training import places, states, tokens, train_listener, wires
from engine.training.augment import augment
from engine.training.over_reply import over_reply


@pytest.fixture(scope="module")
def sounds():
    rng = np.random.default_rng(0)
    return [rng.normal(0, 0.1, count).astype(np.float32) for count in (3000, 14 * BEAT, 40_123)]


@torch.inference_mode()
def test_kept_states_give_what_streaming_gives(network, sounds):
    heard = states.hear(network.encoder, network.config, sounds)
    for sound, logits in zip(sounds, train_listener.logits(network.head, heard, network.config), strict=True):
        listener, tail = StreamingListener(network), max(0, len(sound) - 4800)
        wanted = torch.cat([listener.feed(sound[:tail]), listener.finish(sound[tail:])])
        found = pair_up(in_features(logits, network.config.floor))
        torch.testing.assert_close(found, wanted, atol=0.02, rtol=0)  # states are kept in 16 bits


def test_errors_are_counted_per_phone(network, sounds):
    heard = states.hear(network.encoder, network.config, sounds[:1])
    path = train_listener.best_path(train_listener.logits(network.head.eval(), heard, network.config)[0])
    examples = [(heard[0], [*path, 1, 1])]
    assert train_listener.phone_error_rate(network.head, examples, network.config) == pytest.approx(2 / (len(path) + 2))


@pytest.mark.parametrize("way", (wires.telephone, wires.codec))
def test_lines_and_codecs_keep_the_length(way):
    rng, tone = np.random.default_rng(0), np.sin(np.arange(12_345) * 0.2) / 2
    for _ in range(8):
        assert len(way(tone, rng)) == len(tone)


def test_u_law_is_what_the_telephone_has():
    tone = np.sin(np.arange(1000) * 0.2)
    for level, noise in ((1, 0.03), (0.01, 0.0006)):
        assert np.abs(u_law(tone * level) - tone * level).max() < noise


def test_worn_sound_stays_in_range():
    rng = np.random.default_rng(0)
    for _ in range(10):
        worn = augment(np.sin(np.arange(8000) * 0.3).astype(np.float32), rng)
        assert worn.dtype == np.float32 and np.abs(worn).max() <= 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory, network):
    """A training folder of 40 short noises, heard."""
    folder, rng = tmp_path_factory.mktemp("training"), np.random.default_rng(0)
    (folder / places.QUESTIONS).mkdir()
    (rng.normal(0, 0.1, 40 * 8000) * 32767).astype(np.int16).tofile(folder / places.QUESTIONS / "0000.pcm")
    rows = [
        {"start": 8000 * i, "length": 8000, "text": "t", "voice": "v", "phones": ["a", "b"], "kind": "diverse"} for i in range(40)
    ]
    (folder / places.QUESTIONS / "0000.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for clips, heard in places.corpora(folder):
        states.make(clips, network.encoder, network.config, heard)
    return folder


def test_training_goes_on_where_it_stopped(folder, network, capsys):
    corpora, checkpoint = places.corpora(folder), folder / "listener.pt"
    for steps in (1, 2):
        train_listener.train(corpora, checkpoint, network.config, steps, processes=1)
        assert torch.load(checkpoint, weights_only=True)["step"] == steps
    assert "listener 2/2" in capsys.readouterr().out


def test_every_clip_is_listened_to_as_often_as_its_corpus_says(folder, network, monkeypatch):
    tokens.listen(places.corpora(folder), network.head.eval(), network.config, folder / "heard")
    found = list(tokens.heard(places.corpora(folder), folder / "heard"))
    assert len(found) == 40 * places.TIMES[places.QUESTIONS]
    monkeypatch.setitem(places.TIMES, places.QUESTIONS, 2)
    assert len(list(tokens.heard(places.corpora(folder), folder / "heard"))) == 80
    assert all(row.shape[1] == 2 * network.config.classes and len(row) > 4 for _, row in found)


def test_states_of_other_windows_are_refused(folder, network):
    clips, heard = places.corpora(folder)[0]
    with pytest.raises(ValueError, match="other"):
        states.make(clips, network.encoder, replace(network.config, behind=3), heard)


def test_of_a_reply_that_sounds_meanwhile_something_is_left_and_the_question_is_whole():
    question = (0.2 * np.sin(np.arange(24_000) * 0.21)).astype(np.float32)
    reply = np.random.default_rng(1).normal(0, 0.1, 48_000).astype(np.float32)
    softer = []
    for seed in range(20):
        heard = over_reply(question, reply, np.random.default_rng(seed))
        assert heard.shape == question.shape and heard.dtype == np.float32
        softer.append(-20 * np.log10(np.std(heard - question) / np.std(question)))
    assert min(softer) > -0.5 and max(softer) < 38.5 and max(softer) - min(softer) > 10


def test_some_questions_are_asked_over_a_reply(network, tmp_path, monkeypatch):
    (tmp_path / "clips").mkdir()
    rng = np.random.default_rng(0)
    (rng.normal(0, 0.1, 20 * 8000) * 32767).astype(np.int16).tofile(tmp_path / "clips" / "0000.pcm")
    row = {"length": 8000, "text": "t", "voice": "v", "phones": ["a"], "kind": "diverse"}
    lines = (json.dumps({"start": 8000 * i, **row}) + "\n" for i in range(20))
    (tmp_path / "clips" / "0000.jsonl").write_text("".join(lines))
    drawn = []
    monkeypatch.setattr(states, "_OVER_REPLIES", 0.5)

    def reply(rng):
        drawn.append(1)
        return np.ones(1600, np.float32)

    states.make(tmp_path / "clips", network.encoder, network.config, tmp_path / "heard", reply=reply)
    assert 4 < len(drawn) < 16
    assert len(list(states.read(tmp_path / "clips", tmp_path / "heard", network.config))) == 20
