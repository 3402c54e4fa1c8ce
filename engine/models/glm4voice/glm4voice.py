"""GLM-4-Voice 9B: the release's three folders in, a `SpokenLM` out."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.lm.config import LMConfig
from engine.lm.sampling import Sampling
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.exit_heads import exit_heads
from engine.models.checkpoints.placement import choose_placement
from engine.models.checkpoints.plan import Device, Sizes, lm_sizes
from engine.models.checkpoints.precision import build_decoder
from engine.models.checkpoints.precision_choice import Precision
from engine.models.checkpoints.released_model import ReleasedModel
from engine.models.checkpoints.sampling_defaults import read_sampling
from engine.models.checkpoints.weights import Weights
from engine.models.glm4voice.listen import GLM4VoiceListener, GLMSpeechTokenizer
from engine.models.glm4voice.lm import MODEL, DecoderTensors, read_config, tensor_shapes
from engine.models.glm4voice.parts import part_of
from engine.models.glm4voice.pattern import SPEECH_CHUNK, GLMPattern, GLMRules
from engine.models.glm4voice.prompt import GLMPrompt
from engine.models.glm4voice.reference import ReferenceSpeaker
from engine.models.glm4voice.speak import StreamedSpeaker
from engine.models.glm4voice.tokenizer import GLMTokenizer
from engine.models.glm4voice.vocoder import Vocoder
from engine.models.spoken_lm import Speaker

FAMILY = "glm4voice"


class GLM4Voice(ReleasedModel):
    """See `engine.models.spoken_lm.SpokenLM`. `folder` is the language model's; the other two stand beside or in it.

    `device` and `precision` are chosen to fit this machine unless they are given; `placement` says what was chosen. With
    `parity` listening and speaking give the released program's codes and samples, with its faults. Raises `ValueError` or
    `FileNotFoundError` with a sentence.
    """

    name = FAMILY

    def __init__(
        self, folder: Path, device: Device | None = None, precision: Precision | None = None, parity: bool = False
    ) -> None:
        self.folder, self._parity = folder, parity
        config, weights = read_config(folder), Weights.of_folder(folder)
        weights.check(tensor_shapes(config), MODEL)
        tokenizer = GLMTokenizer.load(folder)
        self._tokenizer: GLMTokenizer = tokenizer
        stops = _stops(folder, tokenizer)
        if max(tokenizer.stop - 1, *stops) >= config.vocabulary:
            raise ValueError(f"The tokenizer in {folder} has ids that the model's {config.vocabulary} rows have not.")
        self.placement = at = choose_placement(_sizes(folder, config, weights, tokenizer), device, precision)
        ear, voice = part_of(folder, "tokenizer"), part_of(folder, "decoder")
        self._speech_tokenizer = GLMSpeechTokenizer.from_folder(ear, at.device)
        self._vocoder = Vocoder.from_folder(voice, at.device)
        for part, codes in ((ear, self._speech_tokenizer.network.config.codes), (voice, self._vocoder.flow.config.codes)):
            if codes != len(tokenizer.audio):
                raise ValueError(f"{part} has {codes} speech codes, {folder} {len(tokenizer.audio)}: they are of two models.")
        self.decoder = build_decoder(config, DecoderTensors(config, weights), at.precision, at.device)
        self.exit_heads = exit_heads(folder, self.decoder, [*tokenizer.audio, *stops])
        self._prompt = GLMPrompt(tokenizer)
        self._rules = GLMRules(config.vocabulary, tokenizer.text, tokenizer.audio, stops, device=at.device)
        self.sampling = read_sampling(folder, Sampling(temperature=0.8, top_p=0.8))
        self.input_rate, self.output_rate = self._speech_tokenizer.mel.rate, self._vocoder.sample_rate
        self.speech_rate = self._vocoder.code_rate
        self.chunk_length = SPEECH_CHUNK
        self.context = at.context

    def listener(self) -> GLM4VoiceListener:
        return GLM4VoiceListener(self._speech_tokenizer, self._tokenizer.audio, self._parity)

    def speaker(self) -> Speaker:
        kind = ReferenceSpeaker if self._parity else StreamedSpeaker
        return kind(self._vocoder, self._tokenizer.audio[0])

    def pattern(self, spoken: bool) -> GLMPattern:
        return GLMPattern(self._rules)


def sizes(folder: Path) -> Sizes:
    """What the model in a folder consists of, for `engine.models.checkpoints.plan`; reads configs and headers only."""
    return _sizes(folder, read_config(folder), Weights.of_folder(folder), GLMTokenizer.load(folder))


def _sizes(folder: Path, config: LMConfig, weights: Weights, tokenizer: GLMTokenizer) -> Sizes:
    ear, voice = Weights.of_folder(part_of(folder, "tokenizer")), part_of(folder, "decoder")
    listener = sum(4 * torch.Size(ear.shape(name)).numel() for name in ear)
    vocoder = sum((voice / name).stat().st_size for name in ("flow.pt", "hift.pt") if (voice / name).is_file())
    return lm_sizes(MODEL, config, tensor_shapes(config), weights, len(tokenizer.audio), listener, vocoder)


def _stops(folder: Path, tokenizer: GLMTokenizer) -> tuple[int, ...]:
    """The ids that end a reply, `<|user|>` among them."""
    path = folder / "generation_config.json"
    fields = Fields.read(path if path.is_file() else folder / "config.json")
    return tuple(sorted({*fields.ids("eos_token_id"), tokenizer.id("<|user|>")}))
