"""LFM2.5-Audio's detokenizer gives what the reference gives, all at once and frame by frame."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from engine.models.checkpoints.config_file import Fields
from engine.models.lfm2audio.detokenizer import OUTPUT_RATE, SAMPLES_PER_FRAME, Detokenizer, spectrum
from engine.models.lfm2audio.lm import DETOKENIZER
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import lfm_file
from tests.golden.spoiling import with_tensor

RELEASED = {
    "hidden_size": 512, "num_hidden_layers": 8, "num_attention_heads": 16, "num_key_value_heads": 8, "conv_L_cache": 3,
    "layer_types": [
        "conv", "conv", "sliding_attention", "conv", "sliding_attention", "conv", "sliding_attention", "conv",
    ],
    "norm_eps": 1e-5, "rope_theta": 1e6, "sliding_window": 30,
}  # fmt: skip
ROUNDING = 1e-5
"""Of samples whose largest are about 1."""


def folder():
    return golden_folder("lfm2audio") / index("lfm2audio")["checkpoint"] / DETOKENIZER


@pytest.fixture(scope="module")
def recorded():
    return lfm_file("outputs/detokenizer.npz")


@pytest.fixture(scope="module")
def detokenizer():
    return Detokenizer.from_folder(folder(), index("lfm2audio")["constants"]["codebooks"])


@pytest.fixture(scope="module")
def frames(recorded):
    return recorded["codes"].T


def attention_layers(config: dict) -> list[int]:
    kinds = config.get("layer_types")
    return config["full_attn_idxs"] if kinds is None else [layer for layer, kind in enumerate(kinds) if kind != "conv"]


def check_wave(recorded, name: str, wave: np.ndarray) -> None:
    """Within the largest and the root mean square difference."""
    recorded.check(name, torch.from_numpy(wave))
    rms = (torch.from_numpy(wave) - recorded[name]).double().square().mean().sqrt()
    assert rms <= recorded.expected[name]["rms"]


def test_sizes(detokenizer, frames):
    constants = index("lfm2audio")["constants"]
    assert (detokenizer.codes, detokenizer.codebooks) == (constants["codes"], frames.shape[1])
    assert (OUTPUT_RATE, SAMPLES_PER_FRAME) == (constants["output_sample_rate"], constants["samples_per_frame"])


def test_waves(detokenizer, recorded, frames):
    check_wave(recorded, "wave", detokenizer.wave(frames))
    few = len(recorded["first7_embedding"])
    check_wave(recorded, f"wave_first{few}", detokenizer.wave(frames[:few]))
    check_wave(recorded, "wave_one_frame", detokenizer.wave(frames[:1]))


@torch.inference_mode()
def test_stages(detokenizer, recorded, frames):
    network, outputs = detokenizer.network, []
    means = network.emb(detokenizer.rows(frames[: len(recorded["first7_embedding"])]))
    recorded.check("first7_embedding", means)
    hooks = [layer.register_forward_hook(lambda layer, given, made: outputs.append(made[0])) for layer in network.lfm.layers]
    states = means.repeat_interleave(detokenizer.positions_per_frame, 0)
    states, _ = network.lfm(states, network.lfm.start(), detokenizer.sights.of(0, len(states)))
    for hook in hooks:
        hook.remove()
    recorded.check("first7_layers", torch.stack(outputs))
    recorded.check("first7_spectrum", network.lin(states)[:: detokenizer.positions_per_frame])


def test_final_samples_after_each_frame(detokenizer, recorded, frames):
    stream, counts = detokenizer.stream(), []
    for frame in frames:
        counts.append(len(stream.feed(frame[None])))
    recorded.check("samples_final_after_k_frames", torch.tensor(counts).cumsum(0))
    assert sum(counts) + len(stream.finish()) == len(frames) * SAMPLES_PER_FRAME


@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_pieces_give_the_whole(detokenizer, recorded, frames, piece):
    stream = detokenizer.stream()
    sound = [stream.feed(some) for some in frames.split(piece)] + [stream.finish()]
    check_wave(recorded, "wave", np.concatenate(sound))


def test_a_long_reply_keeps_no_more_and_sounds_the_same(detokenizer, frames):
    """Far beyond the recording: a state that does not grow, and sound that depends on the last frames alone."""
    stream, held = detokenizer.stream(), []
    for _ in range(20):
        last = stream.feed(frames)
        held.append(stream.held_bytes())
    assert set(held) == {held[0]}
    fresh = detokenizer.stream()
    fresh.feed(frames)
    assert np.abs(last - fresh.feed(frames)).max() < ROUNDING


def test_what_is_held_is_the_window_and_the_taps(detokenizer, frames):
    stream, config = detokenizer.stream(), json.loads((folder() / "config.json").read_text())
    for frame in frames:
        stream.feed(frame[None])
    attention, window = len(attention_layers(config)), config.get("sliding_window") or 30
    keys = config["hidden_size"] * config["num_key_value_heads"] // config["num_attention_heads"]
    values = attention * 2 * (window - 1) * keys
    values += (config["num_hidden_layers"] - attention) * (config["conv_L_cache"] - 1) * config["hidden_size"]
    assert stream.held_bytes() == 4 * (values + 2 * 3 * detokenizer.hop)  # 4 windows overlap


def test_streams_do_not_disturb_each_other(detokenizer, frames):
    first, second = detokenizer.stream(), detokenizer.stream()
    whole = detokenizer.wave(frames)
    sound = []
    for frame in frames:
        sound.append(first.feed(frame[None]))
        second.feed(frame.flip(0)[None])
    assert np.abs(np.concatenate([*sound, first.finish()]) - whole).max() < ROUNDING


def test_frames_of_the_first_codebooks_alone(detokenizer, frames):
    few = detokenizer.network.emb(detokenizer.rows(frames[:, :3]))
    codes = detokenizer.codes
    wanted = sum(detokenizer.network.emb.emb.weight[book * codes + frames[:, book].long()] for book in range(3)) / 3
    torch.testing.assert_close(few, wanted)
    assert len(detokenizer.wave(frames[:, :3])) == len(frames) * SAMPLES_PER_FRAME


def test_no_frames_have_no_sound(detokenizer):
    stream = detokenizer.stream()
    assert len(stream.feed([])) == len(stream.finish()) == len(detokenizer.wave([])) == 0


def test_the_lowest_and_the_highest_band_are_real():
    bands = spectrum(torch.tensor([[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]]))
    assert bands.imag[0, 0] == bands.imag[0, 2] == 0 and bands.imag[0, 1] != 0


@pytest.mark.parametrize("wrong", [-1, None])
def test_a_code_that_there_is_not(detokenizer, frames, wrong):
    spoilt = frames.clone()
    spoilt[2, 1] = detokenizer.codes if wrong is None else wrong
    stream = detokenizer.stream()
    with pytest.raises(ValueError, match=f"codes 0 to {detokenizer.codes - 1} and none with the number"):
        stream.feed(spoilt)
    sound = np.concatenate([stream.feed(frames), stream.finish()])
    assert np.abs(sound - detokenizer.wave(frames)).max() < ROUNDING


def test_too_many_codebooks(detokenizer, frames):
    with pytest.raises(ValueError, match=f"1 to {detokenizer.codebooks} codes"):
        detokenizer.wave(torch.cat([frames, frames], 1))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hidden_size": None}, "lacks hidden_size"),
        ({"num_attention_heads": 0}, "num_attention_heads = 0"),
        ({"num_attention_heads": 7919}, "cannot be split into 7919"),
        ({"num_key_value_heads": 7919}, "cannot share 7919"),
        ({"num_key_value_heads": 1}, "k_proj"),
        ({"layer_types": ["conv"]}, "layer_types"),
        ({"layer_types": None, "full_attn_idxs": None}, "lacks layer_types"),
        ({"sliding_window": 0}, "sliding_window = 0"),
        ({"conv_L_cache": 99}, "conv.conv.weight"),
        ({"norm_eps": "small"}, "norm_eps"),
        ({"rope_theta": -1}, "rope_theta"),
    ],
)
def test_a_configuration_that_does_not_fit(tmp_path, change, sentence):
    config = json.loads((folder() / "config.json").read_text()) | change
    shutil.copyfile(folder() / "model.safetensors", tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=sentence) as raised:
        Detokenizer.from_folder(tmp_path, index("lfm2audio")["constants"]["codebooks"])
    assert str(tmp_path) in str(raised.value)


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("emb.emb.weight", None),
        ("emb.emb.weight", torch.zeros(5, 4)),
        ("istft.window", None),
        ("istft.window", torch.ones(1281)),
        ("istft.window", torch.zeros(1280)),
        ("lin.bias", torch.zeros(3)),
        ("lfm.layers.0.feed_forward.w1.weight", None),
        ("lfm.layers.1.feed_forward.w2.weight", torch.zeros(2, 2)),
        ("lfm.embedding_norm.weight", None),
    ],
)
def test_weights_that_do_not_fit(tmp_path, name, tensor):
    with_tensor(folder(), tmp_path, name, tensor)
    with pytest.raises(ValueError, match=r"lin\.|emb\.|lfm\.|istft\.") as raised:
        Detokenizer.from_folder(tmp_path, index("lfm2audio")["constants"]["codebooks"])
    assert str(tmp_path) in str(raised.value)


def test_codebooks_that_do_not_fit():
    with pytest.raises(ValueError, match="cannot be those of 7 codebooks"):
        Detokenizer.from_folder(folder(), 7)


def test_layers_named_in_the_older_way(tmp_path, detokenizer, frames):
    config = json.loads((folder() / "config.json").read_text())
    config |= {"full_attn_idxs": attention_layers(config), "layer_types": None}
    shutil.copyfile(folder() / "model.safetensors", tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    read = Detokenizer.from_folder(tmp_path, detokenizer.codebooks)
    assert np.array_equal(read.wave(frames), detokenizer.wave(frames))


def released_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "emb.emb.weight": (16384, 512), "lin.weight": (1282, 512), "lin.bias": (1282,), "istft.window": (1280,),
        "lfm.embedding_norm.weight": (512,),
    }  # fmt: skip
    of_kind = {
        "conv": {
            "conv.in_proj": (1536, 512), "conv.conv": (512, 1, 3), "conv.out_proj": (512, 512),
        },
        "sliding_attention": {
            "self_attn.q_proj": (512, 512), "self_attn.k_proj": (256, 512), "self_attn.v_proj": (256, 512),
            "self_attn.out_proj": (512, 512), "self_attn.q_layernorm": (32,), "self_attn.k_layernorm": (32,),
        },
    }  # fmt: skip
    around = {
        "operator_norm": (512,), "ffn_norm": (512,), "feed_forward.w1": (2304, 512), "feed_forward.w3": (2304, 512),
        "feed_forward.w2": (512, 2304),
    }  # fmt: skip
    for layer, kind in enumerate(RELEASED["layer_types"]):
        shapes |= {f"lfm.layers.{layer}.{name}.weight": shape for name, shape in (around | of_kind[kind]).items()}
    return shapes


def test_the_released_size(tmp_path):
    """Without memory. Second-hand: the release's own files have not been seen, these are the sizes that others report."""
    shapes = released_shapes()
    tensors = {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}
    tensors["istft.window"] = torch.hann_window(1280)
    detokenizer = Detokenizer.from_tensors(Fields(RELEASED, tmp_path / "config.json"), tensors, 8, "meta")
    found = {name: tuple(tensor.shape) for name, tensor in detokenizer.network.state_dict().items()}
    assert found == {name: shape for name, shape in shapes.items() if name != "istft.window"}
    assert (detokenizer.codes, detokenizer.hop, detokenizer.positions_per_frame) == (2048, 320, 6)


def test_places_within_the_window(detokenizer):
    """Each position sees itself and as many before it as are held, at most those that the window has."""
    sights, held = detokenizer.sights, detokenizer.sights.behind
    window = held + 1
    assert sights.of(0, 2).mask.tolist() == [[True, False], [True, True]]
    assert sights.of(held, 2).mask.sum(1).tolist() == [window, window]
