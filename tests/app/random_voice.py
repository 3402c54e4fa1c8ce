"""A spoken language model with random weights: it really listens, decodes and speaks, without any sense."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampling
from engine.models.spoken_lm import PromptPiece
from tests.engine.random_lm import random_tensors

LETTERS = "abcdefghijklmnopqrstuvwxyz     "
SPEECH = range(len(LETTERS), len(LETTERS) + 60)
END_OF_TEXT, END, OPEN = SPEECH.stop, SPEECH.stop + 1, SPEECH.stop + 2
CONFIG = LMConfig(OPEN + 1, dim=64, layers=8, heads=4, kv_heads=2, head_dim=16, ffn=128, context=1024)
RATE = 16000
UNIT = 640  # samples of one speech token


_ALLOWED = {
    "heard": AllowedIds(CONFIG.vocabulary, range(len(LETTERS))),
    "text": AllowedIds(CONFIG.vocabulary, range(len(LETTERS))),
    "end of text": AllowedIds(CONFIG.vocabulary, [END_OF_TEXT]),
    "speech": AllowedIds(CONFIG.vocabulary, SPEECH),
    "end": AllowedIds(CONFIG.vocabulary, [END]),
}


@dataclass(frozen=True)
class Plan:
    """What comes when: names of `_ALLOWED`, one per token."""

    steps: tuple[str, ...]
    place: int = 0

    @property
    def _step(self) -> str:
        return self.steps[self.place]

    @property
    def kind(self):
        return self.kind_of(0 if self.done else _ALLOWED[self._step].id_at(0))

    @property
    def speech_step(self) -> bool:
        return self._step in ("speech", "end")

    @property
    def chunk_index(self) -> int:
        index = 0
        while index < self.place and self.steps[self.place - index - 1] == self._step:
            index += 1
        return index

    @property
    def chunk_length(self) -> int | None:
        rest = next((n for n, step in enumerate(self.steps[self.place :]) if step != self._step), 0)
        return self.chunk_index + rest

    @property
    def done(self) -> bool:
        return self.place >= len(self.steps)

    def allowed(self) -> AllowedIds:
        return _ALLOWED[self._step]

    def kind_of(self, token: int):
        return "control" if token in (END, END_OF_TEXT) else self._step

    def after(self, token: int) -> Plan:
        return replace(self, place=self.place + 1)


class RandomListener:
    """One position per 80 ms, of loudness and noise."""

    def __init__(self, projection: torch.Tensor) -> None:
        self._projection, self._rest = projection, np.zeros(0, np.float32)

    def feed(self, samples: np.ndarray) -> PromptPiece:
        samples = np.concatenate([self._rest, samples])
        count = len(samples) // 1280
        self._rest = samples[count * 1280 :]
        frames = torch.from_numpy(samples[: count * 1280].reshape(count, 8, 160))
        return PromptPiece(states=frames.pow(2).mean(-1).sqrt() @ self._projection)

    def finish(self) -> PromptPiece:
        return self.feed(np.zeros(1280, np.float32))


class Mouth:
    """A tone per speech token."""

    def feed(self, tokens: list[int]) -> np.ndarray:
        time = np.arange(UNIT) / RATE
        tones = [0.2 * np.sin(2 * np.pi * (200 + 10 * (token - SPEECH.start)) * time) for token in tokens]
        return np.concatenate([np.zeros(0), *tones]).astype(np.float32)

    def finish(self) -> np.ndarray:
        return np.zeros(0, np.float32)


class RandomVoice:
    """A `SpokenLM`; `chunks` of 6 text and 20 speech tokens make a reply."""

    name, folder, input_rate, output_rate, speech_rate, chunk_length = "Random", Path("."), RATE, RATE, 25.0, 20
    context, sampling = CONFIG.context, Sampling(temperature=1.0)

    def __init__(self, chunks: int = 5) -> None:
        self.chunks = chunks
        self.decoder = Decoder(CONFIG, random_tensors(CONFIG))
        ids = torch.tensor([*SPEECH, END])
        generator = torch.Generator().manual_seed(1)
        rows = torch.randn(len(ids), CONFIG.dim, generator=generator) / 8
        head = ExitHead(torch.ones(CONFIG.dim), rows, ids, CONFIG.vocabulary)
        self.exit_heads = dict.fromkeys((2, 4, 6), head)
        self._projection = torch.randn(8, CONFIG.dim, generator=generator)

    def listener(self) -> RandomListener:
        return RandomListener(self._projection)

    def speaker(self) -> Mouth:
        return Mouth()

    def before_speech(self) -> PromptPiece:
        return PromptPiece((OPEN,))

    after_speech = before_speech

    def typed(self, text: str) -> PromptPiece:
        return PromptPiece((OPEN, *(LETTERS.find(c) % len(LETTERS) for c in text.lower()), OPEN))

    def pattern(self, spoken: bool) -> Plan:
        chunk = ("text",) * 6 + ("speech",) * 20
        tail = ("end of text", *("speech",) * 15, "end")
        return Plan((("heard",) * 10 if spoken else ()) + chunk * self.chunks + tail)

    def decode_text(self, ids: list[int]) -> bytes:
        return "".join(LETTERS[i] for i in ids if i < len(LETTERS)).encode()

    def encode_text(self, text: str) -> list[int]:
        return [LETTERS.find(c) % len(LETTERS) for c in text.lower()]

    def end_reply(self, ids: list[int]) -> PromptPiece:
        return PromptPiece(() if ids and ids[-1] == END else (END,))
