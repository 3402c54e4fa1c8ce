"""The Whisper-VQ speech tokenizer: half of Whisper's encoder, an average over 80 ms, and the nearest row of a codebook.

Rows see the past and their own block (4 s in the release), and both convolutions look only back. So a block can be encoded as
soon as it was spoken and is not changed by what follows. Upstream: zai-org/GLM-4-Voice, speech_tokenizer/modeling_whisper.py
(WhisperVQEncoder) and speech_tokenizer/utils.py (extract_speech_token). Also in Kimi-Audio and VITA-Audio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn

from engine.speech.release import configured, require, sized, without_memory
from engine.speech.weights import fill, table
from engine.speech.whisper_encoder import WhisperCache, WhisperEncoder

WHAT = "The speech tokenizer"
_OURS_AND_RELEASED = (
    ("encoder.", ""),
    ("positional_embedding.", "embed_positions."),
    ("blocks.", "layers."),
    (".attn.query.", ".self_attn.q_proj."),
    (".attn.key.", ".self_attn.k_proj."),
    (".attn.value.", ".self_attn.v_proj."),
    (".attn.out.", ".self_attn.out_proj."),
    (".attn_ln.", ".self_attn_layer_norm."),
    (".mlp.0.", ".fc1."),
    (".mlp.2.", ".fc2."),
    (".mlp_ln.", ".final_layer_norm."),
)
PREFIXES = ("model.encoder.",)
"""What stands before the names of the weights in some copies of the release."""


@dataclass(frozen=True)
class WhisperVQConfig:
    """The sizes of a tokenizer; rows are what the convolutions give, two mel frames each."""

    bands: int
    context: int  # rows of a segment
    dim: int
    heads: int
    feed_forward: int
    layers: int
    block: int  # rows that see each other besides the past
    pooling: int  # rows of a code
    codes: int

    def __post_init__(self) -> None:
        if self.heads < 1 or self.dim % self.heads or min(self.block, self.pooling, self.codes, self.context) < 1:
            raise ValueError(f"{self.heads} heads over {self.dim} channels, blocks of {self.block} rows, {self.pooling} a code")

    @classmethod
    def from_release(cls, fields: Mapping[str, Any]) -> WhisperVQConfig:
        """From the fields of a release's `config.json`. Raises `ValueError` with a sentence for a tokenizer we do not have."""
        with configured(WHAT):
            require(
                WHAT, fields, encoder_causal_convolution=True, encoder_causal_attention=False, quantize_causal_encoder=False,
                pooling_type="avg", activation_function="gelu", scale_embedding=False,
                pooling_position=fields.get("quantize_position"),
            )  # fmt: skip
            return sized(
                WHAT,
                cls(
                    bands=fields["num_mel_bins"],
                    context=fields["max_source_positions"],
                    dim=fields["d_model"],
                    heads=fields["encoder_attention_heads"],
                    feed_forward=fields["encoder_ffn_dim"],
                    layers=fields["quantize_position"],  # `encoder_layers` counts blocks that are not stored
                    block=fields["quantize_causal_block_size"] or fields["max_source_positions"],
                    pooling=fields["pooling_kernel_size"] or 1,
                    codes=fields["quantize_vocab_size"],
                ),
                deep=("layers",),
            )


class WhisperVQ(nn.Module):
    """Mel features -> states -> codes. Runs in float32: in bfloat16 other codes come out."""

    def __init__(self, config: WhisperVQConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = WhisperEncoder(config.bands, config.context, config.dim, config.heads, config.feed_forward, config.layers)
        self.codebook = table(config.codes, config.dim)

    @classmethod
    def from_tensors(cls, config: Mapping[str, Any], tensors: Mapping[str, Tensor], device: torch.device | str = "cpu") -> Self:
        """From a release's `config.json` and its tensors by name; those that do not influence codes are not read.

        Raises `ValueError` with a sentence that names a field or tensor that is missing or does not fit.
        """
        with without_memory(WHAT):
            network = cls(WhisperVQConfig.from_release(config))
        return fill(network, tensors, released_name, torch.float32, device)

    context_frames = 4
    """Mel frames before a block that its first row depends on."""

    @torch.inference_mode()
    def encode(self, features: Tensor, start: int, past: WhisperCache, keys: int | None = None) -> Tensor:
        """One block, whole or the segment's last: mel features [frames, bands] -> states [rows, dim], two frames a row.

        `start` is the block's first row in the segment. Unless that is 0, `features` begin with the `context_frames`
        before the block, and `past` holds what comes before it. Of all rows so far only the first `keys` can be seen
        (by default all); the others are padding. `past` then holds the block, too.
        """
        zeros = (0, 0) if start else (2, 0)
        rows = self.encoder.stem(features.to(self.codebook.weight), zeros, zeros)
        return self.encoder(rows, start, past, keys)

    @torch.inference_mode()
    def pool(self, states: Tensor) -> Tensor:
        """[rows, dim] -> the mean of every `pooling` rows; rows that do not fill one are left out."""
        whole = len(states) // self.config.pooling * self.config.pooling
        return states[:whole].unflatten(0, (-1, self.config.pooling)).mean(1)

    @torch.inference_mode()
    def quantise(self, pooled: Tensor) -> Tensor:
        """[n, dim] -> the nearest rows of the codebook, [n]."""
        codebook = self.codebook.weight
        lengths = codebook.square().sum(1) + pooled.square().sum(1, keepdim=True)
        return torch.addmm(lengths, pooled, codebook.T, alpha=-2.0).argmin(1)


def released_name(name: str) -> str:
    """A parameter of `WhisperVQ` -> its name in the released file."""
    for ours, released in _OURS_AND_RELEASED:
        name = name.replace(ours, released)
    return name
