"""Step-Audio-2's audio encoder and adaptor: log-mel frames -> what the language model is given, 12.5 states a second.

Whisper's encoder in which every row of a block sees every other, an average over two rows, a norm, and the adaptor, a
convolution and two linear layers into the language model's width. Upstream: stepfun-ai/Step-Audio-2-mini,
modeling_step_audio_2.py (AudioEncoder, Adaptor).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.speech.release import configured, sized
from engine.speech.whisper_encoder import FrameConv, WhisperEncoder

WHAT = "The model's audio encoder"
_HIDDEN = 2048  # of the adaptor; no field of the release says it
_UNHEARD = 2  # frames at the end that upstream counts as padding


@dataclass(frozen=True)
class AudioEncoderConfig:
    """The fields of a release's `audio_encoder_config` that matter."""

    n_mels: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    llm_dim: int
    kernel_size: int
    adapter_stride: int

    def __post_init__(self) -> None:
        if self.n_audio_head < 1 or self.n_audio_state % self.n_audio_head or min(self.kernel_size, self.adapter_stride) < 1:
            raise ValueError(f"{self.n_audio_head} heads over {self.n_audio_state} channels, steps of {self.adapter_stride}")

    @classmethod
    def from_release(cls, fields: Mapping[str, Any]) -> AudioEncoderConfig:
        """From a release's `config.json`, nested or flat. Raises `ValueError` with a sentence for one without a field."""
        fields = fields.get("audio_encoder_config", fields)
        with configured(WHAT):
            return sized(WHAT, cls(**{name: fields[name] for name in cls.__dataclass_fields__}), deep=("n_audio_layer",))

    def states(self, frames: int) -> int:
        """How many states stand for so many mel frames; none for less than five."""
        rows = (frames - _UNHEARD + 1) // 2 // 2
        return (rows + 2 - self.kernel_size) // self.adapter_stride + 1 if rows > 0 else 0


class StepAdaptor(nn.Module):
    """Encoder rows [n, n_audio_state] -> states [(n + 2 - kernel_size) // adapter_stride + 1, llm_dim]."""

    def __init__(self, config: AudioEncoderConfig) -> None:
        super().__init__()
        dim = config.n_audio_state
        self.conv = FrameConv(dim, dim, config.kernel_size, config.adapter_stride)
        self.linear1 = nn.Linear(dim, _HIDDEN)
        self.linear2 = nn.Linear(_HIDDEN, config.llm_dim)

    def forward(self, rows: Tensor) -> Tensor:
        return self.linear2(F.relu(self.linear1(F.gelu(self.conv(rows, (1, 1))))))


class _Encoder(WhisperEncoder):
    """Whisper's, with a norm after its rows were joined in pairs."""

    def __init__(self, config: AudioEncoderConfig) -> None:
        dim = config.n_audio_state
        super().__init__(config.n_mels, config.n_audio_ctx, dim, config.n_audio_head, 4 * dim, config.n_audio_layer)
        self.after_norm = nn.LayerNorm(dim)


class AudioEncoder(nn.Module):
    """Mel features of a block of sound -> states. The names of the weights are those of the release."""

    def __init__(self, config: AudioEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = _Encoder(config)
        self.adapter = StepAdaptor(config)

    @torch.inference_mode()
    def forward(self, features: Tensor, longest: int | None = None) -> Tensor:
        """[frames, n_mels] -> [states(frames), llm_dim], for a block encoded alone.

        Upstream encodes all blocks of a prompt as one batch; `longest`, the frames of its longest block, gives the
        states that come out then. The last one differs, the others hardly.
        """
        return self.adapter(self.rows(features, longest))[: self.config.states(len(features))]

    @torch.inference_mode()
    def rows(self, features: Tensor, longest: int | None = None) -> Tensor:
        """The encoder without the adaptor: [frames, n_mels] -> [(frames + 1) // 4, n_audio_state], 25 a second.

        The last row may be made of padding. The adaptor reads it, too, so it is not left out.
        """
        heard = len(features) - _UNHEARD
        longest = longest or len(features)
        features = F.pad(features.to(self.encoder.after_norm.weight), (0, 0, 0, longest - len(features)))
        states = self.encoder.stem(features, (1, 1), (1, 1))
        first = (longest + 1) % 2  # upstream looks at every other frame to tell which rows are padding
        states = self.encoder(states, keys=max(1, -(-(heard - first) // 2)))
        pairs = states[: len(states) // 2 * 2].unflatten(0, (-1, 2)).mean(1)
        return self.encoder.after_norm(pairs)
