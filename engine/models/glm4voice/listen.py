"""How GLM-4-Voice hears: samples -> 12.5 codes a second.

A recording is cut into segments of 30 s, and every segment is heard for itself, block by block (4 s in the release). A block is
encoded as soon as it is complete; after the last sample at most one block (and 2.5 ms) is left.

One thing in Whisper's features is not causal: what is more than 80 dB below the loudest point of the segment is raised to that
level. So a block that was heard before the loudest point may have got other features in its faintest places than the reference
gives it, and then some of its codes, and of those after it in the segment, may differ:
- by default the loudest point so far counts, and codes are given as soon as a block is encoded. They equal the reference's for
  sounds that are not longer than a block, and wherever nothing louder follows or nothing is that faint (on the three
  recorded sounds in tests/golden, 2.3, 7.9 and 33 s, with random weights, 0, 3.0 and 0.7 % of the codes differ);
- with `parity`, codes are given at the end of a segment. Blocks are still encoded early, and those whose features turn out to
  have been different are encoded once more. All codes equal the reference's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor

from engine.models.checkpoints.config_file import read_json
from engine.models.checkpoints.weights import Weights
from engine.models.spoken_lm import PromptPiece
from engine.quoting import shown
from engine.samples import Samples
from engine.speech.recording import at_rate, checked
from engine.speech.release import UnknownConfiguration, configured, described_in
from engine.speech.whisper_encoder import WhisperCache
from engine.speech.whisper_mel import WhisperMel
from engine.speech.whisper_vq import PREFIXES, WhisperVQ


class GLMSpeechTokenizer:
    """The network and its features; holds no state of a recording. Upstream: speech_tokenizer/utils.py of GLM-4-Voice."""

    def __init__(self, network: WhisperVQ, mel: WhisperMel, seconds: float) -> None:
        config = network.config
        self.network, self.mel = network, mel
        self.stride = mel.hop * 2 * config.pooling
        """Samples of a code."""
        self.segment = min(config.context * 2 * mel.hop, round(seconds * mel.rate))
        """Samples of a segment."""

    @classmethod
    def from_tensors(
        cls,
        config: Mapping[str, Any],
        features: Mapping[str, Any],
        tensors: Mapping[str, Tensor],
        device: torch.device | str = "cpu",
    ) -> Self:
        """From a release's `config.json`, `preprocessor_config.json` and tensors. Raises `ValueError` with a sentence."""
        what = "The speech tokenizer's preprocessor_config.json"
        with configured(what):
            names = ("feature_size", "sampling_rate", "n_fft", "hop_length")
            bands, rate, fft, hop = (_size(what, features, name) for name in names)
            mel, seconds = WhisperMel(bands, rate, fft, hop, device), _size(what, features, "chunk_length")
        network = WhisperVQ.from_tensors(config, tensors, device)
        if mel.bands != network.config.bands:
            raise ValueError(
                f"The speech tokenizer's features have {mel.bands} bands, but its network wants {network.config.bands}."
            )
        return cls(network, mel, seconds)

    @classmethod
    def from_folder(cls, folder: Path, device: torch.device | str = "cpu") -> Self:
        """From a `glm-4-voice-tokenizer` folder. Raises `FileNotFoundError` or `ValueError` with a sentence."""
        with described_in(folder / "config.json"):
            config, features = (read_json(folder / name) for name in ("config.json", "preprocessor_config.json"))
            return cls.from_tensors(config, features, Weights.of_folder(folder, strip=PREFIXES), device)

    def codes(self, samples: Samples, rate: float, parity: bool = False) -> list[int]:
        """A whole recording, floats [n] or [n, channels] of which the first is heard -> its codes.

        With `parity` it is resampled as upstream does, and all codes are upstream's. Raises `ValueError` for what is no sound.
        """
        stream = CodeStream(self, parity)
        return stream.feed(at_rate(samples, rate, self.mel.rate, parity)) + stream.finish()


_SIZES = {
    "feature_size": (1, 1_000), "sampling_rate": (8_000, 48_000), "n_fft": (16, 8_192), "hop_length": (8, 4_096),
    "chunk_length": (1, 300),
}  # fmt: skip
"""The least and the most of what features are made with; what is beyond is an error in the file."""


