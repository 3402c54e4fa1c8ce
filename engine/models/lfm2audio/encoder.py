"""LFM2-Audio's ear: mel frames -> rows in the width of the language model, 12.5 a second in the released ones.

Strided convolutions make one row of eight frames; a conformer with its convolution modules follows, in which every row sees
every other; then the adapter, two linear layers. Upstream: NVIDIA NeMo, ConformerEncoder, as liquid-audio carries it; Gulati et
al., Conformer; Rekesh et al., Fast Conformer. The names of the weights are those of the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.checkpoints.config_file import Fields
from engine.models.lfm2audio.features import NormalisedMel
from engine.samples import Samples
from engine.speech.recording import at_rate
from engine.speech.relative_attention import RelativeAttention, relative_positions
from engine.speech.release import DEEPEST, described_in, without_memory
from engine.speech.resample import mono
from engine.speech.weights import fill
from engine.speech.whisper_encoder import FrameConv

WHAT = "The model's audio encoder"
_HIDDEN = "audio_adapter.model.1.weight"  # no field says how wide the adapter is inside
_MOST = 100_000  # of any size
_STRIDED_AT_ONCE = 256  # rows: the first convolution makes many times as much of the sound as it is given


@dataclass(frozen=True)
class FastConformerConfig:
    """The sizes of the network. `stride`: frames of a row; `channels`: of the convolutions that make it."""

    bands: int
    dim: int
    heads: int
    layers: int
    feed_forward: int
    kernel: int
    channels: int
    stride: int
    hidden: int
    width: int

    def __post_init__(self) -> None:
        if self.dim % self.heads or self.dim % 2:
            raise ValueError(f"n_heads = {self.heads} must divide d_model = {self.dim}, which must be even.")
        if self.kernel % 2 == 0:
            raise ValueError(f"conv_kernel_size = {self.kernel}, which must be odd.")
        if self.stride < 2 or self.stride & (self.stride - 1):
            raise ValueError(f"subsampling_factor = {self.stride}, which must be a power of two above 1.")

    @classmethod
    def from_release(cls, config: Fields, tensors: Mapping[str, Tensor]) -> Self:
        """From a release's `config.json`; the adapter's inner width is that of its tensor.

        Raises `ValueError` with a sentence that names the file and the field.
        """
        fields, features = config.part("encoder"), config.part("preprocessor")
        fields.require(
            subsampling="dw_striding", causal_downsampling=False, reduction=None, self_attention_model="rel_pos",
            att_context_size=[-1, -1], xscaling=False, untie_biases=True, conv_norm_type="batch_norm",
            conv_context_size=None, feat_out=-1, use_bias=True,
        )  # fmt: skip
        fields.require(feat_in=(bands := features.count("features", most=_MOST)))
        dim = fields.count("d_model", most=_MOST)
        return fields.build(
            cls,
            bands=bands,
            dim=dim,
            heads=fields.count("n_heads", most=_MOST),
            layers=fields.count("n_layers", most=DEEPEST),
            feed_forward=dim * fields.count("ff_expansion_factor", most=100),
            kernel=fields.count("conv_kernel_size", most=_MOST),
            channels=fields.count("subsampling_conv_channels", most=_MOST),
            stride=fields.count("subsampling_factor", most=1024),
            hidden=next(iter(tensors[_HIDDEN].shape), 1) if _HIDDEN in tensors else 1,  # where it is missing `fill` says so
            width=config.part("lfm").count("hidden_size", most=_MOST),
        )

    def rows(self, frames: int) -> int:
        """How many rows so many mel frames give."""
        return -(-frames // self.stride)


class StridedConvs(nn.Module):
    """Mel frames [frames, bands] -> [rows, dim]: convolutions over time and bands, each halving both, and a linear layer."""

    def __init__(self, config: FastConformerConfig) -> None:
        super().__init__()
        channels, bands, self.stride = config.channels, config.bands, config.stride
        layers: list[nn.Module] = [nn.Conv2d(1, channels, 3, 2, 1), nn.ReLU()]
        for _ in range(config.stride.bit_length() - 2):
            depthwise = nn.Conv2d(channels, channels, 3, 2, 1, groups=channels)
            layers += [depthwise, nn.Conv2d(channels, channels, 1), nn.ReLU()]
        self.conv = nn.Sequential(*layers)
        self.out = nn.Linear(channels * -(-bands // config.stride), config.dim)

    def forward(self, mel: Tensor) -> Tensor:
        return torch.cat([self._rows(mel, start) for start in range(0, -(-len(mel) // self.stride), _STRIDED_AT_ONCE)])

    def _rows(self, mel: Tensor, start: int) -> Tensor:
        """Row `start` and those that are made together with it."""
        # A row depends on its own frames and on fewer than `stride` before them: those of one row more, which is then dropped.
        before = min(start, 1)
        mel = mel[(start - before) * self.stride : (start + _STRIDED_AT_ONCE) * self.stride]
        return self.out(self.conv(mel[None, None])[0].transpose(0, 1).flatten(1)[before:])


class SiluFeedForward(nn.Module):
    """Two linear layers with a SiLU between."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.linear1 = nn.Linear(dim, hidden)
        self.linear2 = nn.Linear(hidden, dim)

    def forward(self, rows: Tensor) -> Tensor:
        return self.linear2(F.silu(self.linear1(rows)))


