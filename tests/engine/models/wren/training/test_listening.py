"""What the listener's head is trained on is what it will hear."""

import numpy as np
import pytest
import torch

from engine.models.wren.listener import PhoneNetwork, StreamingListener, in_features, pair_up
from engine.models.wren.listener_config import BEAT, EncoderConfig, ListenerConfig
from engine.models.wren.training import states, train_listener, wires
from engine.models.wren.training.augment import augment


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    encoder = EncoderConfig(dim=32, layers=1, heads=2, ffn=32, rotary_dim=8)
    return PhoneNetwork(ListenerConfig(tuple("abcdefgh"), encoder, channels=16, behind=6, block=2, ahead=2)).eval()


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
        assert np.abs(wires.u_law(tone * level) - tone * level).max() < noise


def test_worn_sound_stays_in_range():
    rng = np.random.default_rng(0)
    for _ in range(10):
        worn = augment(np.sin(np.arange(8000) * 0.3).astype(np.float32), rng)
        assert worn.dtype == np.float32 and np.abs(worn).max() <= 1
