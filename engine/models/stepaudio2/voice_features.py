"""What the networks that describe a voice are given: three spectrograms of its recording.

Upstream: Token2wav._prepare_prompt in Step-Audio2's token2wav.py. The first channel is what the speech tokenizer and the
speaker network hear; the mel spectrogram is made of the mean of all channels.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.speech.recording import at_rate
from engine.speech.whisper_mel import WhisperMel, slaney_filters

HEARING_RATE, MEL_RATE = 16_000, 24_000


def tokenizer_features(samples: np.ndarray, rate: int) -> Tensor:
    """Sound [n] or [n, channels] -> the speech tokenizer's input, [128, frames], 100 frames a second."""
    mel = WhisperMel()
    power = mel.log_power(torch.from_numpy(heard(samples, rate)))
    return mel.features(power, power.max()).T


def speaker_features(samples: np.ndarray, rate: int) -> Tensor:
    """Sound -> the speaker network's input, [frames, 80]: log filter bank energies less their mean over time."""
    bank = filter_bank(torch.from_numpy(heard(samples, rate)))
    return bank - bank.mean(0)


def prompt_mel(samples: np.ndarray, rate: int, frames: int) -> Tensor:
    """Sound -> the flow's mel spectrogram, float32 [frames, 80]: cut, or its last frame repeated, to the wanted length."""
    mel = mel_spectrogram(torch.from_numpy(mixed(samples, rate)))
    return torch.cat([mel, mel[-1:].expand(max(0, frames - len(mel)), -1)])[:frames].contiguous()


def heard(samples: np.ndarray, rate: int) -> np.ndarray:
    """The first channel at 16 kHz, float32 [n]."""
    return at_rate(samples, rate, HEARING_RATE, parity=True)


def mixed(samples: np.ndarray, rate: int) -> np.ndarray:
    """The mean of the channels at 24 kHz, float32 [n]."""
    samples = np.asarray(samples)
    mono = samples.mean(1, dtype=np.float32) if samples.ndim == 2 else samples
    return at_rate(mono, rate, MEL_RATE, parity=True)


def mel_spectrogram(samples: Tensor) -> Tensor:
    """24 kHz [n] -> natural logarithms of mel amplitudes, [n // 480, 80], as HiFT's vocoders are trained on.

    Windows of 80 ms every 20 ms, 80 bands of Slaney's scale up to 8 kHz (upstream: mel_spectrogram of Matcha-TTS).
    """
    size, hop = 1920, 480
    padded = F.pad(samples[None], ((size - hop) // 2,) * 2, mode="reflect")
    window = torch.hann_window(size)
    spectrum = torch.stft(padded, size, hop, window=window, center=False, return_complex=True)[0]
    amplitude = (spectrum.abs().square() + 1e-9).sqrt()
    filters = torch.from_numpy(slaney_filters(MEL_RATE, size, 80, 0.0, 8000.0))
    return (filters.T @ amplitude).clamp_min(1e-5).log().T


def filter_bank(samples: Tensor) -> Tensor:
    """16 kHz [n] -> log filter bank energies [frames, 80] as Kaldi's compute-fbank-feats makes them, without dither.

    Windows of 25 ms every 10 ms, only whole ones; the mean of each is taken off, then pre-emphasis 0.97 and Povey's window.
    """
    size, hop, transform, bands, low = 400, 160, 512, 80, 20.0
    frames = samples.unfold(0, size, hop)
    frames = frames - frames.mean(1, keepdim=True)
    before = torch.cat([frames[:, :1], frames[:, :-1]], dim=1)
    window = torch.hann_window(size, periodic=False).pow(0.85)
    power = torch.fft.rfft((frames - 0.97 * before) * window, n=transform).abs().square()

    def mel(hertz: Tensor) -> Tensor:
        return 1127.0 * (1.0 + hertz / 700.0).log()

    edges = mel(torch.tensor([low, HEARING_RATE / 2]))
    centres = torch.linspace(float(edges[0]), float(edges[1]), bands + 2)
    bins = mel(torch.arange(transform // 2 + 1) * (HEARING_RATE / transform))
    rising = (bins - centres[:-2, None]) / (centres[1:-1] - centres[:-2])[:, None]
    falling = (centres[2:, None] - bins) / (centres[2:] - centres[1:-1])[:, None]
    filters = torch.minimum(rising, falling).clamp_min(0)  # [bands, bins]
    filters[:, -1] = 0  # Kaldi leaves the last bin out
    return (power @ filters.T).clamp_min(torch.finfo(torch.float32).eps).log()
