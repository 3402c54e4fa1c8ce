"""GLM-4-Voice's flow: speech codes -> mel frames, by solving an ODE from noise.

Upstream: MaskedDiffWithXvec of cosyvoice/flow/flow.py and InterpolateRegulator of cosyvoice/flow/length_regulator.py in
zai-org/GLM-4-Voice. The speaker vector is always zero there: the model has one voice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from engine.quoting import shown
from engine.speech.code_flow import WHAT, CodeFlow, CodeFlowConfig
from engine.speech.conformer import ConformerEncoder, StackState
from engine.speech.flow import solve
from engine.speech.release import LONGEST, UnknownConfiguration, require
from engine.speech.unet import UNet, UNetConfig


@dataclass(frozen=True)
class GlmFlowConfig(CodeFlowConfig):
    """What `config.yaml` says of its `flow:` object. `code_rate` is codes per second of speech."""

    code_rate: Fraction
    regulator_layers: int
    guidance: float
    estimator: UNetConfig

    @classmethod
    def further(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        decoder, ratios = fields["decoder"], fields["length_regulator"]["sampling_ratios"]
        solver = decoder["cfm_params"]["content"]
        require(WHAT, solver, solver="euler", t_scheduler="cosine")
        require(WHAT, {"sampling_ratios": ratios}, sampling_ratios=[1] * len(ratios))
        rate = fields["input_frame_rate"]
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0.1 <= rate <= 1000:
            raise UnknownConfiguration(f"{WHAT} has input_frame_rate {shown(rate)}, which must be codes per second.")
        require(WHAT, fields["length_regulator"], channels=fields["output_size"])
        if len(ratios) > LONGEST:
            raise UnknownConfiguration(f"{WHAT} has {len(ratios):,} sampling_ratios, which must be at most {LONGEST}.")
        return {
            "code_rate": Fraction(rate).limit_denominator(1000),
            "regulator_layers": len(ratios),
            "guidance": solver["inference_cfg_rate"],
            "estimator": UNetConfig.from_release(decoder["estimator"]),
        }

    @property
    def channels(self) -> tuple[int, int]:
        return self.estimator.inputs, self.estimator.outputs


class LengthRegulator(nn.Module):
    """Smooths rows that were repeated to the mel's rate. Its norms span all channels and all frames it is given."""

    def __init__(self, bands: int, layers: int) -> None:
        super().__init__()
        stages = [(nn.Conv1d(bands, bands, 3, padding=1), nn.GroupNorm(1, bands), nn.Mish()) for _ in range(layers)]
        self.model = nn.Sequential(*(part for stage in stages for part in stage), nn.Conv1d(bands, bands, 1))

    def forward(self, rows: Tensor) -> Tensor:
        """[1, bands, frames] -> the same shape."""
        return self.model(rows)


class GlmFlow(CodeFlow):
    """The flow network, with a regulator of the rows' rate."""

    config_type = GlmFlowConfig
    config: GlmFlowConfig
    encoder: ConformerEncoder

    def __init__(self, config: GlmFlowConfig) -> None:
        super().__init__(config, ConformerEncoder(config.encoder), UNet(config.estimator))
        self.length_regulator = LengthRegulator(config.bands, config.regulator_layers)

    def encode(self, codes: Tensor, past: StackState | None = None) -> tuple[Tensor, StackState]:
        """Codes [n] -> rows [1, n, dim] and the state after them; rows of whole blocks do not depend on what follows."""
        return self.encoder.stream(self.embed(codes), past)

    def mu(self, rows: Tensor, frames: Tensor) -> Tensor:
        """Rows [1, n, dim] and for each mel frame its row [frames] -> mu [1, bands, frames]."""
        return self.length_regulator(self.encoder_proj(rows)[:, frames].transpose(1, 2))

    def voice(self) -> Tensor:
        """The one voice, [1, bands]."""
        return self.speaker(self.spk_embed_affine_layer.weight.new_zeros(self.config.speaker_size))

    def mel(self, noise: Tensor, mu: Tensor, known: Tensor) -> Tensor:
        """noise, mu [1, bands, frames] and the mel of the first frames [1, bands, m <= frames] -> mel [1, bands, frames]."""
        cond = F.pad(known, (0, mu.shape[2] - known.shape[2]))
        return solve(self.decoder["estimator"], noise, mu, self.voice(), cond, guidance=self.config.guidance)
