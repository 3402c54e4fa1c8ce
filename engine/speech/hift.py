"""HiFT: mel spectrograms to waveforms, for GLM-4-Voice (22.05 kHz) and Step-Audio-2 (24 kHz).

HiFTNet (Li et al., 2023): an excitation signal made from predicted fundamental frequencies is filtered by upsampling
convolutions that end in a short inverse Fourier transform. Upstream: HiFTGenerator of cosyvoice/hifigan/generator.py and
ConvRNNF0Predictor of f0_predictor.py. The weights are taken without weight norm (see `engine.models.checkpoints`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.speech.hift_source import HarmonicSource, SourceConfig
from engine.speech.release import UnknownConfiguration, configured, sized, without_memory
from engine.speech.weights import fill

WHAT = "The vocoder's hift"
PREFIXES = ("generator.",)
"""What stands before the names of the weights in some releases."""
LAST_SLOPE = 0.01  # of the leaky ReLU before the last convolution; the others have the configuration's
LARGEST_MAGNITUDE = 100.0
F0_CONVOLUTIONS = 5
KERNEL = 7  # of the first and the last convolution
DILATIONS = (1, 3, 5)
"""Of every residual block of the releases."""
_LONGEST_HOP = 10_000  # samples, of a mel frame
_LONGEST_REACH = 1_000  # frames; the releases have about 12

Dilations = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class HiFTConfig:
    """The sizes of a HiFT. `phase` is the kind of source, see `SourceConfig`; the rest has the names of the releases.

    Each kernel of the residual blocks has dilations of its own; without any they are `DILATIONS`. Raises `ValueError` for sizes
    that make no vocoder.
    """

    sample_rate: int
    upsample_rates: tuple[int, ...]
    upsample_kernels: tuple[int, ...]
    source_kernels: tuple[int, ...]
    resblock_kernels: tuple[int, ...] = (3, 7, 11)
    resblock_dilations: Dilations | None = None
    source_dilations: Dilations | None = None
    mels: int = 80
    base_channels: int = 512
    f0_channels: int = 512
    harmonics: int = 8
    fft_size: int = 16
    fft_hop: int = 4
    sine_amplitude: float = 0.1
    noise_amplitude: float = 0.003
    voiced_threshold: float = 10.0
    slope: float = 0.1
    limit: float = 0.99
    phase: Literal["sample", "frame"] = "sample"

    def __post_init__(self) -> None:
        if not len(self.upsample_rates) == len(self.upsample_kernels) == len(self.source_kernels) > 0:
            raise ValueError("not as many kernels as upsampling rates")
        if any(kernel < rate or (kernel - rate) % 2 for rate, kernel in zip(self.upsample_rates, self.upsample_kernels)):
            raise ValueError(f"upsampling by {self.upsample_rates} with kernels of {self.upsample_kernels}")
        if not self.resblock_kernels or not all(kernel % 2 for kernel in (*self.resblock_kernels, *self.source_kernels)):
            raise ValueError("residual blocks without kernels, or with even ones")
        blocks = (*self.resblocks, *self.source_blocks)
        if min((self.sample_rate, *self.upsample_rates, *(dilation for _, dilations in blocks for dilation in dilations))) < 1:
            raise ValueError("rates or dilations of 0")
        if not 2 <= 2 * self.fft_hop <= self.fft_size or self.fft_size % 2 or self.hop > _LONGEST_HOP:
            raise ValueError(f"a transform of {self.fft_size} with steps of {self.fft_hop}, and {self.hop} samples a frame")
        if self.reach > _LONGEST_REACH:
            raise ValueError(f"samples that depend on {self.reach} frames to either side")

    @property
    def resblocks(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Kernel and dilations of the residual blocks of a stage."""
        return _with_dilations(self.resblock_kernels, self.resblock_dilations)

    @property
    def source_blocks(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """The same of the source's residual block of each stage."""
        return _with_dilations(self.source_kernels, self.source_dilations)

    @property
    def hop(self) -> int:
        """Samples per mel frame."""
        return math.prod(self.upsample_rates) * self.fft_hop

    @property
    def waves(self) -> int:
        """The fundamental and its harmonics: rows of source noise."""
        return self.harmonics + 1

    @property
    def source(self) -> SourceConfig:
        shared = ("sample_rate", "hop", "harmonics", "sine_amplitude", "noise_amplitude", "voiced_threshold", "phase")
        return SourceConfig(**{name: getattr(self, name) for name in shared})

    @property
    def reach(self) -> int:
        """A sample depends on mel frames no further away than this many (the excitation given)."""
        frames, rate = KERNEL // 2 + 0.0, 1
        for stride, kernel, source in zip(self.upsample_rates, self.upsample_kernels, self.source_blocks, strict=True):
            frames += kernel / 2 / stride / rate
            rate *= stride
            frames += max(_block_reach(*block) for block in (*self.resblocks, source)) / rate
        return math.ceil(frames + (KERNEL // 2 + self.fft_size / self.fft_hop + 1) / rate)

    @classmethod
    def from_release(cls, fields: Mapping[str, Any], phase: Literal["sample", "frame"] = "sample") -> Self:
        """From the fields of a release's `hift:` object. Raises `ValueError` with a sentence for one we do not have."""
        with configured(WHAT):
            stages = len(fields["upsample_rates"])  # further blocks for the source are not run, upstream neither
            return sized(
                WHAT,
                cls(
                    sample_rate=fields["sampling_rate"],
                    upsample_rates=tuple(fields["upsample_rates"]),
                    upsample_kernels=tuple(fields["upsample_kernel_sizes"]),
                    source_kernels=tuple(fields["source_resblock_kernel_sizes"])[:stages],
                    resblock_kernels=tuple(fields["resblock_kernel_sizes"]),
                    resblock_dilations=tuple(map(tuple, fields["resblock_dilation_sizes"])),
                    source_dilations=tuple(map(tuple, fields["source_resblock_dilation_sizes"]))[:stages],
                    mels=fields["in_channels"],
                    base_channels=fields["base_channels"],
                    f0_channels=fields["f0_predictor"]["cond_channels"],
                    harmonics=fields["nb_harmonics"],
                    fft_size=fields["istft_params"]["n_fft"],
                    fft_hop=fields["istft_params"]["hop_len"],
                    sine_amplitude=fields["nsf_alpha"],
                    noise_amplitude=fields["nsf_sigma"],
                    voiced_threshold=fields["nsf_voiced_threshold"],
                    slope=fields["lrelu_slope"],
                    limit=fields["audio_limit"],
                    phase=phase,
                ),
            )

    @classmethod
    def from_shapes(
        cls,
        tensors: Mapping[str, Tensor],
        sample_rate: int,
        upsample_rates: Sequence[int],
        dilations: tuple[int, ...] | None = None,
        **constants: Any,
    ) -> Self:
        """For a release without a configuration: channels and kernels from the shapes of its tensors, `constants` as given.

        All blocks have the same `dilations`, by default `DILATIONS`. Raises `ValueError` with a sentence.
        """
        stages = range(len(upsample_rates))
        with configured(WHAT), _naming_tensors():
            first = tensors["conv_pre.weight"].shape
            blocks = sum(f"resblocks.{i}.convs1.0.weight" in tensors for i in range(len(tensors))) // len(stages)
            config = cls(
                sample_rate=sample_rate,
                upsample_rates=tuple(upsample_rates),
                upsample_kernels=tuple(tensors[f"ups.{i}.weight"].shape[2] for i in stages),
                source_kernels=tuple(tensors[f"source_resblocks.{i}.convs1.0.weight"].shape[2] for i in stages),
                resblock_kernels=tuple(tensors[f"resblocks.{i}.convs1.0.weight"].shape[2] for i in range(blocks)),
                resblock_dilations=None if dilations is None else (dilations,) * blocks,
                source_dilations=None if dilations is None else (dilations,) * len(stages),
                mels=first[1],
                base_channels=first[0],
                f0_channels=tensors["f0_predictor.condnet.0.weight"].shape[0],
                harmonics=tensors["m_source.l_linear.weight"].shape[1] - 1,
                fft_size=tensors["conv_post.weight"].shape[0] - 2,
                **constants,
            )
            return sized(WHAT, config)


@contextmanager
def _naming_tensors() -> Iterator[None]:
    try:
        yield
    except KeyError as missing:
        sentence = f"The vocoder's weights have no tensor {missing.args[0]}: the file is of another model."
        raise UnknownConfiguration(sentence) from None


def _with_dilations(kernels: tuple[int, ...], dilations: Dilations | None) -> tuple[tuple[int, tuple[int, ...]], ...]:
    dilations = (DILATIONS,) * len(kernels) if dilations is None else dilations
    if len(dilations) != len(kernels):
        raise ValueError(f"{len(dilations)} lists of dilations for {len(kernels)} kernels")
    return tuple(zip(kernels, dilations, strict=True))


def _block_reach(kernel: int, dilations: Sequence[int]) -> int:
    """Rows to either side that a row of a residual block depends on."""
    return sum(kernel // 2 * (dilation + 1) for dilation in dilations)


class Snake(nn.Module):
    """x + sin(alpha x)^2 / alpha, with one alpha for each channel (Ziyin et al., 2020)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        alpha = self.alpha[:, None]
        return x + (x * alpha).sin().square() / (alpha + 1e-9)


class ResBlock(nn.Module):
    """Pairs of convolutions, the first of each with a dilation of its own, added to their input."""

    def __init__(self, channels: int, kernel: int, dilations: Sequence[int]) -> None:
        super().__init__()

        def convolution(dilation: int) -> nn.Conv1d:
            return nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=kernel // 2 * dilation)

        self.convs1 = nn.ModuleList(convolution(dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(convolution(1) for _ in dilations)
        self.activations1 = nn.ModuleList(Snake(channels) for _ in dilations)
        self.activations2 = nn.ModuleList(Snake(channels) for _ in dilations)

    def forward(self, x: Tensor) -> Tensor:
        for first, second, before, between in zip(self.convs1, self.convs2, self.activations1, self.activations2, strict=True):
            x = x + second(between(first(before(x))))
        return x


class F0Predictor(nn.Module):
    """The fundamental frequency of each mel frame."""

    reach = F0_CONVOLUTIONS  # frames to either side that a frequency depends on

    def __init__(self, mels: int, channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for i in range(F0_CONVOLUTIONS):
            layers += [nn.Conv1d(channels if i else mels, channels, 3, padding=1), nn.ELU()]
        self.condnet = nn.Sequential(*layers)
        self.classifier = nn.Linear(channels, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """[1, mels, frames] -> [1, frames] in Hz."""
        return self.classifier(self.condnet(mel).transpose(1, 2)).squeeze(2).abs()


class HiFT(nn.Module):
    """Mel frames to samples. Nothing here draws random numbers: noise is given.

    The names of the weights are those of the releases, without weight norm and without a prefix.
    """

    def __init__(self, config: HiFTConfig) -> None:
        super().__init__()
        self.config = config
        widths = [config.base_channels // 2**i for i in range(len(config.upsample_rates) + 1)]
        self.m_source = HarmonicSource(config.source)
        self.f0_predictor = F0Predictor(config.mels, config.f0_channels)
        self.conv_pre = nn.Conv1d(config.mels, widths[0], KERNEL, padding=KERNEL // 2)
        self.ups, self.source_downs = nn.ModuleList(), nn.ModuleList()
        self.source_resblocks, self.resblocks = nn.ModuleList(), nn.ModuleList()
        for i, (stride, kernel) in enumerate(zip(config.upsample_rates, config.upsample_kernels, strict=True)):
            width, down = widths[i + 1], math.prod(config.upsample_rates[i + 1 :])
            self.ups.append(nn.ConvTranspose1d(widths[i], width, kernel, stride, padding=(kernel - stride) // 2))
            window = 1 if down == 1 else 2 * down
            self.source_downs.append(nn.Conv1d(config.fft_size + 2, width, window, down, padding=down // 2 if down > 1 else 0))
            self.source_resblocks.append(ResBlock(width, *config.source_blocks[i]))
            self.resblocks.extend(ResBlock(width, *block) for block in config.resblocks)
        self.conv_post = nn.Conv1d(widths[-1], config.fft_size + 2, KERNEL, padding=KERNEL // 2)

    @classmethod
    def from_tensors(cls, config: HiFTConfig, tensors: Mapping[str, Tensor]) -> Self:
        """In float32 and evaluation mode. Raises `ValueError` with a sentence for a tensor that is missing or does not fit."""
        with without_memory(WHAT):
            network = cls(config)
        return fill(network, tensors)

    def f0(self, mel: Tensor) -> Tensor:
        """[1, mels, frames] -> the fundamental frequencies [1, frames] in Hz."""
        return self.f0_predictor(mel)

    def source(self, f0: Tensor, noise: Tensor, start: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The excitation: see `HarmonicSource.forward`."""
        return self.m_source(f0, noise, start)

    def wave(self, mel: Tensor, source: Tensor) -> Tensor:
        """mel [1, mels, frames], source [1, 1, frames * hop] -> samples [1, frames * hop]."""
        config = self.config
        window = torch.hann_window(config.fft_size, device=mel.device, dtype=mel.dtype)
        excitation = torch.stft(source.squeeze(1), config.fft_size, config.fft_hop, window=window, return_complex=True)
        excitation = torch.cat([excitation.real, excitation.imag], dim=1)
        x, blocks = self.conv_pre(mel), len(config.resblock_kernels)
        for i, up in enumerate(self.ups):
            x = up(F.leaky_relu(x, config.slope))
            if i == len(self.ups) - 1:
                x = F.pad(x, (1, 0), mode="reflect")  # the transform has one frame more than there are steps
            x = x + self.source_resblocks[i](self.source_downs[i](excitation))
            x = sum(block(x) for block in self.resblocks[i * blocks : (i + 1) * blocks]) / blocks
        x = self.conv_post(F.leaky_relu(x, LAST_SLOPE))
        magnitude, angle = x.split(config.fft_size // 2 + 1, dim=1)
        spectrum = torch.polar(magnitude.exp().clamp(max=LARGEST_MAGNITUDE), angle.sin())
        return torch.istft(spectrum, config.fft_size, config.fft_hop, window=window).clamp(-config.limit, config.limit)

    def forward(
        self, mel: Tensor, noise: Tensor, start: Tensor | None = None, source_head: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """mel [1, mels, frames], noise [1, waves, frames * hop] -> samples [1, frames * hop], source [1, 1, frames * hop].

        `start` [waves] are the phases to begin with, in turns; `source_head` [1, 1, n] takes the place of the first n
        samples of the source, as the releases do with the end of the piece before (HiFTGenerator.inference).
        """
        source = self.source(self.f0(mel), noise, start)[0]
        if source_head is not None:
            source = torch.cat([source_head, source[:, :, source_head.shape[2] :]], dim=2)
        return self.wave(mel, source), source
