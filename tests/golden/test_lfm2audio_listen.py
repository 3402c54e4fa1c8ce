"""LFM2-Audio's ear against the reference: resampling, features, every layer's rows, the adapter's, and what cannot be heard."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file, save_file

from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.weights import Weights
from engine.models.lfm2audio import encoder as ears
from engine.models.lfm2audio.encoder import AdaptedConformer, Ear, FastConformerConfig
from engine.speech.release import without_memory
from tests.golden import golden_folder, sound_file
from tests.golden.compare import index
from tests.golden.recorded import lfm_file, thinned

SET, EXPECTED = golden_folder("lfm2audio"), index("lfm2audio")
FOLDER, ARRAYS = SET / EXPECTED["checkpoint"], EXPECTED["files"]["outputs/audio.npz"]
SOUNDS = [name.removesuffix("_samples16k") for name in ARRAYS if name.endswith("_samples16k")]


def load(folder: Path) -> Ear:
    return Ear.from_release(Fields.read(folder / "config.json"), Weights.of_folder(folder))


@pytest.fixture(scope="module")
def ear():
    return load(FOLDER)


@pytest.fixture
def kept(ear):
    """What every part of the network gave, by its name, the newest sound's."""
    found: dict[str, torch.Tensor] = {}
    hooks = [
        part.register_forward_hook(lambda _, given, made, name=name: found.__setitem__(name, made))
        for name, part in ear.network.named_modules()
    ]
    yield found
    for hook in hooks:
        hook.remove()


def test_every_recorded_array_is_of_a_sound():
    assert SOUNDS and all(name.startswith(tuple(f"{sound}_" for sound in SOUNDS)) for name in ARRAYS)


