"""A small random `SpokenLM`: hears levels, answers at random, and speaks a tone per unit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.sampling import Sampling
from engine.models.spoken_lm import PromptPiece
from tests.engine.random_lm import END, END_OF_TEXT, SHAPE, SPEECH, TEXT, VOCABULARY, ChunkPattern, RandomModel

RATE = 8000
UNIT = 320  # samples per speech token
POSITION = 800  # samples per prompt position
WORDS = [b" one", b" two", "é".encode()[:1], "é".encode()[1:], b" ", b"x", b".", " naïve".encode()]


_TEXT, _SPEECH, _END = (AllowedIds(VOCABULARY, ids) for ids in (TEXT, SPEECH, [END]))


@dataclass(frozen=True)
class ReplyPattern(ChunkPattern):
    """A `ChunkPattern` of `limit` tokens, the last is END; its first `heard` text tokens repeat the question."""

    heard: int = 0

    @property
    def kind(self):
        return "heard" if self.count < self.heard else super().kind

    @property
    def speech_step(self) -> bool:
        return self.speaking and self.count < self.limit - 1

    def allowed(self) -> AllowedIds:
        if self.count == self.limit - 1:
            return _END
        if self.speaking:
            return _SPEECH
        return _TEXT if self.count < 8 else super().allowed()


class LevelListener:
    """One state per 0.1 s of sound, with one position of delay."""

    def __init__(self):
        self.samples = np.zeros(0, np.float32)

    def feed(self, samples: np.ndarray) -> PromptPiece:
        assert samples.dtype == np.float32 and samples.ndim == 1
        self.samples = np.concatenate([self.samples, samples])
        return self._settle(max(0, len(self.samples) // POSITION - 1))

    def finish(self) -> PromptPiece:
        self.samples = np.pad(self.samples, (0, -len(self.samples) % POSITION))
        return self._settle(len(self.samples) // POSITION)

    def _settle(self, positions: int) -> PromptPiece:
        settled, self.samples = np.split(self.samples, [positions * POSITION])
        states = 3 * torch.from_numpy(settled).view(positions, SHAPE.dim, POSITION // SHAPE.dim)[:, :, ::5].sum(-1)
        return PromptPiece(states=states)


class ToneSpeaker:
    """A tone per unit, one unit late."""

    def __init__(self):
        self.waiting = []

    def feed(self, tokens: list[int]) -> np.ndarray:
        self.waiting += tokens
        return self._tones(len(self.waiting) - 1)

    def finish(self) -> np.ndarray:
        return self._tones(len(self.waiting))

    def _tones(self, count: int) -> np.ndarray:
        spoken, self.waiting = self.waiting[:count], self.waiting[count:]
        return np.concatenate([np.zeros(0, np.float32), *(tone(token) for token in spoken)])


def tone(token: int) -> np.ndarray:
    return np.sin(np.arange(UNIT) * 0.05 * (1 + token - SPEECH[0])).astype(np.float32) / 2


@dataclass
class RandomSpokenLM(RandomModel):
    """Replies have `limit` tokens; some of its parts can be replaced to make it fail or wait."""

    limit: int = 24
    listener: type = LevelListener
    speaker: type = ToneSpeaker
    name = "random"
    folder = Path(".")
    sampling = Sampling()
    input_rate = output_rate = RATE
    speech_rate = RATE / UNIT
    chunk_length = 5
    context = SHAPE.context

    def before_speech(self) -> PromptPiece:
        return PromptPiece((END_OF_TEXT, 1))

    def after_speech(self) -> PromptPiece:
        return PromptPiece((END_OF_TEXT, 2))

    def typed(self, text: str) -> PromptPiece:
        if not text.strip():
            raise ValueError("There is no question: type some words.")
        return PromptPiece((END_OF_TEXT, 3, *(ord(letter) % 8 for letter in text), END_OF_TEXT))

    def pattern(self, spoken: bool) -> ReplyPattern:
        return ReplyPattern(limit=self.limit, heard=2 if spoken else 0)

    def decode_text(self, ids: list[int]) -> bytes:
        return b"".join(WORDS[token] for token in ids)

    def encode_text(self, text: str) -> list[int]:
        return [ord(letter) % len(WORDS) for letter in text]

    def end_reply(self, ids: list[int]) -> PromptPiece:
        return PromptPiece(() if ids and ids[-1] == END else (END_OF_TEXT, END))
