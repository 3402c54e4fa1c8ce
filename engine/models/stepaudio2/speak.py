"""How Step-Audio-2 speaks: speech codes -> mel frames -> samples, chunk by chunk, in the voice of a short recording.

Upstream: the Token2wav class of Step-Audio2's token2wav.py (setup_cache and stream). A voice is prepared once: its prompt
goes through the flow, and every reply continues from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.models.checkpoints.weights import Weights
from engine.models.checkpoints.yaml_safe import read_part
from engine.models.stepaudio2.flow import FlowState, StepFlow
from engine.models.stepaudio2.sound import ReferenceSound, SettledSound
from engine.models.stepaudio2.voices import VoicePack
from engine.samples import Samples
from engine.speech.hift import PREFIXES, HiFT, HiFTConfig
from engine.speech.joins import PositionalNoise
from engine.speech.release import described_in

OUTPUT_RATE = 24_000
CHUNK = 25
"""Codes that become sound at a time, one second; the encoder looks at a few more."""
RECENT_FRAMES = 100
"""Mel frames besides the prompt's that the estimator attends to (upstream: 2 seconds)."""
RECENT_CODES = 750
"""Codes that the encoder attends to: 30 seconds, so that a long reply's chunks cost no more than a short one's."""


@dataclass(frozen=True)
class ReferenceNoise:
    """The random numbers of the reference's streams.

    `flow` [bands, columns]: a chunk reads as many columns as it has frames, from the number of frames whose keys are kept.
    `sine` [rows, waves]: every call of HiFT reads from the first row, around and around.
    """

    flow: Tensor
    sine: Tensor

    @classmethod
    def drawn(cls, seed: int, bands: int, columns: int, waves: int, rows: int = OUTPUT_RATE) -> ReferenceNoise:
        generator = torch.Generator().manual_seed(seed)
        return cls(torch.randn(bands, columns, generator=generator), torch.randn(rows, waves, generator=generator))


class StepVocoder:
    """The networks and one voice, ready to speak. Replies share it and do not disturb each other.

    With `parity` replies are streamed as the reference implementation does: keys and values newest first, so that the
    wrong ones are forgotten and the same noise comes again after two chunks; an encoder that attends to the whole reply;
    excitation that starts anew with each chunk; fades whose weights add up to more than one.
    """

    def __init__(
        self,
        flow: StepFlow,
        hift: HiFT,
        voice: VoicePack,
        first_code: int = 0,
        seed: int = 0,
        parity: bool = False,
        noise: ReferenceNoise | None = None,
    ) -> None:
        """`first_code` is the token id of code 0; `noise` is what `parity` uses in place of numbers drawn from `seed`.

        Raises `ValueError` with a sentence for a voice that does not fit, and for networks of different models.
        """
        config = flow.config
        voice.check(config)
        if hift.config.mels != config.bands:
            raise ValueError(f"The flow makes {config.bands} mel bands, HiFT takes {hift.config.mels}: they are of two models.")
        self.flow, self.hift, self.voice = flow, hift, voice
        self.first_code, self.seed = first_code, seed
        self.output_rate = hift.config.sample_rate
        self.noise = noise
        if parity and noise is None:
            columns = len(voice.mel) + RECENT_FRAMES + CHUNK * config.frames_per_code
            self.noise = ReferenceNoise.drawn(seed, config.bands, columns, hift.config.waves)
        self.started = self._start()

    @classmethod
    def from_folder(
        cls,
        folder: Path,
        voice: VoicePack,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        first_code: int = 0,
        seed: int = 0,
        parity: bool = False,
        noise: ReferenceNoise | None = None,
    ) -> StepVocoder:
        """From a release's `token2wav` folder; `dtype` is the flow's, HiFT computes in float32. The rest: see the class.

        Raises `FileNotFoundError` or `ValueError` with a sentence for a folder that cannot be used.
        """
        fields = read_part(folder / "flow.yaml", "flow")
        with described_in(folder / "flow.yaml"):
            flow = StepFlow.from_tensors(fields, Weights.of_file(folder / "flow.pt"))
        hift = released_hift(Weights.of_file(folder / "hift.pt", strip=PREFIXES))
        return cls(flow.to(device, dtype), hift.to(device), voice, first_code, seed, parity, noise)

    @property
    def parity(self) -> bool:
        return self.noise is not None

    def speaker(self) -> StepSpeaker:
        """The voice of one reply."""
        return StepSpeaker(self)

    def flow_noise(self) -> PositionalNoise:
        """A reply's own noise; the prompt's frames come before it."""
        return PositionalNoise(self.flow.config.bands, torch.Generator().manual_seed(self.seed))

    @torch.inference_mode()
    def advance(
        self, state: FlowState, codes: Tensor, ahead: Tensor | None, placed: PositionalNoise, mel: Tensor | None = None
    ) -> tuple[Tensor, FlowState]:
        """The next codes [n] through the flow -> mel frames [1, bands, frames], and a state that does not grow."""
        frames = len(codes) * self.flow.config.frames_per_code
        if self.noise is None:
            noise = placed.take(state.frames, state.frames + frames)
        else:
            noise = self.noise.flow[None, :, state.held : state.held + frames]
        made, state = self.flow.stream(codes, ahead, noise.to(state.speaker), state, mel, newest_first=self.parity)
        return made, state.bounded(RECENT_FRAMES, None if self.parity else RECENT_CODES, self.flow.config.frames_per_code)

    @torch.inference_mode()
    def _start(self) -> FlowState:
        """The state after the voice's prompt, from which every reply goes on."""
        device = self.hift.conv_pre.weight.device
        codes, mel = self.voice.tokens.to(device), self.voice.mel.to(device).T[None]
        state = self.flow.start(self.flow.speaker(self.voice.speaker.to(device)), mel.shape[2])
        # What will follow the prompt is not known yet: the encoder is shown the prompt's own beginning, as upstream.
        ahead = codes[: self.flow.config.encoder.lookahead]
        return self.advance(state, codes, ahead, self.flow_noise(), mel)[1]


