"""Step-Audio-2's flow at its released size: built without memory, with the released tensors' names and shapes."""

from __future__ import annotations

import torch

from engine.models.stepaudio2.flow import StepFlow, StepFlowConfig
from tests.golden.manifests import manifest

RELEASED = {
    "input_size": 512,
    "output_size": 80,
    "spk_embed_dim": 192,
    "vocab_size": 6561,
    "encoder": {
        "input_size": 512,
        "output_size": 512,
        "input_layer": "linear",
        "pre_lookahead_len": 3,
        "num_blocks": 6,
        "num_up_blocks": 4,
        "up_stride": 2,
        "attention_heads": 8,
        "pos_enc_layer_type": "rel_pos_espnet",
        "linear_units": 2048,
    },
    "decoder": {
        "inference_cfg_rate": 0.7,
        "estimator": {
            "in_channels": 320, "out_channels": 80, "mlp_ratio": 4.0, "depth": 16, "num_heads": 8, "head_dim": 64,
            "hidden_size": 512,
        },
    },
}  # fmt: skip


def test_the_released_size():
    with torch.device("meta"):
        flow = StepFlow(StepFlowConfig.from_release(RELEASED))
    assert round(sum(weight.numel() for weight in flow.parameters()) / 1e6, 1) == 155.8
    assert {name: tuple(weight.shape) for name, weight in flow.state_dict().items()} == manifest("stepaudio2_flow")
