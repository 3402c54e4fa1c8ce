"""Turns made of chosen tokens, as the window and the library would give them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app.engine_commands import ModelFacts
from engine.events import Listened, Prefilled, Token, TurnStats

LAYERS = 8
MODEL = ModelFacts("m", ".", LAYERS, (2, 6), 16, 25.0, 1024)


@dataclass
class Turn:
    number: int = 1
    schedule: str = "spark:k=4,last@2"
    spoken: bool = True
    heard: str = "what is two plus two"
    text: str = "Four."
    question_seconds: float = 1.5
    tokens: list[Token] = field(default_factory=list)
    rejected: list[tuple[int, int]] = field(default_factory=list)
    first_audio: float | None = None
    made_seconds: float = 0.0
    stats: TurnStats | None = None
    is_over: bool = False
    words: dict[int, str] = field(default_factory=dict)
    listened: Listened | None = None
    prefilled: Prefilled | None = None
    sounds: list[tuple[float, float]] = field(default_factory=list)
    waiting: list[tuple[float, float]] = field(default_factory=list)
    question_samples: list[np.ndarray] = field(default_factory=list)
    question_rate: int = 16000
    reply_samples: list[np.ndarray] = field(default_factory=list)
    reply_rate: int = 16000

    def say(self, kind: str, *depths: int, refresh: bool = False, caught_up: int = 0, word: str = "") -> Turn:
        """Adds a token per depth; each takes 10 ms."""
        for depth in depths:
            index = len(self.tokens)
            token = Token(index, 100 + index, kind, depth, refresh, caught_up, 10.0, 0.1 + 0.01 * (index + 1))
            self.tokens.append(token)
            if word:
                self.words[index] = word
        return self

    def group(self) -> Turn:
        """Three early speech tokens and the refresh that catches them up."""
        return self.say("speech", 2, 2, 2).say("speech", LAYERS, refresh=True, caught_up=3)


def stats(**changed) -> TurnStats:
    seconds = {"listen": 0.05, "prefill": 0.02, "first_audio": 0.3, "decode": 1.2, "speak": 0.4, "total": 2.0}
    values = dict(
        schedule="full", seed=0, heard="", text="", tokens={}, depth={}, refreshes=0, accepted=0, rejected=0,
        seconds=seconds, tokens_per_second=60.0, real_time_factor=0.5, audio_seconds=2.4, sample_rate=16000,
    )  # fmt: skip
    return TurnStats(**{**values, **changed})
