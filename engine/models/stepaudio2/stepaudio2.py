"""Step-Audio-2-mini: the release's folder in, a `SpokenLM` out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from engine.lm.config import LMConfig
from engine.lm.sampling import Sampling
from engine.models.checkpoints.config_file import read_json
from engine.models.checkpoints.exit_heads import exit_heads
from engine.models.checkpoints.placement import choose_placement
from engine.models.checkpoints.plan import Device, Sizes, lm_sizes
from engine.models.checkpoints.precision import build_decoder
from engine.models.checkpoints.precision_choice import Precision
from engine.models.checkpoints.released_model import ReleasedModel
from engine.models.checkpoints.sampling_defaults import read_sampling
from engine.models.checkpoints.weights import Weights
from engine.models.questions import QuestionError
from engine.models.spoken_lm import Speaker
from engine.models.stepaudio2.listen import AudioFrontEnd, StepAudio2Listener
from engine.models.stepaudio2.lm import MODEL, decoder_tensors, read_config, tensor_shapes
from engine.models.stepaudio2.pattern import SPEECH_CHUNK, StepPattern, StepRules
from engine.models.stepaudio2.prompt import SYSTEM, StepPrompt
from engine.models.stepaudio2.speak import OUTPUT_RATE, StepVocoder
from engine.models.stepaudio2.tokenizer import StepTokenizer
from engine.models.stepaudio2.voices import VoicePack, default_voice, installed_voices
from engine.samples import Samples
from engine.speech.release import described_in

FAMILY = "stepaudio2"
SPEECH_RATE = 25.0  # codes per second of speech_tokenizer_v2_25hz
_DEFAULTS = Sampling(temperature=0.7, top_p=0.9, repetition_penalty=1.05)  # of the release's program; no file says them


class StepAudio2(ReleasedModel):
    """See `engine.models.spoken_lm.SpokenLM`.

    `device` and `precision` are chosen to fit this machine unless they are given; `placement` says what was chosen. `voice`
    is by default the one in the folder `voices`; without any, `speaker` raises. With `reply_in_text` replies have no sound.
    With `parity` listening and speaking give the released program's states and samples, with its faults. Raises
    `ValueError` or `FileNotFoundError` with a sentence.
    """

    name = FAMILY

    def __init__(
        self,
        folder: Path,
        device: Device | None = None,
        precision: Precision | None = None,
        voice: VoicePack | None = None,
        system: str = SYSTEM,
        reply_in_text: bool = False,
        parity: bool = False,
    ) -> None:
        self.folder, self._parity, self._in_text = folder, parity, reply_in_text
        config, weights = read_config(folder), Weights.of_folder(folder)
        weights.check(tensor_shapes(config), MODEL)
        tokenizer = StepTokenizer.load(folder)
        self._tokenizer: StepTokenizer = tokenizer
        if tokenizer.stop > config.vocabulary:
            raise ValueError(f"The tokenizer in {folder} has ids that the model's {config.vocabulary} rows have not.")
        self.placement = at = choose_placement(_sizes(folder, config, weights, tokenizer), device, precision)
        self._vocoder = None
        if not reply_in_text and (voice or installed_voices(folder)):  # the release itself has no voice
            self._vocoder = self._load_vocoder(voice or default_voice(folder))
        with described_in(folder / "config.json"):
            self._front_end = AudioFrontEnd.from_tensors(read_json(folder / "config.json"), weights, device=at.device)
        self.decoder = build_decoder(config, decoder_tensors(config, weights), at.precision, at.device)
        self.exit_heads = exit_heads(folder, self.decoder, [*tokenizer.audio, tokenizer.audio_pad])
        self._prompt = StepPrompt(tokenizer, system, reply_in_text)
        self._rules = StepRules(config.vocabulary, tokenizer, device=at.device)
        self._between = self.decoder.embed(self._prompt.between_blocks().ids)
        self.sampling = read_sampling(folder, _DEFAULTS)
        self.input_rate, self.output_rate = self._front_end.mel.rate, OUTPUT_RATE
        self.speech_rate = SPEECH_RATE
        self.chunk_length = SPEECH_CHUNK
        self.context = at.context

    def listener(self) -> StepAudio2Listener:
        return StepAudio2Listener(self._front_end, self._between, self._parity)

    def speaker(self) -> Speaker:
        """Raises `QuestionError` where there is no voice; one that was put there meanwhile is taken."""
        if self._in_text:
            return NoSound()
        if self._vocoder is None:
            try:
                self._vocoder = self._load_vocoder(default_voice(self.folder))
            except (ValueError, FileNotFoundError) as error:
                raise QuestionError(str(error)) from error
        return self._vocoder.speaker()

    def pattern(self, spoken: bool) -> StepPattern:
        return StepPattern(self._rules, "tail" if self._in_text else "text")

    def _load_vocoder(self, voice: VoicePack) -> StepVocoder:
        codes, device = self._tokenizer.audio, self.placement.device
        vocoder = StepVocoder.from_folder(self.folder / "token2wav", voice, device, first_code=codes[0], parity=self._parity)
        if (count := vocoder.flow.config.codes) != len(codes):
            raise ValueError(f"The vocoder in {self.folder} has {count} speech codes, the tokenizer {len(codes)}.")
        return vocoder


class NoSound:
    """The voice of a reply in text."""

    def feed(self, tokens: list[int]) -> Samples:
        return np.zeros(0, np.float32)

    def finish(self) -> Samples:
        return np.zeros(0, np.float32)


def sizes(folder: Path) -> Sizes:
    """What the model in a folder consists of, for `engine.models.checkpoints.plan`; reads configs and headers only."""
    return _sizes(folder, read_config(folder), Weights.of_folder(folder), StepTokenizer.load(folder))


def _sizes(folder: Path, config: LMConfig, weights: Weights, tokenizer: StepTokenizer) -> Sizes:
    shapes = tensor_shapes(config)
    listener = sum(4 * torch.Size(weights.shape(name)).numel() for name in weights if name not in shapes)
    voice = [folder / "token2wav" / name for name in ("flow.pt", "hift.pt")]
    vocoder = sum(path.stat().st_size for path in voice if path.is_file())
    return lm_sizes(MODEL, config, shapes, weights, len(tokenizer.audio) + 1, listener, vocoder)
