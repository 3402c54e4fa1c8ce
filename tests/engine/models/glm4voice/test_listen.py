"""Hearing block by block gives what hearing the whole recording gives."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from engine.models.glm4voice.listen import CodeStream, GLM4VoiceListener, GLMSpeechTokenizer
from tests.engine.speech import whisper_vq_oracle as oracle

BLOCK, SEGMENT, CODE = 6400, 32_000, 1280  # samples


@pytest.fixture(scope="module", params=(20, 18), ids=("blocks of whole codes", "blocks that cut codes"))
def release(request):
    config = oracle.config(quantize_causal_block_size=request.param)
    return config, oracle.random_tensors(config)


@pytest.fixture(scope="module")
def tokenizer(release):
    return GLMSpeechTokenizer.from_tensors(release[0], oracle.FEATURES, release[1])


def rising(samples, seed=0):
    """Tones that leap and grow over faint noise: with every block, something else counts as faint."""
    random, at = np.random.default_rng(seed), np.arange(samples) / 16_000
    piece = (at / 0.1).astype(int)
    hertz, strength = random.uniform(100, 7000, samples // 1600 + 1)[piece], random.uniform(0.1, 1, samples // 1600 + 1)[piece]
    tones = strength * np.minimum(10 ** (at - 3), 1.0) * np.sin(2 * np.pi * hertz * at)
    return (random.normal(0, 1e-5, samples) + tones).astype(np.float32)


def heard(tokenizer, sound, step, parity):
    stream = CodeStream(tokenizer, parity)
    early = [stream.feed(sound[start : start + step]) for start in range(0, len(sound), step)]
    return sum(early, []), stream.finish()


LENGTHS = (
    0, 1, 159, 160, 161, 1279, 1280, 1281, BLOCK - 121, BLOCK, BLOCK + 39, BLOCK + 40, BLOCK + 41, 2 * BLOCK + 777,
    SEGMENT - 1, SEGMENT, SEGMENT + 1, SEGMENT + 1240, SEGMENT + 1280, SEGMENT + 1281, 2 * SEGMENT - 1300, 2 * SEGMENT - 1,
    2 * SEGMENT, 2 * SEGMENT + 3 * BLOCK + 99,
)  # fmt: skip


@pytest.mark.parametrize("length", LENGTHS)
def test_with_parity_all_codes_are_the_reference_s(release, tokenizer, length):
    sound = rising(length)
    if length > 2:
        sound[-2] = 0.9  # a click at the very end, which padding must neither mirror nor lose
    early, late = heard(tokenizer, sound, 5000, parity=True)
    assert early + late == oracle.codes(*release, sound)
    assert len(early + late) == sum(-(-min(SEGMENT, length - start) // CODE) for start in range(0, length, SEGMENT))


@pytest.mark.parametrize("parity", (False, True))
def test_any_split_gives_the_same(tokenizer, parity):
    sound = rising(SEGMENT + 3 * BLOCK + 500)
    whole = heard(tokenizer, sound, len(sound), parity)
    assert all(heard(tokenizer, sound, step, parity) == whole for step in (160, 1024, 7777))


def test_after_the_last_sample_one_block_is_left(tokenizer):
    for length in range(BLOCK, SEGMENT, 1111):
        early, late = heard(tokenizer, rising(length), 160, parity=False)
        assert len(early) + len(late) == -(-length // CODE)
        assert len(late) <= BLOCK // CODE + 1


def test_codes_given_early_are_the_reference_s_where_nothing_louder_follows(release, tokenizer):
    sound = np.ascontiguousarray(rising(SEGMENT)[::-1])
    assert sum(heard(tokenizer, sound, 1024, parity=False), []) == oracle.codes(*release, sound)


def test_codes_given_early_differ_where_something_louder_follows(release, tokenizer):
    sound = rising(SEGMENT)
    early, late = heard(tokenizer, sound, 1024, parity=False)
    wanted = oracle.codes(*release, sound)
    assert len(early + late) == len(wanted) and early + late != wanted
    block = sound[:5000]  # a single one: its loudest point is known when it is encoded
    assert heard(tokenizer, block, 1024, parity=False)[1] == oracle.codes(*release, block)


def test_pieces_are_ids(tokenizer):
    ids = range(1000, 1512)
    listener = GLM4VoiceListener(tokenizer, ids)
    pieces = [listener.feed(np.zeros(0, np.float32)), listener.feed(rising(BLOCK + 40)), listener.finish()]
    assert len(pieces[0]) == 0 and pieces[1].ids and pieces[2].ids
    assert all(token in ids for piece in pieces for token in piece.ids)


@pytest.mark.parametrize("value", (np.nan, np.inf, -np.inf, 1e30))
def test_samples_that_are_no_numbers_are_refused(tokenizer, value):
    sound = rising(500)
    sound[77] = value
    with pytest.raises(ValueError, match="Record it again"):
        CodeStream(tokenizer).feed(sound)


def test_silence_clipping_and_ten_minutes_are_heard(tokenizer):
    for sound in (np.zeros(SEGMENT, np.float32), np.sign(rising(SEGMENT)), 5 * rising(SEGMENT)):
        assert len(tokenizer.codes(sound, 16_000)) == SEGMENT // CODE
    sound = np.tile(rising(160_000), 60)
    early, late = heard(tokenizer, sound, len(sound), parity=False)
    assert len(early + late) == len(sound) // CODE


def test_the_first_channel_at_any_rate_is_heard(tokenizer):
    sound = rising(48_000)
    stereo = np.stack([sound, np.ones_like(sound)], 1)
    assert tokenizer.codes(stereo, 48_000) == tokenizer.codes(sound, 48_000)
    assert tokenizer.codes(stereo, 48_000, parity=True) == tokenizer.codes(sound, 48_000, parity=True)
    assert len(tokenizer.codes(stereo, 48_000)) == 13 == len(tokenizer.codes(stereo.astype(np.float64), 48_000.0, parity=True))
    sound.setflags(write=False)
    assert len(tokenizer.codes(sound, 16_000)) == 38


def test_a_copy_with_prefixed_names_is_the_same(release, tokenizer, tmp_path):
    config, tensors = release
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(oracle.FEATURES))
    save_file({f"model.encoder.{name}": tensor for name, tensor in tensors.items()}, tmp_path / "model.safetensors")
    other = GLMSpeechTokenizer.from_folder(tmp_path)
    (tmp_path / "model.safetensors").unlink()  # what was loaded does not need its file any more
    assert other.codes(rising(9000), 16_000) == tokenizer.codes(rising(9000), 16_000)


def test_what_does_not_fit_is_told(release):
    config, tensors = release

    def refused(match, config=config, features=oracle.FEATURES, tensors=tensors):
        with pytest.raises(ValueError, match=match):
            GLMSpeechTokenizer.from_tensors(config, features, tensors)

    refused("no tensor layers.1.fc1.bias", tensors={name: t for name, t in tensors.items() if name != "layers.1.fc1.bias"})
    refused(r"codebook.weight is \[512, 3\]", tensors=tensors | {"codebook.weight": torch.zeros(512, 3)})
    refused("no quantize_vocab_size", {name: value for name, value in config.items() if name != "quantize_vocab_size"})
    refused("pooling_type 'max'", config | {"pooling_type": "max"})
    refused("pooling_position 1", config | {"pooling_position": 1})
    refused("preprocessor_config.json has no n_fft", features={k: v for k, v in oracle.FEATURES.items() if k != "n_fft"})
    refused("80 bands", features=oracle.FEATURES | {"feature_size": 80})
