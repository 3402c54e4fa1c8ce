"""Whisper's log-mel features, in the two steps that hearing while somebody speaks needs.

The first step, a log-mel spectrogram, is local: a frame depends on 25 ms of sound. The second one is not: everything more than
80 dB below the loudest point of the whole segment is raised to that level, so a frame is final only once the loudest point is
known. Upstream: openai/whisper, whisper/audio.py (log_mel_spectrogram); transformers, WhisperFeatureExtractor.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

FAINTEST = 1e-10
RANGE = 8.0  # powers of ten below the loudest point


class WhisperMel:
    """Log-mel frames of 16 kHz sound, one per `hop` samples; frame i is centred on sample i * hop."""

    def __init__(
        self, bands: int = 128, rate: int = 16_000, window: int = 400, hop: int = 160, device: torch.device | str = "cpu"
    ) -> None:
        self.bands, self.rate, self.window, self.hop = bands, rate, window, hop
        self.reach = window // 2
        """Samples to either side that a frame depends on."""
        self.device = torch.device(device)
        self._hann = torch.hann_window(window, device=device)
        self._filters = torch.from_numpy(slaney_filters(rate, window, bands, 0.0, rate / 2)).to(device)

    def log_power(self, samples: Tensor) -> Tensor:
        """[n] -> log10 of the mel power, [n // hop, bands]. The sound is mirrored at both ends; n is above `window // 2`."""
        spectrum = torch.stft(samples.to(self.device), self.window, self.hop, window=self._hann, center=True, return_complex=True)
        power = spectrum[:, :-1].abs() ** 2  # as upstream, without the frame centred on the end
        return (self._filters.T @ power).clamp_min(FAINTEST).log10().T

    @staticmethod
    def features(log_power: Tensor, loudest: Tensor) -> Tensor:
        """log10 powers of any shape and their segment's greatest -> what the encoders are given, about -1 to 1.5."""
        return (torch.maximum(log_power, loudest - RANGE) + 4.0) / 4.0


def slaney_filters(rate: float, size: int, bands: int, low: float, high: float) -> np.ndarray:
    """Triangular mel filters of equal area, float32 [size // 2 + 1, bands], for a Fourier transform of `size` samples.

    Mel scale of Slaney's Auditory Toolbox (1998): linear below 1 kHz, logarithmic above; as librosa's default.
    """
    edges = _hertz(np.linspace(_mel(low), _mel(high), bands + 2))
    bins = np.linspace(0, rate / 2, size // 2 + 1)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - left) / (centre - left)
    falling = (right - bins[:, None]) / (right - centre)
    return (np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)).astype(np.float32)


_LINEAR = 200 / 3  # Hz per mel up to 1 kHz
_KNEE = 1000.0
_STEP = np.log(6.4) / 27  # of the logarithm, per mel above


def _mel(hertz: float) -> float:
    if hertz < _KNEE:
        return hertz / _LINEAR
    return _KNEE / _LINEAR + np.log(hertz / _KNEE) / _STEP


def _hertz(mel: np.ndarray) -> np.ndarray:
    above = _KNEE * np.exp(_STEP * (mel - _KNEE / _LINEAR))
    return np.where(mel < _KNEE / _LINEAR, mel * _LINEAR, above)
