"""Blocks of 25 s become states while the user goes on speaking."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.models.stepaudio2.audio_encoder import AudioEncoder, AudioEncoderConfig
from engine.models.stepaudio2.listen import AudioFrontEnd, StepAudio2Listener

RATE, BLOCK = 16_000, 400_000
TINY = {
    "n_mels": 16, "n_audio_ctx": 1500, "n_audio_state": 12, "n_audio_head": 2, "n_audio_layer": 2, "n_codebook_size": 4096,
    "llm_dim": 10, "kernel_size": 3, "adapter_stride": 2,
}  # fmt: skip
RELEASED = {**TINY, "n_mels": 128, "n_audio_state": 1280, "n_audio_head": 20, "n_audio_layer": 32, "llm_dim": 3584}


def released_shapes(config):
    dim, width = config["n_audio_state"], config["llm_dim"]
    shapes = {
        "encoder.conv1.weight": (dim, config["n_mels"], 3), "encoder.conv1.bias": (dim,),
        "encoder.conv2.weight": (dim, dim, 3), "encoder.conv2.bias": (dim,),
        "encoder.positional_embedding.weight": (config["n_audio_ctx"], dim),
        "encoder.after_norm.weight": (dim,), "encoder.after_norm.bias": (dim,),
        "adapter.conv.weight": (dim, dim, 3), "adapter.conv.bias": (dim,),
        "adapter.linear1.weight": (2048, dim), "adapter.linear1.bias": (2048,),
        "adapter.linear2.weight": (width, 2048), "adapter.linear2.bias": (width,),
    }  # fmt: skip
    for i in range(config["n_audio_layer"]):
        block = f"encoder.blocks.{i}."
        for part in ("query", "key", "value", "out"):
            shapes[f"{block}attn.{part}.weight"] = (dim, dim)
            if part != "key":
                shapes[f"{block}attn.{part}.bias"] = (dim,)
        for norm in ("attn_ln", "mlp_ln"):
            shapes |= {f"{block}{norm}.weight": (dim,), f"{block}{norm}.bias": (dim,)}
        shapes |= {f"{block}mlp.0.weight": (4 * dim, dim), f"{block}mlp.0.bias": (4 * dim,)}
        shapes |= {f"{block}mlp.2.weight": (dim, 4 * dim), f"{block}mlp.2.bias": (dim,)}
    return shapes


@pytest.fixture(scope="module")
def tensors():
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(shape, generator=generator) * 0.3 for name, shape in released_shapes(TINY).items()}


@pytest.fixture(scope="module")
def front_end(tensors):
    return AudioFrontEnd.from_tensors({"audio_encoder_config": TINY}, tensors)


BETWEEN = torch.full((2, TINY["llm_dim"]), 7.0)


def sound(samples, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, samples).astype(np.float32)


def heard(front_end, samples, step, parity=False):
    listener = StepAudio2Listener(front_end, BETWEEN, parity)
    early = [listener.feed(samples[start : start + step]).states for start in range(0, len(samples), step)]
    return torch.cat([front_end.none(), *early]), listener.finish().states


def test_full_blocks_are_given_early(front_end):
    samples = sound(2 * BLOCK + 30_000)
    first, second, last = front_end.blocks(samples, RATE)
    early, late = heard(front_end, samples, 16_000)
    assert torch.equal(early, torch.cat([first, BETWEEN, second])) and torch.equal(late, torch.cat([BETWEEN, last]))
    assert [len(part) for part in (first, second, last)] == [313, 313, 24]


def test_what_stands_between_blocks_is_marked_as_no_speech(front_end):
    listener = StepAudio2Listener(front_end, BETWEEN)
    early, late = listener.feed(sound(2 * BLOCK + 30_000)), listener.finish()
    assert early.marks == (313, 314) and late.marks == (0, 1)
    assert (early.states[[313, 314]] == 7).all() and (late.states[:2] == 7).all()


@pytest.mark.parametrize("step", (999, 70_000))
def test_any_split_gives_the_same(front_end, step):
    samples = sound(BLOCK + 5000)
    for ours, wanted in zip(heard(front_end, samples, step), heard(front_end, samples, len(samples)), strict=True):
        assert torch.equal(ours, wanted)


def test_a_recording_of_whole_blocks_has_no_tail(front_end):
    early, late = heard(front_end, sound(BLOCK), 50_000)
    assert len(early) == 313 and len(late) == 0


@pytest.mark.parametrize("samples", (*range(1, 1500, 40), 16_000, 16_160))
def test_states_are_as_many_as_the_prompt_counts(front_end, samples):
    frames = front_end.frames(samples)
    wanted = max(0, ((frames - 2 + 1) // 2 // 2 + 2 - 3) // 2 + 1)
    assert len(front_end.states(sound(samples))) == wanted == len(front_end.states(sound(samples), longest=2502))


def test_a_tail_too_short_for_a_state(front_end):
    samples = sound(BLOCK + 100)
    assert len(heard(front_end, samples, BLOCK)[1]) == 0
    assert torch.equal(heard(front_end, samples, BLOCK, parity=True)[1], BETWEEN)  # an empty block, as upstream's prompt has


def test_in_a_batch_only_the_end_of_a_block_differs(front_end):
    for samples in (16_000, 16_160, 16_320, 16_480):
        alone, batched = front_end.states(sound(samples)), front_end.states(sound(samples), longest=2502)
        same_rows = front_end.frames(samples) % 2 == 0  # else upstream counts one row more, or less, as padding
        torch.testing.assert_close(alone[:-1], batched[:-1], atol=1e-4 if same_rows else 0.05, rtol=1e-4)


@pytest.mark.parametrize("samples", (0, 1, 100))
def test_no_sound_to_speak_of_gives_no_states(front_end, samples):
    early, late = heard(front_end, sound(samples), 10)
    assert early.shape == late.shape == (0, TINY["llm_dim"])


@pytest.mark.parametrize("value", (np.nan, np.inf, 1e30))
def test_samples_that_are_no_numbers_are_refused(front_end, value):
    samples = sound(500)
    samples[77] = value
    with pytest.raises(ValueError, match="Record it again"):
        StepAudio2Listener(front_end, BETWEEN).feed(samples)


def test_silence_clipping_channels_and_ten_minutes_are_heard(front_end):
    for samples in (np.zeros(RATE, np.float32), np.sign(sound(RATE)), 5 * sound(RATE)):
        states = front_end.blocks(samples, RATE)[0]
        assert len(states) == 13 and states.isfinite().all()
    stereo = np.stack([sound(44_100), np.ones(44_100, np.float32)], 1)
    assert torch.equal(front_end.blocks(stereo, 44_100)[0], front_end.blocks(stereo[:, 0], 44_100)[0])
    early, late = heard(front_end, np.tile(sound(RATE), 600), 10 * RATE)
    assert len(early) == 24 * 313 + 23 * len(BETWEEN) and len(late) == 0


def test_released_names_and_shapes():
    config = AudioEncoderConfig.from_release(RELEASED)  # a flat configuration is as good as a nested one
    with torch.device("meta"):
        network = AudioEncoder(config)
        assert network(torch.empty(2502, 128)).shape == (313, 3584)
    assert {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()} == released_shapes(RELEASED)


def test_what_does_not_fit_is_told(tensors):
    def refused(match, config=TINY, tensors=tensors):
        with pytest.raises(ValueError, match=match):
            AudioFrontEnd.from_tensors(config, tensors)

    refused("no tensor adapter.conv.bias", tensors={name: t for name, t in tensors.items() if name != "adapter.conv.bias"})
    refused(r"conv1.weight is \[12, 16, 3\]", {**TINY, "n_mels": 80})
    refused("no llm_dim", {name: value for name, value in TINY.items() if name != "llm_dim"})


def test_computed_in_the_type_that_is_asked_for(tensors, front_end):
    half = AudioFrontEnd.from_tensors(TINY, tensors, torch.bfloat16)
    states = half.blocks(sound(RATE), RATE)[0]
    assert states.dtype == torch.bfloat16
    torch.testing.assert_close(states.float(), front_end.blocks(sound(RATE), RATE)[0], atol=0.3, rtol=0.1)
