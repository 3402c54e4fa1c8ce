"""Wren, Refrain's own small model: a folder of weights in, a `SpokenLM` out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from engine.lm.backends import make_decoder
from engine.lm.bits import Bits
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampling
from engine.models.checkpoints.exit_heads import FILE, exit_heads
from engine.models.checkpoints.packed import read_packed
from engine.models.spoken_lm import PromptPiece
from engine.models.wren import plain_text
from engine.models.wren.adaptor import WrenAdaptor
from engine.models.wren.limits import OTHERS, WHAT, check_listener, check_lm, check_speech, chunk
from engine.models.wren.listener import PhoneNetwork, StreamingListener
from engine.models.wren.listener_config import ListenerConfig, config_of
from engine.models.wren.low_rank import merge, widen_head
from engine.models.wren.parts import ADAPTER, part_of, read_config
from engine.models.wren.pattern import PATTERNS, WrenPattern, WrenRules
from engine.models.wren.speaker import StreamingSpeaker
from engine.models.wren.speech_tokens import SpeechCodec, SpeechTokenConfig
from engine.models.wren.text import spoken_form
from engine.models.wren.vocabulary import Vocabulary
from engine.quoting import clean, reason, shown
from engine.samples import Samples
from engine.speech.level import Leveller
from engine.speech.release import UnknownConfiguration, without_memory

FAMILY = "wren"
Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class WrenConfig:
    """What `config.json` holds, an adapter's and its base's taken together."""

    lm: LMConfig
    listener: ListenerConfig
    speech: SpeechTokenConfig
    text_chunk: int
    speech_chunk: int
    paradigm: str = "early-stop"
    all_numbers: bool = False
    """Whether it was taught numbers below zero, with a point, in thousands and in percent."""

    def to_json(self) -> str:
        """Of a base; how its updates decode stands in theirs."""
        fields = {name: value for name, value in asdict(self).items() if name != "paradigm"}
        for name in ("head_rows", *OTHERS):  # rows are the vocabulary's: only an adapter has more, and says so by its tensors
            del fields["lm"][name]
        return json.dumps({"family": FAMILY, **fields}, indent=1)

    @classmethod
    def load(cls, path: Path) -> WrenConfig:
        """Raises `FileNotFoundError` or `ValueError` with a sentence for a file that is not there or not Wren's."""
        try:
            fields = read_config(path.parent)
            speech = {**fields["speech"], "levels": tuple(fields["speech"]["levels"])}
            return cls(
                check_lm(LMConfig(**fields["lm"])), check_listener(config_of(fields["listener"])),
                check_speech(SpeechTokenConfig(**speech)), chunk(fields, "text_chunk"), chunk(fields, "speech_chunk"),
                _known(fields.get("paradigm", cls.paradigm)), _is_so(fields.get("all_numbers", cls.all_numbers)),
            )  # fmt: skip
        except UnknownConfiguration as error:
            raise ValueError(f"{path}: {error}") from None
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            why = reason(error).rstrip(".")
            raise ValueError(f"{path} is damaged or not Wren's ({why}): install the model again.") from error


class Wren:
    """See `engine.models.spoken_lm.SpokenLM`. Raises `ValueError` or `FileNotFoundError` with a sentence."""

    name = FAMILY

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = config = WrenConfig.load(folder / "config.json")
        self.vocabulary = vocabulary = Vocabulary.load(part_of(folder, "tokenizer.json"))
        if (vocabulary.size, len(vocabulary.unit_ids)) != (config.lm.vocabulary, config.speech.units):
            raise ValueError(f"The tokens and the config in {folder} are of two models: install the model again.")
        self._rules = WrenRules(vocabulary, config.text_chunk, config.speech_chunk)
        weights = self._read("lm")
        adaptor = {name: weights.pop(name) for name in list(weights) if name.startswith("adaptor.")}
        try:
            self.decoder, self.exit_heads = self._decoder(weights)
        except KeyError as error:
            raise ValueError(f"The weights in {folder} are incomplete ({error.args[0]}): install the model again.") from error
        self._listener = _filled(lambda: PhoneNetwork(config.listener), self._read("listener"), "listener")
        self._adaptor = _filled(lambda: WrenAdaptor(2 * config.listener.classes, config.lm.dim), adaptor, "lm", "adaptor.")
        self._speech = _filled(lambda: SpeechCodec(config.speech), self._read("speaker"), "speaker")
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
        words = spoken_form(text) if self.config.all_numbers else plain_text.spoken_form(text)
        return PromptPiece((v.typed, *v.encode(words), v.reply))

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
        return read_packed(part_of(self.folder, f"{part}.safetensors"))

    def _decoder(self, weights: dict[str, torch.Tensor]) -> tuple[Decoder, dict[int, ExitHead]]:
        """The decoder and its exit heads; in parallel decoding every step says text, so that none can exit early."""
        config, speech = self.config, []
        if (path := self.folder / ADAPTER).exists() or config.paradigm == "parallel":
            speech = merge(weights, read_packed(path), config.lm.layers)
        if config.paradigm != "parallel":
            decoder = make_decoder(config.lm, weights, Bits(8))  # as they are stored
            return decoder, exit_heads(self.folder, decoder, self._rules.spoken.ids.tolist(), part_of(self.folder, FILE))
        if [head.shape for head in speech] != [(len(self._rules.spoken), config.lm.dim)] * self._rules.share:
            raise KeyError("speech heads")
        return make_decoder(widen_head(config.lm, weights, speech), weights, Bits(8)), {}


class WrenListener:
    """One spoken question, brought to a usual level -> the states that stand for it."""

    def __init__(self, network: PhoneNetwork, adaptor: WrenAdaptor) -> None:
        self._leveller, self._stream, self._adaptor = Leveller(), StreamingListener(network), adaptor

    @torch.inference_mode()
    def feed(self, samples: Samples) -> PromptPiece:
        return PromptPiece(states=self._adaptor(self._stream.feed(self._leveller.feed(samples))))

    @torch.inference_mode()
    def finish(self) -> PromptPiece:
        return PromptPiece(states=self._adaptor(self._stream.finish(self._leveller.finish())))


def _known(paradigm: object) -> str:
    if not isinstance(paradigm, str) or paradigm not in PATTERNS:
        raise TypeError(f"paradigm {shown(paradigm)}")
    return paradigm


def _is_so(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"all_numbers {shown(value)}")
    return value


def _filled(make: Callable[[], Network], tensors: dict[str, torch.Tensor], file: str, prefix: str = "") -> Network:
    """The network with its weights, ready to run. Raises `ValueError` with a sentence when they do not fit.

    It is made a first time without memory, since it is the weights that say whether what the config describes is there.
    """
    tensors = {name.removeprefix(prefix): tensor.float() for name, tensor in tensors.items()}
    with without_memory(WHAT):
        wanted = {name: tensor.shape for name, tensor in make().state_dict().items()}
    if (found := {name: tensor.shape for name, tensor in tensors.items()}) != wanted:
        odd = next(name for name in (*wanted, *found) if wanted.get(name) != found.get(name))
        raise ValueError(f"{file}.safetensors does not fit config.json in {clean(odd)}: install the model again.")
    network = make()
    network.load_state_dict(tensors)
    return network.eval().requires_grad_(False)