class StepSpeaker:
    """One reply's voice: `Speaker` of `engine.models.spoken_lm`."""

    def __init__(self, vocoder: StepVocoder) -> None:
        self.state: FlowState = vocoder.started
        self._vocoder, self._noise = vocoder, vocoder.flow_noise()
        self._codes: list[int] = []
        self._sound: SettledSound | ReferenceSound
        if vocoder.noise is None:
            self._sound = SettledSound(vocoder.hift, vocoder.seed + 1)
        else:
            self._sound = ReferenceSound(vocoder.hift, vocoder.noise.sine)

    def feed(self, tokens: list[int]) -> Samples:
        """Token ids -> mono float32 samples that are settled by now, about a second at a time.

        Ids that are no code of the flow (the pad that follows the last code, rows of the vocabulary that nothing uses)
        have no sound.
        """
        codes = (token - self._vocoder.first_code for token in tokens)
        self._codes += [code for code in codes if 0 <= code < self._vocoder.flow.config.codes]
        lookahead = self._vocoder.flow.config.encoder.lookahead
        made = []
        while len(self._codes) >= CHUNK + lookahead:
            made.append(self._chunk(self._codes[:CHUNK], self._codes[CHUNK : CHUNK + lookahead]))
            self._codes = self._codes[CHUNK:]
        return np.concatenate([np.zeros(0, np.float32), *made])

    def finish(self) -> Samples:
        """The tail."""
        codes, self._codes = self._codes, []
        return self._chunk(codes, None) if codes else np.zeros(0, np.float32)

    @torch.inference_mode()
    def _chunk(self, codes: list[int], ahead: list[int] | None) -> Samples:
        def on_device(values: list[int]) -> Tensor:
            return torch.tensor(values, device=self.state.speaker.device)

        following = None if ahead is None else on_device(ahead)
        mel, self.state = self._vocoder.advance(self.state, on_device(codes), following, self._noise)
        return self._sound.feed(mel, last=ahead is None)[0].cpu().numpy()


def released_hift(tensors: Mapping[str, Tensor]) -> HiFT:
    """The HiFT of a `hift.pt`, which says nothing of itself but its channels: the rest is the same in every release."""
    strides: list[int] = []
    while (name := f"ups.{len(strides)}.weight") in tensors:
        shape = tensors[name].shape
        if len(shape) != 3:
            raise ValueError(f"{name} of the vocoder is {list(shape)}, which is no convolution: the file is of another model.")
        strides.append(shape[2] // 2)  # kernels are twice as long as strides, one more where a stride is odd
    return HiFT.from_tensors(HiFTConfig.from_shapes(tensors, OUTPUT_RATE, strides, phase="frame"), tensors)
