"""The conformer encoders of the flow-matching vocoders: one for GLM-4-Voice, one that doubles the rate for Step-Audio-2.

Neither has the convolution module that gives conformers their name; what is left is a pre-norm transformer with relative
positions. Upstream: cosyvoice/transformer/encoder.py (BlockConformerEncoder) of GLM-4-Voice and
cosyvoice2/transformer/upsample_encoder_v2.py (UpsampleConformerEncoderV2) of Step-Audio2. Both can be fed piece by piece:
`stream` gives what the pieces' rows are when nothing after them can be seen, and a state to go on with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.speech.relative_attention import KeysValues, RelativeAttention, relative_positions
from engine.speech.release import configured, require, sized, without_memory
from engine.speech.weights import fill

WHAT = "The vocoder's encoder"
_MOST_ROWS = 100  # that become of one
BLOCK_EPS = 1e-12  # of the norms inside the blocks; all others have torch's 1e-5


@dataclass(frozen=True)
class ConformerConfig:
    """The sizes of an encoder. `block_size`: rows that see each other besides the past (None: every row sees every other)."""

    input_size: int
    dim: int
    heads: int
    feed_forward: int
    blocks: int
    block_size: int | None = None
    key_bias: bool = True
    lookahead: int = 0
    up_blocks: int = 0
    up_stride: int = 2
    up_scale: int = 2

    def __post_init__(self) -> None:
        if self.heads < 1 or self.dim % self.heads or self.dim % 2 or not 1 <= self.up_scale <= _MOST_ROWS:
            raise ValueError(f"{self.heads} heads over {self.dim} channels, {self.up_scale} rows of one")

    @classmethod
    def from_release(cls, fields: Mapping[str, Any]) -> ConformerConfig:
        """From the fields of a release's `encoder:` object. Raises `ValueError` with a sentence for an encoder we do not have."""
        with configured(WHAT):
            require(
                WHAT, fields, input_layer="linear", pos_enc_layer_type="rel_pos_espnet", normalize_before=True,
                use_cnn_module=False, macaron_style=False, activation_type="swish",
            )  # fmt: skip
            return sized(
                WHAT,
                cls(
                    input_size=fields["input_size"],
                    dim=fields["output_size"],
                    heads=fields["attention_heads"],
                    feed_forward=fields["linear_units"],
                    blocks=fields["num_blocks"],
                    block_size=fields.get("block_size"),
                    key_bias=fields.get("key_bias", True),
                    lookahead=fields.get("pre_lookahead_len", 0),
                    up_blocks=fields.get("num_up_blocks", 0),
                    up_stride=fields.get("up_stride", 2),
                    up_scale=fields.get("up_scale_factor", fields.get("up_stride", 2)),
                ),
                deep=("blocks", "up_blocks"),
            )


class ConformerFeedForward(nn.Module):
    """Two linear layers with a SiLU between."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.w_1 = nn.Linear(dim, hidden)
        self.w_2 = nn.Linear(hidden, dim)

    def forward(self, states: Tensor) -> Tensor:
        return self.w_2(F.silu(self.w_1(states)))


class ConformerBlock(nn.Module):
    """Attention over relative positions, then a feed-forward network, each on normalised rows and added to its input."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.self_attn = RelativeAttention(config.dim, config.heads, config.key_bias)
        self.feed_forward = ConformerFeedForward(config.dim, config.feed_forward)
        self.norm_mha = nn.LayerNorm(config.dim, eps=BLOCK_EPS)
        self.norm_ff = nn.LayerNorm(config.dim, eps=BLOCK_EPS)

    def forward(
        self, states: Tensor, positions: Tensor, past: KeysValues | None, visible: Tensor | None
    ) -> tuple[Tensor, KeysValues]:
        mixed, kept = self.self_attn(self.norm_mha(states), positions, past, visible)
        states = states + mixed
        return states + self.feed_forward(self.norm_ff(states)), kept


