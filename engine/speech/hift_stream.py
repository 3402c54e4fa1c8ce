"""One reply's waveform from mel frames that come in pieces: as if HiFT had seen them all at once.

In the place of the loops around HiFTGenerator.inference upstream (AudioDecoder of GLM-4-Voice, Token2wav of Step-Audio2).
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.speech.hift import F0Predictor, HiFT
from engine.speech.joins import PositionalNoise, crossfade, fade_in

FADE = 256  # samples


class HiFTStream:
    """Feeds a HiFT piece by piece; what it keeps, and what a piece costs, does not grow with the reply.

    Each piece is computed with the last frames before it, their excitation unchanged, and with the frames that are
    expected after it. Phases run on, noise belongs to the absolute sample, so the samples are those of one call over
    everything, provided that what was expected comes; where it comes differently, the two versions are cross-faded.
    `start` [waves] are the phases to begin with, in turns (None: as in a single call).
    """

    def __init__(self, hift: HiFT, generator: torch.Generator, start: Tensor | None = None, fade: int = FADE) -> None:
        config = hift.config
        self._hift, self._fade, self._phases = hift, fade, start
        self._behind = config.reach + F0Predictor.reach
        self._noise, self._frame = PositionalNoise(config.waves, generator), 0
        like = hift.conv_pre.weight
        self._mel, self._source = like.new_zeros(1, config.mels, 0), like.new_zeros(1, 1, 0)
        self._continued: Tensor | None = None

    @property
    def ahead(self) -> int:
        """How many frames to expect suffices: more change nothing."""
        return self._hift.config.reach + F0Predictor.reach

    def feed(self, mel: Tensor, ahead: Tensor | None = None) -> Tensor:
        """mel [1, mels, n], `ahead` [1, mels, m] what is expected to follow (None: nothing) -> samples [1, n * hop]."""
        new = mel.shape[2]
        if not new:
            return self._source.new_zeros(1, 0)
        hop, past = self._hift.config.hop, self._mel.shape[2]
        following = mel[:, :, :0] if ahead is None else ahead[:, :, : self.ahead]
        window = torch.cat([self._mel, mel, following], dim=2)
        f0 = self._hift.f0(window)[:, past:]
        noise = self._noise.take(self._frame * hop, (self._frame + f0.shape[1]) * hop).to(window)
        fresh, phases = self._hift.source(f0, noise, self._phases)
        source = torch.cat([self._source, fresh], dim=2)
        wave = self._hift.wave(window, source)[:, past * hop :]
        samples = fade_in(self._continued, wave[:, : new * hop], crossfade)
        self._continued = wave[:, new * hop : new * hop + self._fade]
        self._phases, self._frame = phases[:, new], self._frame + new
        end, begin = past + new, max(0, past + new - self._behind)
        self._mel, self._source = window[:, :, begin:end], source[:, :, begin * hop : end * hop]
        return samples
