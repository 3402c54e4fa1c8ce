"""A stored turn as the cards and panels show it: all of it in memory, as if it had just happened."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app.engine_commands import ModelFacts
from app.library.records import StoredTurn, stats_of
from engine.events import Token, TurnStats


@dataclass
class PastTurn:
    """What `app.chat.turn_card.ShownTurn` and the panels ask of a turn."""

    number: int
    schedule: str
    spoken: bool
    heard: str
    text: str
    note: str
    question_seconds: float
    first_audio: float | None
    stats: TurnStats | None
    model: ModelFacts | None
    tokens: list[Token] = field(default_factory=list)
    rejected: list[tuple[int, int]] = field(default_factory=list)
    question_samples: list[np.ndarray] = field(default_factory=list)
    reply_samples: list[np.ndarray] = field(default_factory=list)
    question_rate: int = 0
    reply_rate: int = 0
    pooling: str = "none"
    is_over: bool = True
    has_failed: bool = False
    listened: None = None
    prefilled: None = None
    sounds: list[tuple[float, float]] = field(default_factory=list)

    @property
    def made_seconds(self) -> float:
        return sum(map(len, self.reply_samples)) / self.reply_rate if self.reply_rate else 0.0

    @property
    def speech_depth(self) -> float | None:
        """Mean depth of the speech tokens."""
        depths = [token.depth for token in self.tokens if token.kind == "speech"]
        return sum(depths) / len(depths) if depths else None


def load(turn: StoredTurn) -> PastTurn:
    """Reads sounds and tokens too: not for the screen's thread. Raises `OSError`."""
    past = PastTurn(
        turn.number, turn.schedule, turn.spoken, turn.heard, turn.text, turn.note, turn.question_seconds, turn.first_audio,
        stats_of(turn.stats), _model(turn.model), turn.tokens, [tuple(pair) for pair in turn.rejected],
        pooling=turn.pooling, has_failed=turn.state == "failed",
    )  # fmt: skip
    if question := turn.question_audio():
        past.question_samples, past.question_rate = [question[0]], question[1]
    if reply := turn.reply_audio():
        past.reply_samples, past.reply_rate = [reply[0]], reply[1]
        past.sounds = [(past.first_audio or 0.0, past.made_seconds)]
    return past


def _model(stored: dict) -> ModelFacts | None:
    try:
        tuples = {name: tuple(stored[name]) for name in ("exit_layers", "sampling") if name in stored}
        return ModelFacts(**{**stored, **tuples})
    except (KeyError, TypeError):
        return None  # written by another version