class StoredBatchNorm(nn.Module):
    """Batch normalisation [..., dim] by the stored mean and variance (eps 1e-5); how many batches made them does not matter."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight, self.bias = (nn.Parameter(torch.empty(dim)) for _ in range(2))
        for name in ("running_mean", "running_var"):
            self.register_buffer(name, torch.empty(dim))

    def forward(self, rows: Tensor) -> Tensor:
        return F.batch_norm(rows, self.get_buffer("running_mean"), self.get_buffer("running_var"), self.weight, self.bias)


class ConvolutionModule(nn.Module):
    """A gated linear layer, a convolution of each channel over the rows around, its norm, a SiLU, and a linear layer."""

    def __init__(self, dim: int, kernel: int) -> None:
        super().__init__()
        self.pointwise_conv1 = FrameConv(dim, 2 * dim, 1, 1)
        self.depthwise_conv = nn.Conv1d(dim, dim, kernel, padding=kernel // 2, groups=dim)
        self.batch_norm = StoredBatchNorm(dim)
        self.pointwise_conv2 = FrameConv(dim, dim, 1, 1)

    def forward(self, rows: Tensor) -> Tensor:
        """[rows, dim] -> the same shape."""
        rows = self.depthwise_conv(F.glu(self.pointwise_conv1(rows, (0, 0))).T).T
        return self.pointwise_conv2(F.silu(self.batch_norm(rows)), (0, 0))


class FastConformerBlock(nn.Module):
    """Half a feed-forward network, attention, convolution, the other half, each on normalised rows and added; then a norm."""

    def __init__(self, config: FastConformerConfig) -> None:
        super().__init__()
        dim = config.dim
        self.norm_feed_forward1, self.feed_forward1 = nn.LayerNorm(dim), SiluFeedForward(dim, config.feed_forward)
        self.norm_self_att, self.self_attn = nn.LayerNorm(dim), RelativeAttention(dim, config.heads)
        self.norm_conv, self.conv = nn.LayerNorm(dim), ConvolutionModule(dim, config.kernel)
        self.norm_feed_forward2, self.feed_forward2 = nn.LayerNorm(dim), SiluFeedForward(dim, config.feed_forward)
        self.norm_out = nn.LayerNorm(dim)

    def forward(self, rows: Tensor, positions: Tensor) -> Tensor:
        """[rows, dim] -> the same shape; `positions` as `RelativeAttention` takes them."""
        rows = rows + self.feed_forward1(self.norm_feed_forward1(rows)) / 2
        rows = rows + self.self_attn(self.norm_self_att(rows)[None], positions)[0][0]
        rows = rows + self.conv(self.norm_conv(rows))
        rows = rows + self.feed_forward2(self.norm_feed_forward2(rows)) / 2
        return self.norm_out(rows)


class FastConformer(nn.Module):
    """Mel frames of one whole sound [frames, bands] -> [rows, dim]."""

    def __init__(self, config: FastConformerConfig) -> None:
        super().__init__()
        self.pre_encode = StridedConvs(config)
        self.layers = nn.ModuleList(FastConformerBlock(config) for _ in range(config.layers))

    def forward(self, mel: Tensor) -> Tensor:
        rows = self.pre_encode(mel)
        positions = relative_positions(len(rows), len(rows), rows.shape[1], like=rows)
        for layer in self.layers:
            rows = layer(rows, positions)
        return rows


class RowAdapter(nn.Module):
    """Encoder rows [rows, dim] -> [rows, width]."""

    def __init__(self, dim: int, hidden: int, width: int) -> None:
        super().__init__()
        self.model = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, rows: Tensor) -> Tensor:
        return self.model(rows)


class AdaptedConformer(nn.Module):
    """Mel frames of one whole sound [frames, bands] -> [config.rows(frames), width], for the places of embeddings."""

    def __init__(self, config: FastConformerConfig) -> None:
        super().__init__()
        self.config = config
        self.conformer = FastConformer(config)
        self.audio_adapter = RowAdapter(config.dim, config.hidden, config.width)

    @torch.inference_mode()
    def forward(self, mel: Tensor) -> Tensor:
        return self.audio_adapter(self.conformer(mel.to(self.conformer.pre_encode.out.weight)))


class Ear:
    """The network and its features; holds no state of a recording. Every row depends on every sample."""

    def __init__(self, network: AdaptedConformer, mel: NormalisedMel) -> None:
        self.network, self.mel = network, mel

    @classmethod
    def from_release(
        cls,
        config: Fields,
        tensors: Mapping[str, Tensor],
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> Self:
        """From a release's `config.json` and its tensors by name, of which the language model's are not read.

        `dtype` is what the network computes in, whatever is stored; features are float32. Raises `ValueError` with a sentence
        that names the file and the field or tensor that is missing or does not fit.
        """
        mel, sizes = NormalisedMel.from_config(config, device), FastConformerConfig.from_release(config, tensors)
        with described_in(config.path), without_memory(WHAT):
            network = AdaptedConformer(sizes)
        return cls(fill(network, tensors, dtype=dtype, device=device), mel)

    def sound(self, samples: Samples, rate: float) -> Samples:
        """A whole recording, floats [n] or [n, channels], which are averaged -> float32 [m] at `mel.rate`, as upstream has it.

        Raises `ValueError` with a sentence for what is no sound, samples that are not finite among it.
        """
        return at_rate(mono(samples), rate, self.mel.rate, parity=True)

    def positions(self, samples: int) -> int:
        """How many rows so many samples at `mel.rate` give: none for none, else at least one."""
        return self.network.config.rows(self.mel.frames(samples)) if samples else 0

    def rows(self, samples: Samples, rate: float) -> Tensor:
        """A whole recording, as `sound` takes it -> [positions(m), width]."""
        sound = self.sound(samples, rate)
        if not len(sound):
            return self.network.conformer.pre_encode.out.weight.new_zeros(0, self.network.config.width)
        return self.network(self.mel(sound))
