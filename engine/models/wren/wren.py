"""Wren, Refrain's own small model: a folder of weights in, a `SpokenLM` out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from engine.lm import checkpoint
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampling
from engine.models.checkpoints.exit_heads import FILE, exit_heads
from engine.models.spoken_lm import PromptPiece
from engine.models.wren.adaptor import Adaptor
from engine.models.wren.listener import ListenerConfig, PhoneNetwork, StreamingListener
from engine.models.wren.low_rank import ParallelDecoder, merge
from engine.models.wren.parts import ADAPTER, part_of, read_config
from engine.models.wren.pattern import PATTERNS, Rules, WrenPattern
from engine.models.wren.speaker import StreamingSpeaker
from engine.models.wren.speech_tokens import SpeechTokenConfig, SpeechTokenizer
from engine.models.wren.text import spoken_form
from engine.models.wren.vocabulary import Vocabulary

FAMILY = "wren"


@dataclass(frozen=True)
class WrenConfig:
    """What `config.json` holds, an adapter's and its base's taken together."""

    lm: LMConfig
    listener: ListenerConfig
    speech: SpeechTokenConfig
    text_chunk: int
    speech_chunk: int
    paradigm: str = "early-stop"

    def to_json(self) -> str:
        return json.dumps({"family": FAMILY, **asdict(self)}, indent=1)

    @classmethod
    def load(cls, path: Path) -> WrenConfig:
        """Raises `FileNotFoundError` or `ValueError` with a sentence for a file that is not there or not Wren's."""
        try:
            fields = read_config(path.parent)
            listener = {**fields["listener"], "phones": tuple(fields["listener"]["phones"])}
            speech = {**fields["speech"], "levels": tuple(fields["speech"]["levels"])}
            return cls(
                LMConfig(**fields["lm"]), ListenerConfig(**listener), SpeechTokenConfig(**speech),
                fields["text_chunk"], fields["speech_chunk"], _known(fields.get("paradigm", cls.paradigm)),
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} is damaged or not Wren's ({error}): install the model again.") from error


class Wren:
    """See `engine.models.spoken_lm.SpokenLM`. Raises `ValueError` or `FileNotFoundError` with a sentence."""

    name = FAMILY

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = config = WrenConfig.load(folder / "config.json")
        self.vocabulary = vocabulary = Vocabulary.load(part_of(folder, "tokenizer.json"))
        self._rules = Rules(vocabulary, config.text_chunk, config.speech_chunk)
        weights = self._read("lm")
        adaptor = {name: weights.pop(name) for name in list(weights) if name.startswith("adaptor.")}
        try:
            self.decoder, self.exit_heads = self._decoder(weights)
        except KeyError as error:
            raise ValueError(f"The weights in {folder} are incomplete ({error.args[0]}): install the model again.") from error
        self._listener = _filled(PhoneNetwork(config.listener), self._read("listener"), "listener")
        self._adaptor = _filled(Adaptor(2 * config.listener.classes, config.lm.dim), adaptor, "lm", "adaptor.")
        self._speech = _filled(SpeechTokenizer(config.speech), self._read("speaker"), "speaker")
        self.sampling = Sampling()  # greedy: a small model is surest of its first choice
        self.input_rate = self.output_rate = config.speech.sample_rate
        self.speech_rate = config.speech.unit_rate
        self.chunk_length = config.speech_chunk
        self.context = config.lm.context

    def listener(self) -> WrenListener:
        return WrenListener(self._listener, self._adaptor)

    def speaker(self) -> StreamingSpeaker:
        return StreamingSpeaker(self._speech, self.vocabulary.unit_ids[0])

    def before_speech(self) -> PromptPiece:
        return PromptPiece((self.vocabulary.spoken,))

    def after_speech(self) -> PromptPiece:
        return PromptPiece((self.vocabulary.reply,))

    def typed(self, text: str) -> PromptPiece:
        v = self.vocabulary
        return PromptPiece((v.typed, *v.encode(spoken_form(text)), v.reply))

    def pattern(self, spoken: bool) -> WrenPattern:
        return PATTERNS[self.config.paradigm](self._rules, "heard" if spoken else "text")

    def decode_text(self, ids: list[int]) -> bytes:
        return self.vocabulary.to_bytes(ids)

    def encode_text(self, text: str) -> list[int]:
        return self.vocabulary.encode(text)

    def end_reply(self, ids: list[int]) -> PromptPiece:
        end = self.vocabulary.end
        return PromptPiece() if ids and ids[-1] == end else PromptPiece((end,))

    def _read(self, part: str) -> dict[str, torch.Tensor]:
        return checkpoint.read(part_of(self.folder, f"{part}.safetensors"))

    def _decoder(self, weights: dict[str, torch.Tensor]) -> tuple[Decoder, dict[int, ExitHead]]:
        """The decoder and its exit heads; in parallel decoding every step says text, so that none can exit early."""
        config, speech = self.config, []
        if (path := self.folder / ADAPTER).exists() or config.paradigm == "parallel":
            speech = merge(weights, checkpoint.read(path), config.lm.layers)
        if config.paradigm != "parallel":
            decoder = Decoder(config.lm, weights)
            return decoder, exit_heads(self.folder, decoder, self._rules.spoken.tolist(), part_of(self.folder, FILE))
        if [head.shape for head in speech] != [(len(self._rules.spoken), config.lm.dim)] * self._rules.share:
            raise KeyError("speech heads")
        return ParallelDecoder(config.lm, weights, speech), {}


class WrenListener:
    """One spoken question -> the states that stand for it."""

    def __init__(self, network: PhoneNetwork, adaptor: Adaptor) -> None:
        self._stream, self._adaptor = StreamingListener(network), adaptor

    @torch.inference_mode()
    def feed(self, samples: np.ndarray) -> PromptPiece:
        return PromptPiece(states=self._adaptor(self._stream.feed(samples)))

    @torch.inference_mode()
    def finish(self) -> PromptPiece:
        return PromptPiece(states=self._adaptor(self._stream.finish()))


def _known(paradigm: str) -> str:
    if paradigm not in PATTERNS:
        raise TypeError(f"paradigm {paradigm!r}")
    return paradigm


def _filled(network, tensors: dict[str, torch.Tensor], file: str, prefix: str = ""):
    """The network with its weights, ready to run. Raises `ValueError` with a sentence when they do not fit."""
    try:
        network.load_state_dict({name.removeprefix(prefix): tensor.float() for name, tensor in tensors.items()})
    except RuntimeError as error:
        raise ValueError(f"{file}.safetensors does not fit config.json: install the model again. ({error})") from error
    return network.eval().requires_grad_(False)
