"""What the flows of CosyVoice's family share: speech codes are embedded and encoded, and an estimator makes mel frames of it.

Upstream: MaskedDiffWithXvec (cosyvoice/flow/flow.py of GLM-4-Voice) and CausalMaskedDiffWithXvec (cosyvoice2/flow/flow.py of
Step-Audio2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import torch.nn.functional as F
from torch import Tensor, nn

from engine.speech.conformer import ConformerConfig, RowEncoder
from engine.speech.release import configured, sized, without_memory
from engine.speech.weights import fill, table

WHAT = "The vocoder's flow"


@dataclass(frozen=True)
class CodeFlowConfig:
    """Sizes of a flow: `codes` speech codes, mel frames of `bands` bands, speaker vectors of `speaker_size` numbers."""

    codes: int
    input_size: int
    bands: int
    speaker_size: int
    encoder: ConformerConfig

    @classmethod
    def from_release(cls, fields: Mapping[str, Any]) -> Self:
        """From the fields of a release's `flow:` object. Raises `ValueError` with a sentence for what is missing or unknown."""
        with configured(WHAT):
            config = sized(
                WHAT,
                cls(
                    codes=fields["vocab_size"],
                    input_size=fields["input_size"],
                    bands=fields["output_size"],
                    speaker_size=fields["spk_embed_dim"],
                    encoder=ConformerConfig.from_release(fields["encoder"]),
                    **cls.further(fields),
                ),
            )
            if config.encoder.input_size != config.input_size:
                raise ValueError(f"rows of {config.input_size} for an encoder of {config.encoder.input_size}")
            if config.channels != (wanted := (4 * config.bands, config.bands)):
                raise ValueError(f"an estimator of {config.channels} channels where {wanted} are needed")
            return config

    @property
    def channels(self) -> tuple[int, int]:
        """What the estimator takes (x, mu, the speaker and the condition) and gives."""
        raise NotImplementedError

    @classmethod
    def further(cls, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What a family's flow has besides, by name."""
        return {}


class CodeFlow(nn.Module):
    """The networks of a flow. The names of the weights are those of the releases' `flow.pt`."""

    config_type: ClassVar[type[CodeFlowConfig]]

    def __init__(self, config: CodeFlowConfig, encoder: RowEncoder, estimator: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.input_embedding = table(config.codes, config.input_size)
        self.spk_embed_affine_layer = nn.Linear(config.speaker_size, config.bands)
        self.encoder = encoder
        self.encoder_proj = nn.Linear(config.encoder.dim, config.bands)
        self.decoder = nn.ModuleDict({"estimator": estimator})

    @classmethod
    def from_tensors(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Self:
        """From the fields of a release's `flow:` object and the tensors of `flow.pt`, in float32 and evaluation mode.

        Raises `ValueError` with a sentence for a configuration or tensors that do not fit.
        """
        with without_memory(WHAT):
            config = cls.config_type.from_release(fields)
            network = cls(config)  # type: ignore[call-arg] # the flow of a family makes its own encoder and estimator
        return fill(network, tensors)

    def embed(self, codes: Tensor) -> Tensor:
        """Codes [n] -> the encoder's input [1, n, input_size]."""
        return self.input_embedding(codes)[None]

    def speaker(self, vector: Tensor) -> Tensor:
        """A speaker vector [speaker_size], of any length -> what the estimator gets, [1, bands]."""
        layer = self.spk_embed_affine_layer
        return layer(F.normalize(vector[None], dim=1).to(layer.weight)).float()
