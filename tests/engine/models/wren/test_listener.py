"""Listening while the question is still being asked."""

import numpy as np
import pytest
import torch

from engine.models.wren.listener import PhoneNetwork, StreamingListener
from engine.models.wren.listener_config import BEAT, FRAMES, Windows

BEATS_A_POSITION = 2 / FRAMES


@pytest.fixture(scope="module")
def sound():
    return np.random.default_rng(0).normal(0, 0.1, 16_000 * 6 + 77).astype(np.float32)


def heard(network, sound, step, tail=5000):
    listener, body = StreamingListener(network), sound[: max(0, len(sound) - tail)]
    pieces = [listener.feed(body[i : i + step]) for i in range(0, len(body), step)]
    return torch.cat([*pieces, listener.finish(sound[len(body) :])]), pieces


@pytest.mark.parametrize("step", (160, 1024, 7777))
def test_fed_in_pieces_it_hears_the_same(network, sound, step):
    whole, _ = heard(network, sound, len(sound))
    parts, _ = heard(network, sound, step)
    torch.testing.assert_close(parts, whole, atol=1e-5, rtol=0)


def test_most_positions_are_settled_before_the_end(network, sound):
    whole, pieces = heard(network, sound, 512)
    late = len(whole) - sum(len(piece) for piece in pieces)
    config = network.config
    assert late * BEATS_A_POSITION <= config.block + config.ahead + 5000 / BEAT + 2


def test_after_the_last_sample_the_encoder_runs_once(network, sound, monkeypatch):
    listener = StreamingListener(network)
    listener.feed(sound)
    runs = []
    monkeypatch.setattr(network, "features", lambda samples: runs.append(samples) or PhoneNetwork.features(network, samples))
    listener.finish(np.zeros(5000, np.float32))
    assert len(runs) == 1


def test_one_position_is_80_milliseconds(network, sound):
    whole, _ = heard(network, sound, 4096)
    assert len(whole) == pytest.approx(len(sound) / 1280, abs=2.5)
    assert whole.shape[1] == 2 * network.config.classes
    assert 0 <= whole.min() and whole.max() <= 1


@pytest.mark.parametrize("samples", (0, 1, 159, 160, 399, 401, BEAT, BEAT + 1))
def test_very_short_sounds_are_no_error(network, samples):
    whole, _ = heard(network, np.zeros(samples, np.float32), 100, tail=200)
    assert len(whole) == (0 if samples == 0 else 2 if samples <= BEAT else 3)


@pytest.mark.parametrize("total", range(0, 40, 3))
def test_windows_settle_every_beat_once(network, total):
    config, windows = network.config, Windows(network.config)
    found = [w for whole in range(total) for w in windows.settle(whole)] + windows.rest(total)
    assert [beat for w in found for beat in range(w.first, w.last)] == list(range(total))
    assert all(w.first - w.start == min(w.first, config.behind) and w.end <= total for w in found)