def _size(what: str, features: Mapping[str, Any], name: str) -> int:
    value, (least, most) = features[name], _SIZES[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise UnknownConfiguration(f"{what} has {name} {shown(value)}, which must be whole and from {least:,} to {most:,}.")
    return value


class CodeStream:
    """One recording, fed bit by bit; any split gives the same codes."""

    def __init__(self, tokenizer: GLMSpeechTokenizer, parity: bool = False) -> None:
        self._tokenizer, self._parity = tokenizer, parity
        self._segment = _Segment(tokenizer, parity, first=True)

    def feed(self, samples: Samples) -> list[int]:
        """Mono float32 at the tokenizer's rate, any length -> the codes that are settled by now.

        Raises `ValueError` for samples that are not numbers.
        """
        samples, codes = checked(samples), []
        while len(samples):
            taken = self._segment.room
            codes += self._segment.feed(samples[:taken])
            samples = samples[taken:]
            if not self._segment.room:
                codes += self._segment.finish()
                self._segment = _Segment(self._tokenizer, self._parity, first=False)
        return codes

    def finish(self) -> list[int]:
        """The last codes; the stream is used up then."""
        return self._segment.finish()


class GLM4VoiceListener:
    """One spoken question -> token ids; see `engine.models.spoken_lm.Listener`. `ids`: the token of every code."""

    def __init__(self, tokenizer: GLMSpeechTokenizer, ids: Sequence[int], parity: bool = False) -> None:
        self._stream, self._ids = CodeStream(tokenizer, parity), ids

    def feed(self, samples: Samples) -> PromptPiece:
        return self._piece(self._stream.feed(samples))

    def finish(self) -> PromptPiece:
        return self._piece(self._stream.finish())

    def _piece(self, codes: list[int]) -> PromptPiece:
        return PromptPiece(tuple(self._ids[code] for code in codes))


class _Block(NamedTuple):
    features: Tensor  # [context and own frames, bands]
    states: Tensor  # [rows, dim]


class _Segment:
    """At most 30 s. All lengths that follow from the sample count are upstream's, so that padding changes nothing."""

    def __init__(self, tokenizer: GLMSpeechTokenizer, parity: bool, first: bool) -> None:
        self._tokenizer, self._network, self._mel = tokenizer, tokenizer.network, tokenizer.mel
        self._parity, self._first = parity, first
        self._samples, self._length = np.zeros(tokenizer.segment, np.float32), 0
        self._log_power = torch.zeros(0, self._mel.bands, device=self._mel.device)
        self._blocks: list[_Block] = []
        self._past = WhisperCache()
        self._given = 0  # codes

    @property
    def room(self) -> int:
        return len(self._samples) - self._length

    def feed(self, samples: Samples) -> list[int]:
        self._samples[self._length : self._length + len(samples)] = samples
        self._length += len(samples)
        before, frames = len(self._blocks), 2 * self._network.config.block
        while self._length >= self._mel.hop * ((len(self._blocks) + 1) * frames - 1) + self._mel.reach:
            self._hear((len(self._blocks) + 1) * frames, self._samples[: self._length])
            self._encode(self._log_power.max())
        return [] if self._parity or len(self._blocks) == before else self._codes()

    def finish(self) -> list[int]:
        if not self._length:
            return []
        hop, stride = self._mel.hop, self._tokenizer.stride
        padded = -(-self._length // stride) * stride
        # Upstream fills up a later segment to the length of the first one, so that zeros follow it and not its mirror image.
        zeros = 0 if self._first else min(len(self._samples) - padded, -(-self._mel.reach // hop) * hop)
        samples = np.zeros(padded + zeros, np.float32)
        samples[: self._length] = self._samples[: self._length]
        self._hear((padded + zeros) // hop, samples)
        loudest = self._log_power.max()
        self._log_power = self._log_power[: padded // hop]
        if self._parity:
            self._forget_changed(loudest)
        heard = -(-self._length // hop)  # frames; a row is heard if its first frame is
        while len(self._blocks) * self._network.config.block < padded // hop // 2:
            self._encode(loudest, keys=-(-heard // 2))
        return self._codes()

    def _hear(self, until: int, samples: Samples) -> None:
        """Log powers up to frame `until`, from samples of which the end is mirrored if no more follow."""
        hop, done = self._mel.hop, len(self._log_power)
        first = max(0, done - -(-self._mel.reach // hop))
        end = min(len(samples), hop * (until - 1) + self._mel.reach) if until * hop < len(samples) else len(samples)
        frames = self._mel.log_power(torch.from_numpy(samples[first * hop : end]))
        self._log_power = torch.cat([self._log_power, frames[done - first : until - first]])

    def _features(self, block: int, loudest: Tensor) -> Tensor:
        frames = 2 * self._network.config.block
        first = max(0, block * frames - self._network.context_frames)
        return self._mel.features(self._log_power[first : (block + 1) * frames], loudest)

    def _encode(self, loudest: Tensor, keys: int | None = None) -> None:
        start = len(self._blocks) * self._network.config.block
        features = self._features(len(self._blocks), loudest)
        self._blocks.append(_Block(features, self._network.encode(features, start, self._past, keys)))

    def _forget_changed(self, loudest: Tensor) -> None:
        """All blocks from the first one that has other features now that the loudest point is known."""
        for block, known in enumerate(self._blocks):
            if not torch.equal(self._features(block, loudest), known.features):
                del self._blocks[block:]
                self._past.cut(block * self._network.config.block)
                return

    def _codes(self) -> list[int]:
        """Those that were not given out yet."""
        states = torch.cat([block.states for block in self._blocks])
        pooled = self._network.pool(states[self._given * self._network.config.pooling :])
        self._given += len(pooled)
        return self._network.quantise(pooled).tolist()
