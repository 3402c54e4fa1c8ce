"""Turns made of chosen tokens, as the window and the library would give them."""

from __future__ import annotations

import numpy as np

import app.core.turn
from app.engine_client.commands import ModelFacts
from engine.events import Audio, Token, TurnStats
from engine.turn_record import TurnRecord

LAYERS = 8
MODEL = ModelFacts("m", ".", LAYERS, (2, 6), 16, 25.0, 1024)


class Turn(app.core.turn.ChatTurn):
    """A spoken question whose words and reply are there, but no tokens."""

    def __init__(self, schedule: str = "spark:k=4,last@2", heard: str = "what is two plus two", text: str = "Four.", **known):
        super().__init__(**{"number": 1, "spoken": True, "question_rate": 16000, "schedule": schedule, **known})
        self.record = TurnRecord(schedule, layers=LAYERS, pooling=self.pooling)
        self.record.heard, self.record.text = heard, text
        self.record.question_seconds = 1.5 if self.spoken else 0.0

    def say(self, kind: str, *depths: int, refresh: bool = False, caught_up: int = 0, word: str = "", **more) -> Turn:
        """Adds a token per depth; each takes 10 ms."""
        for depth in depths:
            index = len(self.record.tokens)
            at = 0.1 + 0.01 * (index + 1)
            self.record.apply(Token(index, 100 + index, kind, depth, refresh, caught_up, 10.0, at, **more))
            if word:
                self.record.words[index] = word
        return self

    def group(self) -> Turn:
        """Three early speech tokens and the refresh that catches them up."""
        return self.say("speech", 2, 2, 2).say("speech", LAYERS, refresh=True, caught_up=3)

    def sound(self, *pieces: np.ndarray, at: float = 0.3) -> Turn:
        """Adds sound, a piece every tenth of a second."""
        for place, samples in enumerate(pieces):
            self.record.apply(Audio(samples, 16000, 1, at + 0.1 * place))
        return self

    def finish(self, figures: TurnStats | None = None) -> Turn:
        """It is over."""
        self.record.end("finished", figures)
        self.end()
        return self


def stats(**changed) -> TurnStats:
    seconds = {"listen": 0.05, "prefill": 0.02, "first_audio": 0.3, "decode": 1.2, "speak": 0.4, "total": 2.0}
    values = dict(
        schedule="full", seed=0, heard="", text="", tokens={}, depth={}, refreshes=0, accepted=0, rejected=0,
        seconds=seconds, tokens_per_second=60.0, real_time_factor=0.5, audio_seconds=2.4, sample_rate=16000,
    )  # fmt: skip
    return TurnStats(**{**values, **changed})
