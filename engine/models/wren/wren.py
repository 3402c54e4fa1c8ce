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
from engine.models.spoken_lm import PromptPiece
from engine.models.wren.adaptor import Adaptor
from engine.models.wren.listener import ListenerConfig, PhoneNetwork, StreamingListener
from engine.models.wren.pattern import Rules, WrenPattern
from engine.models.wren.speaker import StreamingSpeaker
from engine.models.wren.speech_tokens import SpeechTokenConfig, SpeechTokenizer
from engine.models.wren.text import spoken_form
from engine.models.wren.vocabulary import Vocabulary

FAMILY = "wren"


@dataclass(frozen=True)
class WrenConfig:
    """What `config.json` holds."""

    lm: LMConfig
    listener: ListenerConfig
    speech: SpeechTokenConfig
    text_chunk: int
    speech_chunk: int

    def to_json(self) -> str:
        return json.dumps({"family": FAMILY, **asdict(self)}, indent=1)

    @classmethod
    def load(cls, path: Path) -> WrenConfig:
        """Raises `ValueError` with a sentence for a file that is not Wren's."""
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            listener = {**fields["listener"], "phones": tuple(fields["listener"]["phones"])}
            speech = {**fields["speech"], "levels": tuple(fields["speech"]["levels"])}
            return cls(
                LMConfig(**fields["lm"]), ListenerConfig(**listener), SpeechTokenConfig(**speech),
                fields["text_chunk"], fields["speech_chunk"],
            )  # fmt: skip
        except FileNotFoundError:
            raise ValueError(f"{path.parent} has no {path.name}: it is not the folder of a model.") from None
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is damaged or not Wren's ({error}): install the model again.") from error


class Wren:
    """See `engine.models.spoken_lm.SpokenLM`. Raises `ValueError` or `FileNotFoundError` with a sentence."""

    name = FAMILY

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = config = WrenConfig.load(folder / "config.json")
        self.vocabulary = vocabulary = Vocabulary.load(folder / "tokenizer.json")
        weights = checkpoint.read(folder / "lm.safetensors")
        adaptor = {name: weights.pop(name) for name in list(weights) if name.startswith("adaptor.")}
        heads = checkpoint.read(folder / "heads.safetensors")
        try:
            self.decoder, self.exit_heads = Decoder(config.lm, weights), _exit_heads(heads, config.lm)
        except KeyError as error:
            raise ValueError(f"The weights in {folder} are incomplete ({error.args[0]}): install the model again.") from error
        self._listener = _filled(PhoneNetwork(config.listener), checkpoint.read(folder / "listener.safetensors"), "listener")
        self._adaptor = _filled(Adaptor(2 * config.listener.classes, config.lm.dim), adaptor, "lm", "adaptor.")
        self._speech = _filled(SpeechTokenizer(config.speech), checkpoint.read(folder / "speaker.safetensors"), "speaker")
        self._rules = Rules(vocabulary, config.text_chunk, config.speech_chunk)
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
        return WrenPattern(self._rules, "heard" if spoken else "text")

    def decode_text(self, ids: list[int]) -> bytes:
        return self.vocabulary.to_bytes(ids)

    def end_reply(self, ids: list[int]) -> PromptPiece:
        end = self.vocabulary.end
        return PromptPiece() if ids and ids[-1] == end else PromptPiece((end,))


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


def _exit_heads(tensors: dict[str, torch.Tensor], config: LMConfig) -> dict[int, ExitHead]:
    """By layer; stored as `layer.N.norm`, `layer.N.weight` and the `ids` all share."""
    layers = sorted({int(name.split(".")[1]) for name in tensors if name.startswith("layer.")})
    return {
        n: ExitHead(
            tensors[f"layer.{n}.norm"].float(), tensors[f"layer.{n}.weight"].float(), tensors["ids"],
            config.vocabulary, config.norm_eps,
        )
        for n in layers
    }


def _filled(network, tensors: dict[str, torch.Tensor], file: str, prefix: str = ""):
    """The network with its weights, ready to run. Raises `ValueError` with a sentence when they do not fit."""
    try:
        network.load_state_dict({name.removeprefix(prefix): tensor.float() for name, tensor in tensors.items()})
    except RuntimeError as error:
        raise ValueError(f"{file}.safetensors does not fit config.json: install the model again. ({error})") from error
    return network.eval().requires_grad_(False)
