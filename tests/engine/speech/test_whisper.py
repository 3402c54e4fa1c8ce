"""Whisper's features, and the tokenizer at its released size."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import WhisperFeatureExtractor
from transformers.audio_utils import mel_filter_bank

from engine.speech.whisper_encoder import WhisperCache
from engine.speech.whisper_mel import WhisperMel, slaney_filters
from engine.speech.whisper_vq import WhisperVQ, WhisperVQConfig, released_name
from tests.engine.speech import whisper_vq_oracle as oracle

RELEASED = oracle.config(
    num_mel_bins=128, max_source_positions=1500, d_model=1280, encoder_attention_heads=20, encoder_ffn_dim=5120,
    encoder_layers=32, quantize_position=16, pooling_position=16, quantize_causal_block_size=200, quantize_vocab_size=16384,
)  # fmt: skip


@pytest.mark.parametrize("bands", (80, 128))
def test_features_are_those_of_transformers(bands):
    samples = np.random.default_rng(0).normal(0, 0.1, 24_000).astype(np.float32)
    samples[9000:] *= 1e-6
    extractor = WhisperFeatureExtractor(feature_size=bands)
    wanted = extractor(samples, sampling_rate=16_000, padding="longest", return_tensors="pt").input_features[0].T
    log_power = WhisperMel(bands).log_power(torch.from_numpy(samples))
    torch.testing.assert_close(WhisperMel.features(log_power, log_power.max()), wanted, atol=1e-5, rtol=0)


@pytest.mark.parametrize("rate, size, bands, high", ((16_000, 400, 128, 8000), (24_000, 1920, 80, 8000), (16_000, 512, 40, 4000)))
def test_filters_are_those_of_transformers(rate, size, bands, high):
    wanted = mel_filter_bank(size // 2 + 1, bands, 0, high, rate, norm="slaney", mel_scale="slaney")
    np.testing.assert_allclose(slaney_filters(rate, size, bands, 0, high), wanted, atol=1e-7)


def test_released_names_and_shapes():
    with torch.device("meta"):
        network = WhisperVQ(WhisperVQConfig.from_release(RELEASED))
    found = {released_name(name): tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    assert found == oracle.released_shapes(RELEASED)
    past = WhisperCache()
    with torch.device("meta"):
        first = network.encode(torch.empty(400, 128), 0, past)
        second = network.encode(torch.empty(4 + 400, 128), 200, past)
        assert first.shape == second.shape == (200, 1280)
        assert network.quantise(network.pool(second)).shape == (50,)
