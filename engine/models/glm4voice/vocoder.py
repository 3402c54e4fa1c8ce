"""GLM-4-Voice's vocoder as its folder holds it: the flow, HiFT, and how codes, mel frames and samples count.

Upstream: AudioDecoder of flow_inference.py in zai-org/GLM-4-Voice.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor

from engine.models.checkpoints.weights import Weights
from engine.models.checkpoints.yaml_safe import read_yaml
from engine.models.glm4voice.flow import GlmFlow
from engine.samples import Samples
from engine.speech.hift import PREFIXES, HiFT, HiFTConfig
from engine.speech.release import UnknownConfiguration, described_in

_MOST_FRAMES = 100  # of a code; the release has about 7
HELD_CODES = 5  # at a block's end, whose mel frames wait for the next block: 0.4 s


class Vocoder:
    """Both networks of a `glm-4-voice-decoder` folder. Reading it changes nothing: every reply has its own speaker."""

    def __init__(self, flow: GlmFlow, hift: HiFT) -> None:
        if flow.config.bands != hift.config.mels:
            raise ValueError(f"The flow makes {flow.config.bands} mel bands, but hift takes {hift.config.mels}.")
        self.flow, self.hift = flow, hift
        self.sample_rate = hift.config.sample_rate
        self.code_rate = float(flow.config.code_rate)
        self.frames_per_code = Fraction(hift.config.sample_rate, hift.config.hop) / flow.config.code_rate
        block, frames = flow.config.encoder.block_size, self.frames_per_code
        if not block or not 1 <= frames <= _MOST_FRAMES:
            raise UnknownConfiguration(f"The vocoder has blocks of {block} codes, each of {float(frames):.3g} mel frames.")
        self.block_size = block
        """Codes that the encoder looks at together."""

    @classmethod
    def from_tensors(cls, config: Mapping[str, Any], flow: Mapping[str, Tensor], hift: Mapping[str, Tensor]) -> Self:
        """From `config.yaml` as plain data and the tensors of both files, without weight norm.

        Raises `ValueError` with a sentence for what does not fit.
        """
        for name in ("flow", "hift"):
            if name not in config:
                raise UnknownConfiguration(f"The vocoder has no {name} in its configuration: it is of another model, or damaged.")
        sound = HiFT.from_tensors(HiFTConfig.from_release(config["hift"]), hift)
        return cls(GlmFlow.from_tensors(config["flow"], flow), sound)

    @classmethod
    def from_folder(cls, folder: Path, device: torch.device | str = "cpu") -> Self:
        """Raises `FileNotFoundError` or `ValueError` with a sentence for a folder that cannot be used."""
        flow, hift = Weights.of_file(folder / "flow.pt"), Weights.of_file(folder / "hift.pt", strip=PREFIXES)
        with described_in(folder / "config.yaml"):
            vocoder = cls.from_tensors(read_yaml(folder / "config.yaml"), flow, hift)
        vocoder.flow.to(device)
        vocoder.hift.to(device)
        return vocoder

    @property
    def device(self) -> torch.device:
        return self.flow.encoder_proj.weight.device


    def frames(self, codes: int) -> int:
        """Mel frames of the first `codes` codes."""
        return int(codes * self.frames_per_code)

    def code_of(self, first: int, last: int) -> Tensor:
        """For each mel frame from `first` up to `last` the code it belongs to, counted from the beginning of the reply."""
        ratio = self.frames_per_code
        return torch.arange(first, last, device=self.device) * ratio.denominator // ratio.numerator

    def codes(self, tokens: list[int], first_code: int) -> list[int]:
        """Token ids -> codes. Raises `ValueError` for a token that is no speech."""
        codes, count = [token - first_code for token in tokens], self.flow.config.codes
        for code in codes:
            if not 0 <= code < count:
                raise ValueError(f"Token {code + first_code} is no speech: that is {first_code} to {first_code + count - 1}.")
        return codes


def samples_of(wave: Tensor) -> Samples:
    """[1, samples] on any device -> [samples], float32."""
    return wave[0].float().cpu().numpy()
