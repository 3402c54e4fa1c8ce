"""Voice from features: pulses and noise shaped by a minimum-phase filter, frame by frame, streaming.

The features are those of the WORLD analysis (Morise et al., 2016) in a compact form, `frame_rate` times a second:
`bands` log-power points of the spectral envelope on a mel scale, log F0, voicing, and the aperiodicity in a few bands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TAPS = 4
APERIODICITY_EDGES = (0.0, 1000.0, 2000.0, 4000.0, 6000.0, 8000.0)


@dataclass(frozen=True)
class FeatureLayout:
    """Where each feature stands in a frame: envelope, log F0, voicing, aperiodicity; `frame_rate` frames a second."""

    bands: int = 64
    sample_rate: int = 16_000
    frame_rate: int = 100

    @property
    def log_f0(self) -> int:
        return self.bands

    @property
    def voicing(self) -> int:
        return self.bands + 1

    @property
    def aperiodicity(self) -> slice:
        return slice(self.bands + 2, self.width)

    @property
    def width(self) -> int:
        return self.bands + 2 + len(APERIODICITY_EDGES) - 1


def _mel(hertz: np.ndarray | float) -> np.ndarray:
    return 1127 * np.log1p(np.asarray(hertz) / 700)


def mel_matrix(layout: FeatureLayout, bins: int) -> np.ndarray:
    """[bins, bands]: averages a log spectrum of `bins` linear points around each mel point (triangles that sum to 1)."""
    hertz = np.linspace(0, layout.sample_rate / 2, bins)
    at = _mel(hertz) / _mel(layout.sample_rate / 2) * (layout.bands - 1)
    weights = np.clip(1 - np.abs(at[:, None] - np.arange(layout.bands)), 0, None)
    return weights / weights.sum(0)


def linear_matrix(layout: FeatureLayout, bins: int) -> np.ndarray:
    """[bands, bins]: interpolates the mel points back to a linear scale."""
    at = _mel(np.linspace(0, layout.sample_rate / 2, bins)) / _mel(layout.sample_rate / 2) * (layout.bands - 1)
    return np.clip(1 - np.abs(at[None, :] - np.arange(layout.bands)[:, None]), 0, None)


def aperiodicity_bands(bins: int, sample_rate: int) -> np.ndarray:
    """[bands, bins]: which band each linear point belongs to, as weights that sum to 1 (linear between band centres)."""
    centres = np.array([(a + b) / 2 for a, b in zip(APERIODICITY_EDGES, APERIODICITY_EDGES[1:], strict=False)])
    hertz = np.clip(np.linspace(0, sample_rate / 2, bins), centres[0], centres[-1])
    return np.stack([np.interp(hertz, centres, row) for row in np.eye(len(centres))])


class SourceFilter:
    """One utterance. Features go in, samples come out as soon as no later frame can change them."""

    hop, window, size = 80, 320, 1024  # 5 ms steps, 20 ms windows, room for 44 ms of filter response

    def __init__(self, layout: FeatureLayout, seed: int = 0) -> None:
        self._layout = layout
        bins = self.size // 2 + 1
        self._to_linear = linear_matrix(layout, bins).astype(np.float32)
        self._to_bins = aperiodicity_bands(bins, layout.sample_rate).astype(np.float32)
        self._hann = (np.hanning(self.window + 1)[:-1] / 2).astype(np.float32)  # four overlapping windows sum to 1
        self._rng = np.random.default_rng(seed)
        self._frames = np.zeros((0, layout.width), np.float32)  # from the last frame that was used on
        self._first = True
        self._carried = np.zeros(2 * TAPS, np.float32)  # of pulses near the end of what was made
        self._phase = 1.0  # in periods: the next pulse falls where it reaches the next integer
        self._source = np.zeros((2, 0), np.float32)  # pulses and noise of the steps not yet shaped
        self._overlap = np.zeros(self.size, np.float32)

    def feed(self, frames: np.ndarray) -> np.ndarray:
        """[n, layout.width] -> mono float32 samples."""
        if self._first and len(frames):
            frames, self._first = np.concatenate([frames[:1], frames]), False
        self._frames = np.concatenate([self._frames, np.asarray(frames, np.float32)])
        per_frame = self._layout.sample_rate // self._layout.frame_rate // self.hop
        steps = (len(self._frames) - 1) * per_frame
        if steps <= 0:
            return np.zeros(0, np.float32)
        at = np.arange(steps) / per_frame
        low, share = at.astype(int), (at % 1)[:, None].astype(np.float32)
        between = self._frames[low] * (1 - share) + self._frames[low + 1] * share
        nearest = self._frames[(at + 0.5).astype(int)]
        between[:, self._layout.voicing] = nearest[:, self._layout.voicing]
        self._frames = self._frames[-1:]
        return self._shape(between, self._excite(between))

    def finish(self) -> np.ndarray:
        """The tail of the last window."""
        return self._overlap[: self.window].copy()

    def _excite(self, steps: np.ndarray) -> np.ndarray:
        """Pulses (unit power where voiced) and noise, [2, samples]."""
        layout, count = self._layout, len(steps) * self.hop
        voiced = np.repeat(steps[:, layout.voicing] > 0.5, self.hop)
        f0 = np.repeat(np.exp(np.clip(steps[:, layout.log_f0], 3.5, 6.5)), self.hop)
        phase = self._phase + np.cumsum(f0 / layout.sample_rate, dtype=np.float64)
        before = np.concatenate([[self._phase], phase[:-1]])
        self._phase = phase[-1] % 1
        at = np.flatnonzero((np.floor(phase) > np.floor(before)) & voiced)
        height = np.sqrt(layout.sample_rate / f0[at])
        late = (phase[at] % 1) * layout.sample_rate / f0[at]  # how far before this sample the pulse truly fell
        # A pulse between two samples is a sampled sinc around it; its right half delays all pulses by TAPS samples.
        around = np.arange(-TAPS, TAPS + 1)
        off = around[None, :] + late[:, None]
        shape = height[:, None] * np.sinc(off) * np.cos(np.pi / 2 * np.clip(off / (TAPS + 1), -1, 1)) ** 2
        pulses = np.concatenate([self._carried, np.zeros(count, np.float32)])
        np.add.at(pulses, at[:, None] + around + TAPS, shape)
        self._carried = pulses[count:]
        noise = self._rng.standard_normal(count).astype(np.float32)
        return np.stack([pulses[:count], noise])

    def _shape(self, steps: np.ndarray, fresh: np.ndarray) -> np.ndarray:
        """Windows the source, shapes each window by its step's filter, adds them up."""
        layout, hop, window = self._layout, self.hop, self.window
        if not self._source.shape[1]:
            self._source = np.zeros((2, window - hop), np.float32)
        source = np.concatenate([self._source, fresh], axis=1)
        self._source = source[:, -(window - hop) :]
        pieces = np.lib.stride_tricks.sliding_window_view(source, window, axis=1)[:, ::hop] * self._hann
        pulses, noise = np.fft.rfft(pieces, n=self.size, axis=-1)
        voiced = steps[:, layout.voicing : layout.voicing + 1] > 0.5
        ragged = np.where(voiced, np.clip(steps[:, layout.aperiodicity], 0, 1) @ self._to_bins, 1.0)
        spectrum = self._filter(steps[:, : layout.bands]) * (pulses * np.sqrt(np.clip(1 - ragged**2, 0, 1)) + noise * ragged)
        shaped = np.fft.irfft(spectrum, n=self.size, axis=-1).astype(np.float32)
        out = np.zeros(len(steps) * hop + self.size, np.float32)
        out[: self.size] = self._overlap
        for i, piece in enumerate(shaped):
            out[i * hop : i * hop + self.size] += piece
        self._overlap = out[len(steps) * hop :]
        return out[: len(steps) * hop]

    def _filter(self, envelope: np.ndarray) -> np.ndarray:
        """Log power [steps, bands] -> the minimum-phase response [steps, size / 2 + 1], by folding the cepstrum."""
        log_amplitude = 0.5 * envelope @ self._to_linear
        cepstrum = np.fft.irfft(log_amplitude, n=self.size, axis=-1)
        half = self.size // 2
        cepstrum[:, 1:half] *= 2
        cepstrum[:, half + 1 :] = 0
        return np.exp(np.fft.rfft(cepstrum, axis=-1))
