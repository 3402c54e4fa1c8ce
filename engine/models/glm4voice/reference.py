"""GLM-4-Voice's voice exactly as the released program streams it, for comparisons.

Upstream: the loop over generated tokens in web_demo.py and AudioDecoder.token2wav in flow_inference.py of
zai-org/GLM-4-Voice, in evaluation mode (upstream leaves dropout on). Known faults are part of it: every block runs over the
whole reply again; the mel frame kept for HiFT is counted twice in the history, which loses a frame per block from the third
on; fades do not sum to one; and where a token that is no speech follows a complete block, the last 0.4 s are never heard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.glm4voice.vocoder import HELD_CODES, Vocoder, samples_of
from engine.samples import Samples
from engine.speech.joins import fade_in, hamming_fade

BLOCK_SIZES = (25, 50, 100, 150, 200)
KEPT_MEL = 1  # mel frames that HiFT gets again
FLOW_SEED = 42


class Draws(Protocol):
    """The random numbers of one reply, asked for in this order for every block."""

    def flow_noise(self, bands: int, frames: int) -> Tensor:
        """Gaussian, [1, bands, frames]."""

    def phases(self, waves: int) -> Tensor:
        """Even in [-pi, pi], [waves], the first zero."""

    def source_noise(self, waves: int, samples: int) -> Tensor:
        """Gaussian, [1, waves, samples]."""


class SeededDraws:
    """As upstream draws on a CPU: the generator starts again with every block."""

    def __init__(self, seed: int = FLOW_SEED) -> None:
        self._seed, self._generator = seed, torch.Generator()

    def flow_noise(self, bands: int, frames: int) -> Tensor:
        self._generator.manual_seed(self._seed)
        return torch.randn(1, bands, frames, generator=self._generator)

    def phases(self, waves: int) -> Tensor:
        phases = (2 * torch.rand(waves, generator=self._generator) - 1) * math.pi
        phases[0] = 0
        return phases

    def source_noise(self, waves: int, samples: int) -> Tensor:
        return torch.randn(1, waves, samples, generator=self._generator)


class ReferenceSpeaker:
    """One reply's voice. `first_code` is the token id of code 0; the last of `block_sizes` holds for all further blocks.

    `history_fault=False` leaves the mel frame kept for HiFT out of the history, as was meant.
    """

    def __init__(
        self,
        vocoder: Vocoder,
        first_code: int,
        block_sizes: Sequence[int] = BLOCK_SIZES,
        draws: Draws | None = None,
        history_fault: bool = True,
    ) -> None:
        self._vocoder, self._first_code, self._history_fault = vocoder, first_code, history_fault
        self._sizes, self._draws = list(block_sizes), draws or SeededDraws()
        self._pending: list[int] = []
        self._codes: list[int] = []
        like = vocoder.flow.encoder_proj.weight
        self._history = like.new_zeros(1, vocoder.flow.config.bands, 0)
        self._held: Tensor | None = None
        self._kept_mel = self._history
        self._kept_source = like.new_zeros(1, 1, 0)
        self.mels: list[Tensor] = []
        """What token2wav has returned, block by block: [1, bands, frames]."""

    def feed(self, tokens: list[int]) -> Samples:
        """Speech token ids -> the samples of blocks that are complete; a block is made when the token after it comes.

        An empty list stands for a token that is no speech. Raises `ValueError` for a token that is no speech.
        """
        sounds = [self._flush()]
        for code in self._vocoder.codes(tokens, self._first_code):
            sounds.append(self._flush())
            self._pending.append(code)
        return np.concatenate(sounds)

    def finish(self) -> Samples:
        """What is not yet made; nothing if the last block was made before."""
        return self._block(last=True) if self._pending else np.zeros(0, np.float32)

    def _flush(self) -> Samples:
        return self._block(last=False) if len(self._pending) >= self._sizes[0] else np.zeros(0, np.float32)

    @torch.inference_mode()
    def _block(self, last: bool) -> Samples:
        if len(self._sizes) > 1:
            self._sizes.pop(0)
        self._codes, self._pending = self._codes + self._pending, []
        mel = torch.cat([self._kept_mel, fade_in(self._held, self._flow(), hamming_fade)], dim=2)
        if not last:
            settled = mel.shape[2] - self._vocoder.frames(HELD_CODES)
            mel, self._held = mel[:, :, :settled], mel[:, :, settled:]
        self._history = torch.cat([self._history, mel if self._history_fault else mel[:, :, self._kept_mel.shape[2] :]], dim=2)
        self.mels.append(mel)
        wave, source = self._sound(mel)
        if not last:
            kept = KEPT_MEL * self._vocoder.hift.config.hop
            self._kept_mel, self._kept_source, wave = mel[:, :, -KEPT_MEL:], source[:, :, -kept:], wave[:, :-kept]
        return samples_of(wave)

    def _flow(self) -> Tensor:
        """All codes so far, with everything returned so far as known mel -> the frames after that."""
        vocoder, flow, frames = self._vocoder, self._vocoder.flow, self._vocoder.frames(len(self._codes))
        rows = flow.encode(torch.tensor(self._codes, device=vocoder.device))[0]
        noise = self._draws.flow_noise(flow.config.bands, frames).to(rows)
        return flow.mel(noise, flow.mu(rows, stretched(len(self._codes), frames)), self._history)[:, :, self._history.shape[2] :]

    def _sound(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        config = self._vocoder.hift.config
        start = self._draws.phases(config.waves) / (2 * math.pi)
        noise = self._draws.source_noise(config.waves, mel.shape[2] * config.hop).to(mel)
        return self._vocoder.hift(mel, noise, start, self._kept_source)


def stretched(codes: int, frames: int) -> Tensor:
    """For each of `frames` frames its code, as interpolation to the nearest chooses; it depends on the reply's length."""
    places = torch.arange(codes, dtype=torch.float32)[None, None]
    return F.interpolate(places, size=frames, mode="nearest")[0, 0].long()
