"""HiFT gives what the references give: GLM-4-Voice's at 22.05 kHz, Step-Audio-2's at 24 kHz."""

from __future__ import annotations

import math

import pytest
import torch

from engine.models.checkpoints.weights import Weights
from engine.models.checkpoints.yaml_safe import read_yaml
from engine.speech.hift import PREFIXES, HiFT, HiFTConfig
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import glm_case, repeated, step_file

GLM, STEP = golden_folder("glm4voice"), golden_folder("stepaudio2")


@pytest.fixture(scope="module")
def glm() -> HiFT:
    folder = GLM / index("glm4voice")["checkpoints"]["vocoder"]
    config = HiFTConfig.from_release(read_yaml(folder / "config.yaml")["hift"])
    return HiFT.from_tensors(config, Weights.of_file(folder / "hift.pt", strip=PREFIXES))


@pytest.fixture(scope="module")
def step() -> HiFT:
    constants = index("stepaudio2")["hift_hyperparameters"]
    place = STEP / index("stepaudio2")["model"] / "token2wav/hift.pt"
    weights = Weights.of_file(place, strip=PREFIXES)
    config = HiFTConfig.from_shapes(
        weights,
        sample_rate=constants["sampling_rate"],
        upsample_rates=constants["upsample_rates"],
        fft_hop=constants["istft_hop"],
        dilations=tuple(constants["resblock_dilations"]),
        sine_amplitude=constants["sine_amp"],
        noise_amplitude=constants["noise_std"],
        voiced_threshold=constants["voiced_threshold"],
        slope=constants["lrelu_slope"],
        limit=constants["audio_limit"],
        phase="frame",
    )
    for ours, theirs in (("base_channels", "base_channels"), ("f0_channels", "f0_cond_channels"), ("harmonics", "nb_harmonics")):
        assert getattr(config, ours) == constants[theirs]
    assert list(config.upsample_kernels) == constants["upsample_kernel_sizes"]
    assert list(config.source_kernels) == constants["source_resblock_kernel_sizes"]
    assert list(config.resblock_kernels) == constants["resblock_kernel_sizes"]
    return HiFT.from_tensors(config, weights)


@torch.inference_mode()
def test_glm4voice_one_call(glm):
    recorded, entry = glm_case("vocoder.offline")
    mel = recorded["mel"][None]
    recorded.check("f0", glm.f0(mel)[0])
    wave = glm.wave(mel, recorded["source"][None, None])
    recorded.check("wave", wave[0], entry["arrays"]["wave"]["tol_given_source_and_mel"])
    noise = repeated(recorded["noise_table"], len(recorded["wave"]))
    wave, source = glm(mel, noise, start=recorded["phase"] / (2 * math.pi))
    recorded.check("source", source[0, 0])
    recorded.check("wave", wave[0])


@torch.inference_mode()
def test_stepaudio2_one_call(step):
    recorded, table = step_file("cases/hift_offline.npz"), step_file("cases/noise.npz")["sine_noise"].T
    staged = index("stepaudio2")["staged"]
    mel = step_file("cases/flow_offline.npz")["mel"][None]
    recorded.check("f0", step.f0(mel)[0])
    wave = step.wave(mel, recorded["source_noise"][None, None])
    recorded.check("wav_noise", wave[0], next(iter(staged.values()))["atol"])
    noise = repeated(table, len(recorded["wav_noise"]))
    wave, source = step(mel, noise)
    recorded.check("source_noise", source[0, 0])
    recorded.check("wav_noise", wave[0])
    wave, source = step(mel, torch.zeros_like(noise))
    recorded.check("source_zero_head", source[0, 0, : len(recorded["source_zero_head"])])
    recorded.check("wav_zero_head", wave[0, : len(recorded["wav_zero_head"])])


@torch.inference_mode()
@pytest.mark.parametrize("prefix", ("", "generator."))
@pytest.mark.parametrize("endings", ((".weight_g", ".weight_v"), tuple(f".parametrizations.weight.original{i}" for i in (0, 1))))
def test_weights_load_in_every_spelling(step, tmp_path, prefix, endings):
    stored = {}
    for name, tensor in step.state_dict().items():
        base = name.removesuffix(".weight")
        if tensor.dim() == 3 and not name.startswith("source_downs"):
            size = tensor.flatten(1).norm(dim=1)[:, None, None]
            stored |= {prefix + base + endings[0]: size, prefix + base + endings[1]: 3 * tensor}
        else:
            stored[prefix + name] = tensor.clone()
    torch.save(stored, tmp_path / "hift.pt")
    read = HiFT.from_tensors(step.config, Weights.of_file(tmp_path / "hift.pt", strip=PREFIXES))
    for name, tensor in read.state_dict().items():
        torch.testing.assert_close(tensor, step.state_dict()[name])
