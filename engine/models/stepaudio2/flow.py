"""Step-Audio-2's flow: speech codes -> mel frames, by solving an ODE from noise, in one go or chunk by chunk.

Upstream: cosyvoice2/flow/flow.py (CausalMaskedDiffWithXvec) and cosyvoice2/flow/flow_matching.py (CausalConditionalCFM) of
Step-Audio2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from engine.speech.code_flow import CodeFlow, CodeFlowConfig
from engine.speech.conformer import UpsamplingConformerEncoder, UpsamplingState
from engine.speech.dit import DiT, DiTConfig, StepState, kept_frames
from engine.speech.flow import Estimator, solve

STEPS = 10
"""Euler steps of the release."""


@dataclass(frozen=True)
class StepFlowConfig(CodeFlowConfig):
    """What `flow.yaml` says of its `flow:` object. Each code has `frames_per_code` mel frames."""

    guidance: float
    estimator: DiTConfig

    @classmethod
    def further(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        decoder = fields["decoder"]
        return {"guidance": decoder["inference_cfg_rate"], "estimator": DiTConfig.from_release(decoder["estimator"])}

    @property
    def channels(self) -> tuple[int, int]:
        return self.estimator.in_channels, self.estimator.out_channels

    @property
    def frames_per_code(self) -> int:
        return self.encoder.up_scale


@dataclass(frozen=True)
class FlowState:
    """Where a stream of mel frames stands. Never written to: a voice's state starts any number of replies."""

    encoder: UpsamplingState
    steps: tuple[StepState, ...]  # the estimator's, one for each Euler step; the batch is (guided, unguided)
    speaker: Tensor  # [1, bands]
    prompt: int  # mel frames of the voice's prompt
    frames: int  # mel frames so far, the prompt's included

    @property
    def held(self) -> int:
        """Frames whose keys and values the estimator keeps."""
        return self.steps[0][0].keys.shape[2]

    def bounded(self, recent: int, encoder_codes: int | None, frames_per_code: int) -> FlowState:
        """Keeps the prompt's and the `recent` last frames in the estimator, and `encoder_codes` codes in the encoder.

        Which frames "the prompt's" and "the last" are depends on the order that the stream keeps them in.
        """
        steps = tuple(kept_frames(step, self.prompt, recent) for step in self.steps)
        encoder = self.encoder
        if encoder_codes is not None:
            encoder = replace(
                encoder,
                lower=encoder.lower.newest(encoder_codes),
                upper=encoder.upper.newest(encoder_codes * frames_per_code),
            )
        return replace(self, steps=steps, encoder=encoder)


class StepFlow(CodeFlow):
    """The flow network, fed chunk by chunk."""

    config_type = StepFlowConfig
    config: StepFlowConfig
    encoder: UpsamplingConformerEncoder

    def __init__(self, config: StepFlowConfig) -> None:
        super().__init__(config, UpsamplingConformerEncoder(config.encoder), DiT(config.estimator))

    @property
    def estimator(self) -> DiT:
        estimator = self.decoder["estimator"]
        assert isinstance(estimator, DiT)
        return estimator

    def condition(self, encoded: Tensor) -> Tensor:
        """The encoder's rows [1, frames, dim] -> mu, [1, bands, frames]."""
        return self.encoder_proj(encoded).transpose(1, 2)

    def start(self, speaker: Tensor, prompt: int, steps: int = STEPS) -> FlowState:
        """The state before the first frame of a voice (`speaker` as `speaker()` gives it) with `prompt` frames of prompt."""
        estimator = self.estimator.start(batch=2)
        return FlowState(self.encoder.start(), (estimator,) * steps, speaker, prompt, 0)

    def stream(
        self,
        codes: Tensor,
        ahead: Tensor | None,
        noise: Tensor,
        state: FlowState,
        mel: Tensor | None = None,
        newest_first: bool = False,
    ) -> tuple[Tensor, FlowState]:
        """The next codes [n] -> their mel frames [1, bands, frames] and the state after them.

        `ahead` are the codes that follow these (None: none do); `noise` [1, bands, frames] is where the ODE starts; `mel`
        [1, bands, frames] is the frames' known spectrogram, given for a voice's prompt. `newest_first`: see `DiT.stream`.
        """
        encoded, encoder = self.encoder.stream(self.embed(codes), state.encoder, None if ahead is None else self.embed(ahead))
        mu = self.condition(encoded).float()  # the ODE is solved in float32, whatever the networks compute in
        known = torch.zeros_like(mu) if mel is None else mel
        velocity, kept = self.velocity(state.steps, newest_first)
        made = solve(velocity, noise, mu, state.speaker, known, len(state.steps), self.config.guidance)
        return made, replace(state, encoder=encoder, steps=tuple(kept), frames=state.frames + mu.shape[2])

    def velocity(self, past: tuple[StepState, ...], newest_first: bool = False) -> tuple[Estimator, list[StepState]]:
        """The estimator for one solution of the ODE: each call is the next Euler step. Its new states come in the list."""
        kept: list[StepState] = []
        estimator = self.estimator

        def velocity(frames: Tensor, t: Tensor) -> Tensor:
            result, after = estimator.stream(frames.to(estimator.in_proj.weight.dtype), t, past[len(kept)], newest_first)
            kept.append(after)
            return result.float()

        return velocity, kept
