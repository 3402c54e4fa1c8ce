"""How Step-Audio-2 hears: samples -> 12.5 states a second that take the place of embeddings.

A recording is cut into blocks of 25 s, each between its own `<audio_start>` and `<audio_end>`. Within a block every state depends
on every sample, so a block cannot be begun before it is complete: full blocks are encoded while the user goes on speaking, and
after the last sample the last block is left, 25 s at most. Upstream: StepAudio2.apply_chat_template in stepaudio2.py and
log_mel_spectrogram in utils.py of Step-Audio2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from engine.models.spoken_lm import PromptPiece
from engine.models.stepaudio2.audio_encoder import WHAT, AudioEncoder, AudioEncoderConfig
from engine.samples import Samples
from engine.speech.recording import at_rate, checked
from engine.speech.release import without_memory
from engine.speech.weights import fill
from engine.speech.whisper_mel import WhisperMel

BLOCK_SECONDS = 25
_ZEROS = 479  # samples that upstream puts after every block


class AudioFrontEnd:
    """The network and its features; holds no state of a recording."""

    def __init__(self, network: AudioEncoder, mel: WhisperMel) -> None:
        self.network, self.mel = network, mel
        self.block = BLOCK_SECONDS * mel.rate
        """Samples of a full block."""

    @classmethod
    def from_tensors(
        cls,
        config: Mapping[str, Any],
        tensors: Mapping[str, Tensor],
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> Self:
        """From a release's `config.json` and its tensors by name, of which the language model's are not read.

        Raises `ValueError` with a sentence that names a field or tensor that is missing or does not fit.
        """
        with without_memory(WHAT):
            network = AudioEncoder(AudioEncoderConfig.from_release(config))
        network = fill(network, tensors, dtype=dtype, device=device)
        return cls(network, WhisperMel(network.config.n_mels, device=device))

    def frames(self, samples: int) -> int:
        """How many mel frames a block of so many samples has."""
        return (samples + _ZEROS) // self.mel.hop

    def features(self, samples: Samples) -> Tensor:
        """A block, mono float32 [n] -> mel features [frames(n), n_mels]."""
        padded = torch.zeros(len(samples) + _ZEROS)
        padded[: len(samples)] = torch.from_numpy(np.array(samples, np.float32))
        log_power = self.mel.log_power(padded)
        return self.mel.features(log_power, log_power.max())

    def states(self, samples: Samples, longest: int | None = None) -> Tensor:
        """A block, mono float32 [n] -> states [positions, llm_dim]; `longest` as `AudioEncoder.forward` takes it."""
        if self.network.config.states(self.frames(len(samples))) == 0:
            return self.none()
        return self.network(self.features(samples), longest)

    def none(self) -> Tensor:
        """No states, [0, llm_dim]."""
        weight = self.network.adapter.linear2.weight
        return weight.new_zeros(0, len(weight))

    def blocks(self, samples: Samples, rate: float, parity: bool = False) -> list[Tensor]:
        """A whole recording, floats [n] or [n, channels] of which the first is heard -> the states of every block.

        With `parity` it is resampled and batched as upstream does. Raises `ValueError` with a sentence for what is no sound.
        """
        samples = at_rate(samples, rate, self.mel.rate, parity)
        parts = [samples[start : start + self.block] for start in range(0, len(samples), self.block)]
        longest = self.frames(len(parts[0])) if parts and parity else None
        return [self.states(part, longest) for part in parts]


class StepAudio2Listener:
    """One spoken question -> states; see `engine.models.spoken_lm.Listener`.

    `between` [positions, llm_dim] are the embeddings of what stands between two blocks: `<audio_end>`, `<audio_start>`. A last
    block too short for a state (20 ms) is left out. With `parity` it is not, and blocks after the first are encoded as they
    are in upstream's batch.
    """

    def __init__(self, front_end: AudioFrontEnd, between: Tensor, parity: bool = False) -> None:
        self._front_end, self._between, self._parity = front_end, between, parity
        self._samples, self._length = np.zeros(front_end.block, np.float32), 0
        self._first = True

    def feed(self, samples: Samples) -> PromptPiece:
        """Raises `ValueError` for samples that are not numbers."""
        samples, pieces = checked(samples), []
        while len(samples):
            taken = samples[: self._front_end.block - self._length]
            self._samples[self._length : self._length + len(taken)] = taken
            self._length += len(taken)
            samples = samples[len(taken) :]
            if self._length == self._front_end.block:
                pieces += self._encode()
        return self._piece(pieces)

    def finish(self) -> PromptPiece:
        return self._piece(self._encode())

    def _piece(self, blocks: list[list[Tensor]]) -> PromptPiece:
        states = [self._front_end.none()]
        marks: list[int] = []
        for *between, block in blocks:
            for part in between:  # no speech
                marks += range(sum(map(len, states)), sum(map(len, states)) + len(part))
                states.append(part)
            states.append(block)
        return PromptPiece(states=torch.cat(states), marks=tuple(marks))

    def _encode(self) -> list[list[Tensor]]:
        """The block so far, after what stands before it; then the next block begins."""
        if not self._length:
            return []
        longest = self._front_end.frames(self._front_end.block) if self._parity and not self._first else None
        states = self._front_end.states(self._samples[: self._length], longest)
        self._length = 0
        if not len(states) and not self._parity:
            return []
        between = [] if self._first else [self._between.to(states)]
        self._first = False
        return [[*between, states]]
