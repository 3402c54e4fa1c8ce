"""A stored turn as the cards and panels show it: all of it in memory, as if it had just happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.engine_commands import ModelFacts
from app.library.records import StoredTurn, stats_of
from app.turn import Turn


@dataclass
class PastTurn(Turn):
    """`model` is what answered, None where another version wrote it."""

    model: ModelFacts | None = None


def load(turn: StoredTurn) -> PastTurn:
    """Reads sounds and tokens too: not for the screen's thread."""
    past = PastTurn(
        turn.number, turn.schedule, turn.spoken, turn.heard, turn.text, turn.pooling, question_seconds=turn.question_seconds,
        first_audio=turn.first_audio, stats=stats_of(turn.stats), model=_model(turn.model), tokens=turn.tokens,
        rejected=[tuple(pair) for pair in turn.rejected], note=turn.note, is_over=True, has_failed=turn.state == "failed",
        seed=turn.seed, place=turn.number, began=turn.began,
    )  # fmt: skip
    if question := _read(past, turn.question_audio):
        past.question_samples, past.question_rate = [question[0]], question[1]
    if reply := _read(past, turn.reply_audio):
        past.reply_samples, past.reply_rate = [reply[0]], reply[1]
        past.made_seconds = len(reply[0]) / reply[1]
        past.sounds = [(past.first_audio or 0.0, past.made_seconds)]
    return past


def _read(past: PastTurn, sound: Callable[[], tuple[np.ndarray, int] | None]) -> tuple[np.ndarray, int] | None:
    """A damaged sound is said beside what is left of its turn."""
    try:
        return sound()
    except OSError as error:
        past.note = f"{past.note} A sound of this turn cannot be read: {error.strerror or error}.".strip()
        return None


def _model(stored: dict) -> ModelFacts | None:
    try:
        tuples = {name: tuple(stored[name]) for name in ("exit_layers", "sampling") if name in stored}
        return ModelFacts(**{**stored, **tuples})
    except (KeyError, TypeError):
        return None  # written by another version
