"""At the released sizes, on the meta device, GLM-4-Voice's flow and both models' HiFT have the tensors of the released files."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import torch

from engine.models.glm4voice.flow import GlmFlow, GlmFlowConfig
from engine.speech.conformer import ConformerConfig
from engine.speech.hift import HiFT, HiFTConfig
from engine.speech.unet import UNetConfig
from tests.golden.manifests import manifest

GLM_HIFT = HiFTConfig(sample_rate=22050, upsample_rates=(8, 8), upsample_kernels=(16, 16), source_kernels=(7, 11))
STEP_HIFT = replace(
    GLM_HIFT,
    sample_rate=24000,
    upsample_rates=(8, 5, 3),
    upsample_kernels=(16, 11, 7),
    source_kernels=(7, 7, 11),
    phase="frame",
)
GLM_FLOW = GlmFlowConfig(
    codes=16384,
    input_size=512,
    bands=80,
    speaker_size=192,
    code_rate=Fraction("12.5"),
    regulator_layers=4,
    guidance=0.7,
    encoder=ConformerConfig(input_size=512, dim=512, heads=8, feed_forward=2048, blocks=6, block_size=10),
    estimator=UNetConfig(inputs=320, outputs=80, channels=(256, 256), blocks=4, mid_blocks=12, heads=8, head_width=64),
)


def shapes(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def test_glm4voice_hift():
    with torch.device("meta"):
        assert shapes(HiFT(GLM_HIFT)) == manifest("glm4voice_hift")


def test_stepaudio2_hift():
    with torch.device("meta"):
        assert shapes(HiFT(STEP_HIFT)) == manifest("stepaudio2_hift")


def test_stepaudio2_hift_is_known_by_its_shapes():
    tensors = {name: torch.empty(shape, device="meta") for name, shape in manifest("stepaudio2_hift").items()}
    assert HiFTConfig.from_shapes(tensors, sample_rate=24000, upsample_rates=(8, 5, 3), phase="frame") == STEP_HIFT


def test_glm4voice_flow():
    with torch.device("meta"):
        assert shapes(GlmFlow(GLM_FLOW)) == manifest("glm4voice_flow")


def test_samples_per_frame():
    assert (GLM_HIFT.hop, STEP_HIFT.hop) == (256, 480)
