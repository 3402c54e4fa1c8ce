"""Log-mel spectrograms that stream: no padding at the edges, no normalisation over the utterance."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LogMel(nn.Module):
    """Samples -> log-mel frames; frame i covers samples [i*hop, i*hop + window).

    The filters are stored with the weights, so that a checkpoint alone says what its features are.
    """

    def __init__(self, bands: int = 80, window: int = 400, hop: int = 160, size: int = 512) -> None:
        super().__init__()
        self.window, self.hop, self.size = window, hop, size
        self.register_buffer("filters", torch.zeros(size // 2 + 1, bands))
        self.register_buffer("hann", _hann(window), persistent=False)

    def frames(self, samples: int) -> int:
        """How many whole frames `samples` samples give."""
        return max(0, (samples - self.window) // self.hop + 1)

    def forward(self, samples: Tensor) -> Tensor:
        """[batch, samples] in [-1, 1] -> [batch, frames, bands], about -1 (silence) to 2."""
        pieces = samples.unfold(-1, self.window, self.hop) * self.hann
        spectrum = torch.fft.rfft(pieces, n=self.size)
        power = spectrum.real.square() + spectrum.imag.square()
        return (power @ self.filters).clamp_min(1e-5).log() / 6 + 1


def _hann(size: int) -> Tensor:
    """A Hann window; on the meta device only its shape: torch makes it there by means of its compiler, which is not installed."""
    shape = torch.empty(size)
    return shape if shape.is_meta else torch.hann_window(size)
