"""Listening by convolutions while the question is still being asked."""

import numpy as np
import pytest
import torch

from engine.models.wren.convolutional import ConvolutionalListener, ConvolutionalNetwork
from engine.models.wren.listener_config import ConvolutionalConfig


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    network = ConvolutionalNetwork(ConvolutionalConfig(phones=tuple("abcdefgh"), channels=32, blocks=3, kernel=5)).eval()
    network.mel.filters.uniform_(0, 0.1)
    return network


def heard(network, sound, step):
    listener = ConvolutionalListener(network)
    pieces = [listener.feed(sound[i : i + step]) for i in range(0, len(sound), step)]
    return torch.cat([*pieces, listener.finish(np.zeros(0, np.float32))]), pieces


@pytest.mark.parametrize("step", (160, 1024, 7777))
def test_fed_in_pieces_it_hears_the_same(network, sound, step):
    whole, _ = heard(network, sound, len(sound))
    parts, _ = heard(network, sound, step)
    torch.testing.assert_close(parts, whole, atol=1e-5, rtol=0)


@pytest.fixture(scope="module")
def sound():
    return np.random.default_rng(0).normal(0, 0.1, 16_000 * 6 + 77).astype(np.float32)


def test_most_positions_are_settled_before_the_end(network, sound):
    whole, pieces = heard(network, sound, 512)
    late = len(whole) - sum(len(piece) for piece in pieces)
    assert late * 0.08 < network.reach * 0.04 + ConvolutionalListener.block * 0.04 + 0.2


def test_one_position_is_80_milliseconds(network, sound):
    whole, _ = heard(network, sound, 4096)
    assert len(whole) == pytest.approx(len(sound) / 1280, abs=1.5)
    assert whole.shape[1] == 2 * network.config.classes
    assert 0 <= whole.min() and whole.max() <= 1


@pytest.mark.parametrize("samples", (0, 1, 159, 160, 399, 401))
def test_very_short_sounds_are_no_error(network, samples):
    whole, _ = heard(network, np.zeros(samples, np.float32), 100)
    assert len(whole) == (0 if samples == 0 else 1)
