"""The log-mel features that LFM2-Audio hears: each band brought to mean 0 and deviation 1 over the whole sound.

So no frame is settled before the last sample. Upstream: NVIDIA NeMo, FilterbankFeatures, as liquid-audio carries it.
"""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor

from engine.models.checkpoints.config_file import Fields
from engine.samples import Samples
from engine.speech.whisper_mel import slaney_filters

_PRE_EMPHASIS = 0.97  # these three are in no release's config
_FAINTEST = 2.0**-24
_LEAST_DEVIATION = 1e-5


class NormalisedMel:
    """One frame per `hop` samples, centred on sample i * hop, and one of zeros at the end, which the network counts as sound."""

    def __init__(self, bands: int, rate: int, fft: int, window: int, hop: int, device: torch.device | str = "cpu") -> None:
        """`window`, `hop` and the size `fft` of the Fourier transform in samples. Raises `ValueError` where they do not fit."""
        if not 2 <= window <= fft:
            raise ValueError(f"window_size makes {window:,} samples, which must be from 2 to n_fft = {fft:,}.")
        if hop < 1:
            raise ValueError("window_stride is less than one sample.")
        self.bands, self.rate, self.hop = bands, rate, hop
        self._fft = fft
        self._hann = torch.hann_window(window, periodic=False, device=device)
        self._filters = torch.from_numpy(slaney_filters(rate, fft, bands, 0.0, rate / 2).T.copy()).to(device)

    @classmethod
    def from_config(cls, config: Fields, device: torch.device | str = "cpu") -> Self:
        """From the `preprocessor` of a release's `config.json`. Raises `ValueError` with a sentence that names file and field.

        `dither` is for training alone.
        """
        fields = config.part("preprocessor")
        fields.require(normalize="per_feature", window="hann", log=True, frame_splicing=1, pad_to=0, pad_value=0)
        rate = fields.count("sample_rate", most=48_000)
        window, hop = (int(fields.number(name) * rate) for name in ("window_size", "window_stride"))
        bands, fft = fields.count("features", most=1_000), fields.count("n_fft", most=8_192)
        return fields.build(cls, bands=bands, rate=rate, fft=fft, window=window, hop=hop, device=device)

    def frames(self, samples: int) -> int:
        """How many frames so many samples have, the one of zeros included."""
        return samples // self.hop + 1

    def __call__(self, samples: Samples) -> Tensor:
        """Mono [n] at `rate` -> float32 [frames(n), bands]. The last frame is zeros; so is all of less than two hops."""
        sound = torch.tensor(samples, dtype=torch.float32, device=self._hann.device)
        mel = sound.new_zeros(self.bands, self.frames(len(sound)))
        if heard := mel.shape[1] - 1:
            bands = self._log_power(sound)[:, :heard]
            bands = bands - bands.mean(1, keepdim=True)
            deviation = (bands.square().sum(1, keepdim=True) / max(1, heard - 1)).sqrt()
            mel[:, :heard] = bands / (deviation + _LEAST_DEVIATION)
        return mel.T

    def _log_power(self, sound: Tensor) -> Tensor:
        """[n] -> the logarithm of the mel power, [bands, at least n // hop]; before and after the sound there is silence."""
        sound = torch.cat([sound[:1], sound[1:] - _PRE_EMPHASIS * sound[:-1]])
        spectrum = torch.stft(
            sound, self._fft, self.hop, len(self._hann), self._hann, center=True, pad_mode="constant", return_complex=True
        )
        return (self._filters @ spectrum.abs().square() + _FAINTEST).log()
