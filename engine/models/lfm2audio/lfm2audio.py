"""LFM2.5-Audio: the release's folder in, a `SpokenLM` out. Its speech tokens are frames of several codes (`engine.lm.frames`)."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Self

from engine.lm.config import LMConfig
from engine.lm.frames import FrameIds, FrameTokens
from engine.lm.sampling import Sampling
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.exit_heads import frame_heads
from engine.models.checkpoints.placement import choose_placement
from engine.models.checkpoints.plan import Device, Sizes, lm_sizes
from engine.models.checkpoints.precision import build_decoder
from engine.models.checkpoints.precision_choice import Precision
from engine.models.checkpoints.released_model import ReleasedModel
from engine.models.checkpoints.weights import Weights
from engine.models.lfm2audio import depth_transformer
from engine.models.lfm2audio.depth_transformer import DepthConfig, DepthTransformer
from engine.models.lfm2audio.detokenizer import OUTPUT_RATE, SAMPLES_PER_FRAME, Detokenizer
from engine.models.lfm2audio.encoder import Ear
from engine.models.lfm2audio.listen import LFMListener, WholeListener
from engine.models.lfm2audio.lm import DETOKENIZER, MODEL, RenamedTensors, detokenizer_folder, read_config, tensor_shapes
from engine.models.lfm2audio.pattern import LFMPattern, LFMRules
from engine.models.lfm2audio.prompt import MODES, LFMPrompt, Mode
from engine.models.lfm2audio.reply_order import ReplyRules
from engine.models.lfm2audio.speak import LFMSpeaker
from engine.models.lfm2audio.teacher import DepthTeacher
from engine.models.lfm2audio.tokenizer import LFMTokenizer

FAMILY = "lfm2audio"
_EAR = ("conformer.", "audio_adapter.")


class LFM2Audio(ReleasedModel):
    """See `engine.models.spoken_lm.SpokenLM`.

    `device` and `precision` are chosen to fit this machine unless they are given; `placement` says what was chosen. With
    `parity` every sample is heard and any id may come where words do, as in the reference. Raises `ValueError` or
    `FileNotFoundError` with a sentence.
    """

    name = FAMILY
    modes = tuple(MODES)
    """What it can be asked for, by names for `in_mode`."""

    def __init__(
        self,
        folder: Path,
        device: Device | None = None,
        precision: Precision | None = None,
        mode: Mode | str = "chat",
        parity: bool = False,
    ) -> None:
        self.folder, self._parity = folder, parity
        fields, config, weights = Fields.read(folder / "config.json"), read_config(folder), Weights.of_folder(folder)
        depth = depth_transformer.read_config(fields, weights)
        weights.check({**tensor_shapes(config), **depth_transformer.tensor_shapes(depth)}, MODEL)
        tokenizer = LFMTokenizer.load(folder)
        self._tokenizer: LFMTokenizer = tokenizer
        if tokenizer.stop > config.vocabulary:
            raise ValueError(f"The tokenizer in {folder} has ids that the model's {config.vocabulary} rows have not.")
        self.placement = at = choose_placement(_sizes(folder, config, depth, weights), device, precision)
        self.ear = Ear.from_release(fields, weights, device=at.device)
        self.detokenizer = _detokenizer(folder, depth, at.device)
        self.decoder = build_decoder(config, RenamedTensors(config, weights), at.precision, at.device)
        self.depth = DepthTransformer(depth, weights, at.precision, at.device)
        self._frames = FrameTokens(FrameIds(config.vocabulary, depth.codebooks, depth.codes), self.depth, depth.layers)
        self.decoder.frames = self._frames
        self.exit_heads = frame_heads(folder, self.decoder, self._frames, depth.codebooks * depth.dim)
        self._order = order = ReplyRules.from_config(fields, tokenizer, depth.codes)
        self._rules = {
            way: LFMRules(config.vocabulary, tokenizer, order, self._frames, way, not parity, at.device) for way in (True, False)
        }
        self._set(mode)
        self.input_rate, self.output_rate = self.ear.mel.rate, OUTPUT_RATE
        self.speech_rate = OUTPUT_RATE / SAMPLES_PER_FRAME
        self.chunk_length = order.audio_block
        self.context = at.context

    def in_mode(self, name: str) -> Self:
        """The same model, with the same weights, that is asked for something else.

        Raises `ValueError` with a sentence for a name that there is not.
        """
        other = copy(self)
        other._set(name)
        return other

    def listener(self) -> WholeListener:
        return (WholeListener if self._parity else LFMListener)(self.ear)

    def speaker(self) -> LFMSpeaker:
        return LFMSpeaker(self.detokenizer, self._frames.ids, self._order)

    def pattern(self, spoken: bool) -> LFMPattern:
        rules = self._rules[self._mode.interleaved]
        return LFMPattern(rules, rules.start(), rules.frames(None, None))

    def frame_teacher(self) -> DepthTeacher:
        """What chooses the codes, for the training of exit heads (`engine.heads.goal`)."""
        weights, decoder = Weights.of_folder(self.folder), self.decoder
        return DepthTeacher(self.depth.config, weights, decoder.norm, decoder.config.norm_eps, decoder.device)

    def _set(self, wanted: Mode | str) -> None:
        if isinstance(wanted, str) and wanted not in MODES:
            raise ValueError(f"{MODEL} has no mode {wanted!r}: there are {', '.join(MODES)}.")
        self.mode, mode = (wanted, MODES[wanted]) if isinstance(wanted, str) else ("", wanted)
        self._mode, self._prompt = mode, LFMPrompt(self._tokenizer, mode)
        self.sampling: Sampling = mode.sampling


def sizes(folder: Path) -> Sizes:
    """What the model in a folder consists of, for `engine.models.checkpoints.plan`; reads configs and headers only."""
    weights = Weights.of_folder(folder)
    depth = depth_transformer.read_config(Fields.read(folder / "config.json"), weights)
    return _sizes(folder, read_config(folder), depth, weights)


def _sizes(folder: Path, config: LMConfig, depth: DepthConfig, weights: Weights) -> Sizes:
    shapes = tensor_shapes(config)
    listener = sum(math.prod(weights.shape(name)) for name in weights if name.startswith(_EAR))
    voice = Weights.of_folder(folder / DETOKENIZER) if (folder / DETOKENIZER).is_dir() else None
    spoken = sum(math.prod(voice.shape(name)) for name in voice if not name.startswith("lfm.embed_tokens.")) if voice else 0
    return with_frames(lm_sizes(MODEL, config, shapes, weights, 0, 4 * listener, 4 * spoken), depth)


def with_frames(sizes: Sizes, depth: DepthConfig) -> Sizes:
    """With what chooses the codes of frames."""
    frames = depth_transformer.tensor_shapes(depth)
    tables = sum(math.prod(shape) for name, shape in frames.items() if name.endswith("embedding.weight"))
    if depth.tied:  # a codebook's head is its table, too
        tables += (depth.codebooks - 1) * (depth.codes + 1) * depth.dim
    matrices = sum(math.prod(shape) for name, shape in frames.items() if not name.endswith("embedding.weight"))
    return replace(sizes, frame_matrices=matrices, frame_tables=tables)


def _detokenizer(folder: Path, depth: DepthConfig, device: Device) -> Detokenizer:
    made = Detokenizer.from_folder(detokenizer_folder(folder), depth.codebooks, device)
    if made.codes != depth.codes:
        raise ValueError(f"{DETOKENIZER} in {folder} has {made.codes} codes, the model {depth.codes}: they are of two models.")
    return made
