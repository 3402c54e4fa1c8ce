"""A stored turn as the cards and panels show it: all of it in memory, as if it had just happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.engine_commands import ModelFacts
from app.library.records import StoredTurn, model_of, stats_of
from app.turn import Turn

AT_ONCE = 40  # turns
MOST_SAMPLES = 60_000_000  # of their sounds: a quarter of a gigabyte


@dataclass
class PastTurn(Turn):
    """`model` is what answered, None where another version wrote it."""

    model: ModelFacts | None = None


def load_some(turns: Sequence[StoredTurn]) -> tuple[list[PastTurn], list[StoredTurn]]:
    """The first turns, as many as may be in memory together (at least one), and those that are left for later."""
    loaded: list[PastTurn] = []
    samples = 0
    for turn in turns[:AT_ONCE]:
        loaded.append(past := load(turn))
        samples += sum(len(piece) for piece in (*past.question_samples, *past.reply_samples))
        if samples > MOST_SAMPLES:
            break
    return loaded, list(turns[len(loaded) :])


def load(turn: StoredTurn) -> PastTurn:
    """Reads sounds and tokens too: not for the screen's thread. What cannot be read is said in its note."""
    tokens, problem = turn.read_tokens()
    past = PastTurn(
        turn.number, turn.schedule, turn.spoken, turn.heard, turn.text, turn.pooling, seed=turn.seed,
        question_seconds=turn.question_seconds, first_audio=turn.first_audio, stats=stats_of(turn.stats),
        model=model_of(turn.model), tokens=tokens, rejected=list(turn.rejected), is_over=True,
        note=" ".join(filter(None, (turn.note, turn.problem, problem))), has_failed=turn.state == "failed",
        place=turn.number, began=turn.began,
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
        why = (error.strerror or str(error)).lower()
    except ValueError as error:
        why = str(error).rstrip(".")
    past.note = f"{past.note} A sound of this turn cannot be read: {why}.".strip()
    return None
