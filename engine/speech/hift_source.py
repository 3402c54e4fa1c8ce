"""The excitation of HiFT: a fundamental and its harmonics where the voice sounds, noise where it does not.

Neural source-filter models (Wang et al., 2019) as HiFTNet uses them. Two ways to sum the phase are in use: sample by
sample (upstream: SineGen of cosyvoice/hifigan/generator.py, 22.05 kHz) and frame by frame with straight lines between the
frames' centres (SineGen2 of the 24 kHz models). The sums are made in float64, modulo one turn, so that they neither drift
with the length of a reply nor depend on how it is cut: what one piece ends with, the next begins with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

NOISE_WHEN_SILENT = 1 / 3  # of the sines' amplitude, where there is no voice


@dataclass(frozen=True)
class SourceConfig:
    """`harmonics` is their number without the fundamental; `hop` is samples per frame; frequencies are in Hz.

    `phase` says how phases are summed: by "sample", or by "frame" with straight lines between.
    """

    sample_rate: int
    hop: int
    harmonics: int = 8
    sine_amplitude: float = 0.1
    noise_amplitude: float = 0.003
    voiced_threshold: float = 10.0
    phase: Literal["sample", "frame"] = "sample"


class HarmonicSource(nn.Module):
    """Fundamental frequencies and noise in, one excitation signal out; the names of the weights are those of the releases."""

    def __init__(self, config: SourceConfig) -> None:
        super().__init__()
        self.config = config
        self.l_linear = nn.Linear(config.harmonics + 1, 1)

    def forward(self, f0: Tensor, noise: Tensor, start: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """f0 [1, frames] in Hz, noise [1, harmonics + 1, frames * hop] -> source [1, 1, frames * hop], and phases.

        `start` [harmonics + 1] are the phases in turns before the first frame; without them the signal begins here.
        The phases that come back, [harmonics + 1, frames + 1], are those before each frame and after the last.
        """
        config = self.config
        # On the CPU: not every device has float64, and these are few numbers.
        multiples = torch.arange(1, config.harmonics + 2, dtype=torch.float64)[:, None]
        steps = (f0.detach().cpu().double() * multiples / config.sample_rate) % 1  # turns per sample [waves, frames]
        begin = torch.zeros(len(multiples), 1, dtype=torch.float64) if start is None else start.cpu().double()[:, None]
        phases = torch.cat([begin, begin + (steps * config.hop).cumsum(1)], dim=1) % 1
        turns = self._by_sample(steps, phases) if config.phase == "sample" else self._by_frame(steps, phases, start is None)
        sines = (2 * math.pi * turns.to(f0.dtype).to(f0.device)).sin() * config.sine_amplitude
        voiced = (f0 > config.voiced_threshold).to(f0.dtype).repeat_interleave(config.hop, dim=1)
        loudness = voiced * config.noise_amplitude + (1 - voiced) * config.sine_amplitude * NOISE_WHEN_SILENT
        waves = sines * voiced + noise * loudness[:, None]
        return self.l_linear(waves.transpose(1, 2)).tanh().transpose(1, 2), phases

    def _by_sample(self, steps: Tensor, phases: Tensor) -> Tensor:
        """Every sample adds its frame's step -> turns [waves, samples]."""
        within = torch.arange(1, self.config.hop + 1, dtype=torch.float64)
        return ((phases[:, :-1, None] + steps[:, :, None] * within) % 1).flatten(1)

    def _by_frame(self, steps: Tensor, phases: Tensor, begins: bool) -> Tensor:
        """Lines between what the frames have summed, which stands at their centres -> turns [waves, samples]."""
        hop = self.config.hop
        place = torch.arange(hop, dtype=torch.float64) + 0.5
        first_half = place < hop / 2
        to_here, to_next = place[first_half] + hop / 2, place[~first_half] - hop / 2
        # The step towards a centre is the step of the frame it belongs to; beyond the outermost centres nothing moves.
        next_steps = torch.cat([steps[:, 1:], torch.zeros_like(steps[:, :1])], dim=1)
        left = phases[:, :-1, None] + steps[:, :, None] * to_here
        if begins:
            left[:, 0] = phases[:, 1:2]
        right = phases[:, 1:, None] + next_steps[:, :, None] * to_next
        return (torch.cat([left, right], dim=2) % 1).flatten(1)