@pytest.mark.parametrize("sound", SOUNDS)
def test_sound(sound, ear, kept):
    recorded = lfm_file("outputs/audio.npz")
    samples, rate = soundfile.read(sound_file("lfm2audio", f"inputs/{sound}.wav"), dtype="float32", always_2d=True)
    heard = ear.sound(samples, rate)
    rows = ear.rows(samples, rate)
    mel = ear.mel(heard)
    found = {
        "samples16k": torch.tensor([len(heard)]),
        "valid_frames": torch.tensor([len(heard) // ear.mel.hop]),
        "mel_frames": torch.tensor([ear.mel.frames(len(heard))]),
        "rows": torch.tensor([ear.positions(len(heard))]),
        "pre_encode": kept["conformer.pre_encode"],
        "layers": torch.stack([kept[f"conformer.layers.{i}"] for i in range(len(ear.network.conformer.layers))], 1),
        "encoder": kept["conformer"],
        "adapter": rows,
        "mel": mel,
    }
    shorter = ear.network(mel[:-1])
    found |= {"rows_without_extra_frame": torch.tensor([len(shorter)]), "adapter_without_extra_frame": shorter}
    assert len(mel) == ear.mel.frames(len(heard)) and len(rows) == ear.positions(len(heard))
    for name in ARRAYS:
        if not name.startswith(f"{sound}_"):
            continue
        what, how = re.fullmatch(rf"{sound}_(.*?)((?:_every\d+|_last\d+)?)", name).groups()
        if what.startswith("wave16k_"):
            count = len(recorded[name])
            recorded.check(name, torch.from_numpy(heard[:count] if what.endswith("_head") else heard[-count:]))
        elif what == "mel":
            recorded.check(name, thinned(mel, how).T)
        elif what == "layers":
            recorded.check(name, thinned(found[what], how).transpose(0, 1))
        else:
            recorded.check(name, thinned(found[what], how))


@pytest.mark.parametrize("sound", SOUNDS)
def test_a_long_sound_is_heard_in_blocks_as_it_is_at_once(sound, ear, monkeypatch):
    samples, rate = soundfile.read(sound_file("lfm2audio", f"inputs/{sound}.wav"), dtype="float32", always_2d=True)
    whole = ear.rows(samples, rate)
    monkeypatch.setattr(ears, "_STRIDED_AT_ONCE", 5)
    monkeypatch.setattr("engine.speech.relative_attention._AT_ONCE", 7)
    torch.testing.assert_close(ear.rows(samples, rate), whole, atol=2e-5, rtol=0)


def noise(samples: int) -> np.ndarray:
    return np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)


def test_the_shortest_sounds(ear):
    width = ear.network.config.width
    assert ear.rows(noise(0), ear.mel.rate).shape == (0, width)
    frame = 2 * ear.mel.hop
    for samples in (1, ear.mel.hop - 1, ear.mel.hop, frame - 1):
        assert not ear.mel(noise(samples)).any()
        assert ear.rows(noise(samples), ear.mel.rate).shape == (1, width)
    assert ear.mel(noise(frame)).any()
    row = ear.network.config.stride * ear.mel.hop
    for samples in (frame, row - 1, row, row + 1):
        found = ear.rows(noise(samples), ear.mel.rate)
        assert found.shape == (1 + (samples >= row), width) == (ear.positions(samples), width)
        assert found.isfinite().all()


@pytest.mark.parametrize("level", (0.0, 1e-30, 1.0))
def test_sound_that_never_changes_gives_finite_rows(level, ear):
    assert ear.rows(np.full(20_000, level, np.float32), ear.mel.rate).isfinite().all()


def test_channels_are_averaged(ear):
    both = np.stack([noise(8000), noise(8001)[:8000]], axis=1)
    torch.testing.assert_close(ear.rows(both, 8000), ear.rows(both.mean(axis=1), 8000))


def test_what_is_no_sound_is_told_in_a_sentence(ear):
    for value in (np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match="Record it again"):
            ear.rows(np.array([0.0, value], np.float32), ear.mel.rate)
    with pytest.raises(ValueError, match="must be floats"):
        ear.rows(np.zeros(4000, np.int16), ear.mel.rate)


def test_weights_stored_in_16_bits_are_computed_with_in_32(tmp_path):
    folder = changed_tensors(tmp_path, lambda tensors: {name: tensor.bfloat16() for name, tensor in tensors.items()})
    ear = load(folder)
    assert {tensor.dtype for tensor in ear.network.state_dict().values()} == {torch.float32}
    assert ear.rows(noise(5000), ear.mel.rate).dtype == torch.float32


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("preprocessor", "sample_rate", "fast"),
        ("preprocessor", "features", -1),
        ("preprocessor", "features", 10**9),
        ("preprocessor", "n_fft", None),
        ("preprocessor", "window_size", 3),
        ("preprocessor", "window_size", float("nan")),
        ("preprocessor", "window_stride", 1e-9),
        ("preprocessor", "normalize", "all_features"),
        ("encoder", "d_model", 2.5),
        ("encoder", "d_model", None),
        ("encoder", "n_layers", 10**9),
        ("encoder", "n_heads", 7),
        ("encoder", "ff_expansion_factor", True),
        ("encoder", "conv_kernel_size", 8),
        ("encoder", "subsampling_factor", 6),
        ("encoder", "subsampling", "striding"),
        ("encoder", "feat_in", 77),
        ("encoder", "att_context_size", [70, 1]),
        ("encoder", "conv_norm_type", "layer_norm"),
        ("lfm", "hidden_size", "wide"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_with_its_file(part, field, value, tmp_path):
    config = json.loads((FOLDER / "config.json").read_text())
    config[part][field] = value
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    shutil.copy(FOLDER / "model.safetensors", tmp_path)
    with pytest.raises(ValueError, match=f"{re.escape(str(path))}.*{field}") as told:
        load(tmp_path)
    assert "\n" not in str(told.value)


def test_a_config_without_a_part_is_named(tmp_path):
    config = json.loads((FOLDER / "config.json").read_text())
    shutil.copy(FOLDER / "model.safetensors", tmp_path)
    for part, field in (("preprocessor", "sample_rate"), ("encoder", "d_model"), ("lfm", "hidden_size")):
        (tmp_path / "config.json").write_text(json.dumps({name: value for name, value in config.items() if name != part}))
        with pytest.raises(ValueError, match=rf"config\.json lacks {field}"):
            load(tmp_path)


def changed_tensors(folder, change):
    save_file(change(load_file(FOLDER / "model.safetensors")), folder / "model.safetensors")
    shutil.copy(FOLDER / "config.json", folder)
    return folder


NAMES = (
    "conformer.pre_encode.conv.0.weight", "conformer.layers.0.conv.batch_norm.running_var",
    "conformer.layers.0.self_attn.pos_bias_u", "audio_adapter.model.1.weight", "audio_adapter.model.3.weight",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_tensor_that_is_missing_or_has_another_shape_is_named_with_its_file(name, tmp_path):
    folder = changed_tensors(tmp_path, lambda tensors: {key: tensor for key, tensor in tensors.items() if key != name})
    with pytest.raises(ValueError, match=re.escape(f"{folder} has no tensor {name}")):
        load(folder)
    changed_tensors(tmp_path, lambda tensors: tensors | {name: tensors[name][..., 1:].contiguous()})
    with pytest.raises(ValueError, match=re.escape(f"{folder / 'model.safetensors'} does not fit: {name}")):
        load(folder)


# The released sizes and shapes as others tell of them: nobody here has read the released folder.
RELEASED = {
    "preprocessor": {
        "sample_rate": 16000, "normalize": "per_feature", "window_size": 0.025, "window_stride": 0.01, "window": "hann",
        "features": 128, "n_fft": 512, "log": True, "dither": 1e-5, "pad_to": 0, "pad_value": 0.0,
    },
    "encoder": {
        "feat_in": 128, "n_layers": 17, "d_model": 512, "n_heads": 8, "ff_expansion_factor": 4, "conv_kernel_size": 9,
        "subsampling": "dw_striding", "subsampling_factor": 8, "subsampling_conv_channels": 256,
        "self_attention_model": "rel_pos", "att_context_size": [-1, -1], "xscaling": False, "untie_biases": True,
        "pos_emb_max_len": 5000, "conv_norm_type": "batch_norm",
    },
    "lfm": {"hidden_size": 2048},
}  # fmt: skip
BOTH = ("weight", "bias")
STRIDED = {0: (256, 1, 3, 3), 2: (256, 1, 3, 3), 3: (256, 256, 1, 1), 5: (256, 1, 3, 3), 6: (256, 256, 1, 1)}
OF_A_LAYER = {
    **{f"norm_{norm}.{end}": (512,) for norm in ("feed_forward1", "self_att", "conv", "feed_forward2", "out") for end in BOTH},
    **{f"feed_forward{half}.linear1.weight": (2048, 512) for half in (1, 2)},
    **{f"feed_forward{half}.linear1.bias": (2048,) for half in (1, 2)},
    **{f"feed_forward{half}.linear2.weight": (512, 2048) for half in (1, 2)},
    **{f"feed_forward{half}.linear2.bias": (512,) for half in (1, 2)},
    **{f"self_attn.linear_{one}.weight": (512, 512) for one in ("q", "k", "v", "out", "pos")},
    **{f"self_attn.linear_{one}.bias": (512,) for one in ("q", "k", "v", "out")},
    **{f"self_attn.pos_bias_{one}": (8, 64) for one in "uv"},
    "conv.pointwise_conv1.weight": (1024, 512, 1), "conv.pointwise_conv1.bias": (1024,),
    "conv.depthwise_conv.weight": (512, 1, 9), "conv.depthwise_conv.bias": (512,),
    "conv.pointwise_conv2.weight": (512, 512, 1), "conv.pointwise_conv2.bias": (512,),
    **{f"conv.batch_norm.{one}": (512,) for one in (*BOTH, "running_mean", "running_var")},
}  # fmt: skip
SHAPES = {
    **{f"conformer.pre_encode.conv.{i}.weight": shape for i, shape in STRIDED.items()},
    **{f"conformer.pre_encode.conv.{i}.bias": shape[:1] for i, shape in STRIDED.items()},
    "conformer.pre_encode.out.weight": (512, 4096), "conformer.pre_encode.out.bias": (512,),
    **{f"conformer.layers.{i}.{name}": shape for i in range(17) for name, shape in OF_A_LAYER.items()},
    "audio_adapter.model.0.weight": (512,), "audio_adapter.model.0.bias": (512,),
    "audio_adapter.model.1.weight": (2048, 512), "audio_adapter.model.1.bias": (2048,),
    "audio_adapter.model.3.weight": (2048, 2048), "audio_adapter.model.3.bias": (2048,),
}  # fmt: skip


def test_the_released_size():
    tensors = {name: torch.empty(shape, device="meta") for name, shape in SHAPES.items()}
    with without_memory(ears.WHAT):
        network = AdaptedConformer(FastConformerConfig.from_release(Fields(RELEASED, Path("config.json")), tensors))
    assert {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()} == SHAPES
    assert round(sum(tensor.numel() for tensor in network.conformer.state_dict().values()) / 1e6, 1) == 109.6
    assert round(sum(tensor.numel() for tensor in network.audio_adapter.state_dict().values()) / 1e6, 1) == 5.2