class InputLayer(nn.Module):
    """Into the encoder's width: a linear layer, a norm, and the factor sqrt(dim)."""

    def __init__(self, input_size: int, dim: int) -> None:
        super().__init__()
        self.out = nn.Sequential(nn.Linear(input_size, dim), nn.LayerNorm(dim))
        self.factor = dim**0.5

    def forward(self, states: Tensor) -> Tensor:
        return self.out(states) * self.factor


@dataclass(frozen=True)
class StackState:
    """What a stack of blocks keeps of the rows it has seen. Never written to: states may be shared and gone back to."""

    layers: tuple[KeysValues | None, ...]
    seen: int = 0  # rows so far; `layers` may hold fewer, the newest

    def newest(self, rows: int) -> StackState:
        """The same, keeping keys and values of only the newest `rows` rows."""
        if self.held <= rows:
            return self
        return replace(self, layers=tuple(kept and (kept[0][:, :, -rows:], kept[1][:, :, -rows:]) for kept in self.layers))

    @property
    def held(self) -> int:
        """Rows whose keys and values are kept."""
        return 0 if not self.layers or self.layers[0] is None else self.layers[0][0].shape[2]


def run_stack(blocks: nn.ModuleList, states: Tensor, past: StackState, block_size: int | None) -> tuple[Tensor, StackState]:
    """New rows [batch, n, dim] through a stack of blocks after the rows of `past`."""
    queries, keys = states.shape[1], past.held + states.shape[1]
    positions = relative_positions(queries, keys, states.shape[2], like=states)
    visible = None
    if block_size is not None:
        at = torch.arange(past.seen - past.held, past.seen + queries, device=states.device)
        rows = at[-queries:, None]
        visible = (at <= rows) | (at // block_size == rows // block_size)
    layers = []
    for block, before in zip(blocks, past.layers, strict=True):
        states, kept = block(states, positions, before, visible)
        layers.append(kept)
    return states, StackState(tuple(layers), past.seen + queries)


class RowEncoder(nn.Module):
    """What both encoders have. The names of the weights are those of the releases, below `encoder.`."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = InputLayer(config.input_size, config.dim)
        self.encoders = nn.ModuleList(ConformerBlock(config) for _ in range(config.blocks))
        self.after_norm = nn.LayerNorm(config.dim)

    @classmethod
    def from_tensors(cls, config: Mapping[str, Any], tensors: Mapping[str, Tensor], prefix: str = "encoder.") -> Self:
        """From the fields of a release's `encoder:` object and the tensors that stand under `prefix`, in evaluation mode.

        Raises `ValueError` with a sentence that names a tensor that is missing or has another shape.
        """
        with without_memory(WHAT):
            encoder = cls(ConformerConfig.from_release(config))
        return fill(encoder, tensors, lambda name: prefix + name)


class ConformerEncoder(RowEncoder):
    """GLM-4-Voice's encoder: each row sees the past and its own block of `block_size` rows."""

    def encode(self, embedded: Tensor) -> Tensor:
        """A whole sequence, [batch, n, input_size] -> [batch, n, dim]."""
        return self.stream(embedded)[0]

    def stream(self, embedded: Tensor, past: StackState | None = None) -> tuple[Tensor, StackState]:
        """The next rows, [batch, n, input_size] -> [batch, n, dim], and the state after them.

        Rows of whole blocks are what the whole sequence gives; feed an unfinished block again, from the state before it.
        """
        past = past or StackState((None,) * self.config.blocks)
        states, past = run_stack(self.encoders, self.embed(embedded), past, self.config.block_size)
        return self.after_norm(states), past


class LookAhead(nn.Module):
    """A row with the `lookahead` rows after it and the results of the two rows before it, added to the row."""

    past_rows = 2

    def __init__(self, dim: int, lookahead: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(dim, dim, lookahead + 1)
        self.conv2 = nn.Conv1d(dim, dim, self.past_rows + 1)

    def forward(self, states: Tensor, ahead: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """[batch, n, dim], the rows that follow, and what was kept [batch, dim, 2] -> the same shape, what to keep."""
        inner = F.leaky_relu(self.conv1(torch.cat([states, ahead], dim=1).transpose(1, 2)))
        inner = torch.cat([past, inner], dim=2)
        return states + self.conv2(inner).transpose(1, 2), inner[:, :, -self.past_rows :]


class Upsampling(nn.Module):
    """Every row `scale` times, then a convolution over the row and the 2 * stride before it."""

    def __init__(self, dim: int, stride: int, scale: int) -> None:
        super().__init__()
        self.scale, self.past_rows = scale, 2 * stride
        self.conv = nn.Conv1d(dim, dim, self.past_rows + 1)

    def forward(self, states: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """[batch, n, dim] and what was kept [batch, dim, 2 * stride] -> [batch, n * scale, dim], what to keep."""
        repeated = states.transpose(1, 2).repeat_interleave(self.scale, dim=2)
        repeated = torch.cat([past, repeated], dim=2)
        return self.conv(repeated).transpose(1, 2), repeated[:, :, -self.past_rows :]


@dataclass(frozen=True)
class UpsamplingState:
    """What an `UpsamplingConformerEncoder` keeps: its convolutions' last inputs, and both stacks' rows. Never written to."""

    lookahead: Tensor
    lower: StackState
    up: Tensor
    upper: StackState


class UpsamplingConformerEncoder(RowEncoder):
    """Step-Audio-2's encoder: convolutions that look ahead, blocks, twice the rate, more blocks; every row sees every other."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__(config)
        self.pre_lookahead_layer = LookAhead(config.dim, config.lookahead)
        self.up_layer = Upsampling(config.dim, config.up_stride, config.up_scale)
        self.up_embed = InputLayer(config.dim, config.dim)
        self.up_encoders = nn.ModuleList(ConformerBlock(config) for _ in range(config.up_blocks))

    def start(self, batch: int = 1) -> UpsamplingState:
        """The state before the first row."""
        config, like = self.config, self.after_norm.weight
        return UpsamplingState(
            lookahead=like.new_zeros(batch, config.dim, self.pre_lookahead_layer.past_rows),
            lower=StackState((None,) * config.blocks),
            up=like.new_zeros(batch, config.dim, self.up_layer.past_rows),
            upper=StackState((None,) * config.up_blocks),
        )

    def encode(self, embedded: Tensor) -> Tensor:
        """A whole sequence, [batch, n, input_size] -> [batch, n * up_scale, dim]."""
        return self.stream(embedded)[0]

    def stream(
        self, embedded: Tensor, past: UpsamplingState | None = None, ahead: Tensor | None = None
    ) -> tuple[Tensor, UpsamplingState]:
        """The next rows, [batch, n, input_size] -> [batch, n * up_scale, dim], and the state after them.

        `ahead` [batch, lookahead, input_size] are the rows that follow these; without them the sequence ends here.
        """
        past = past or self.start(len(embedded))
        states, lookahead, lower = self.before_upsampling(embedded, past, ahead)
        states, up = self.up_layer(states, past.up)
        states, upper = run_stack(self.up_encoders, self.up_embed(states), past.upper, self.config.block_size)
        return self.after_norm(states), UpsamplingState(lookahead, lower, up, upper)

    def before_upsampling(
        self, embedded: Tensor, past: UpsamplingState, ahead: Tensor | None = None
    ) -> tuple[Tensor, Tensor, StackState]:
        """The lower half of `stream`: [batch, n, input_size] -> [batch, n, dim] and the two states it keeps."""
        states = self.embed(embedded)
        # The end of a sequence is zeros after the input layer, not rows of zeros before it.
        following = states.new_zeros(len(states), self.config.lookahead, self.config.dim) if ahead is None else self.embed(ahead)
        states, lookahead = self.pre_lookahead_layer(states, following, past.lookahead)
        states, lower = run_stack(self.encoders, states, past.lower, self.config.block_size)
        return states, lookahead, lower
