"""A stored turn as the cards and panels show it: all of it in memory, as if it had just happened."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.core.turn import ChatTurn
from app.engine_client.commands import ModelFacts
from app.storage.library import LibraryError
from app.storage.records import StoredTurn, model_of, stats_of
from engine.earlier import EarlierTurn
from engine.events import Audio
from engine.turn_record import TurnRecord

AT_ONCE = 40  # turns
MOST_SAMPLES = 60_000_000  # of their sounds: a quarter of a gigabyte


@dataclass
class PastTurn(ChatTurn):
    """`model` is what answered, None where another version wrote it."""

    model: ModelFacts | None = None
    heard_tokens: int | None = None
    heard_text: str = ""
    replaces: int = 0


def load_latest(turns: Sequence[StoredTurn], most: int) -> tuple[list[PastTurn], int]:
    """The last turns in their order, at most so many and as may be in memory together, and how many come before them."""
    loaded, _ = load_some(turns[: -most - 1 : -1])
    return loaded[::-1], len(turns) - len(loaded)


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
    model, stats = model_of(turn.model), stats_of(turn.stats)
    # A reply's first token always comes from full depth.
    record = TurnRecord(turn.schedule, turn.seed, model.layers if model else max((t.depth for t in tokens[:1]), default=0))
    for token in tokens:
        record.apply(token)
    record.rejected, record.heard, record.text = list(turn.rejected), turn.heard, turn.text
    record.pooling, record.question_seconds = turn.pooling, turn.question_seconds
    if stats is not None:
        record.notes, record.sampling = stats.notes, stats.sampling
    past = PastTurn(
        turn.number, turn.schedule, turn.spoken, pooling=turn.pooling, seed=turn.seed, model=model, record=record, is_over=True,
        note=" ".join(filter(None, (turn.note, turn.problem, problem))), place=turn.number, began=turn.began,
        source=turn.source, heard_tokens=turn.heard_tokens, heard_text=turn.heard_text, replaces=turn.replaces,
        folder=turn.folder,
    )  # fmt: skip
    if question := _read(past, turn.question_audio):
        past.question_samples, past.question_rate = [question[0]], question[1]
    if reply := _read(past, turn.reply_audio):
        record.apply(Audio(*reply, len(tokens), turn.first_audio or 0.0))
    record.first_audio = turn.first_audio
    record.end(turn.state if turn.state in ("finished", "failed") else "cancelled", stats)
    return past


def with_sounds(turn: ChatTurn) -> ChatTurn:
    """A copy of a turn whose sounds were let go, with those that the library has: not for the screen's thread.

    Raises `LibraryError`.
    """
    if turn.folder is None:
        raise LibraryError("The sounds of this turn are not in the library.")
    whole = copy.copy(turn)
    whole.is_soundless, whole.record = False, copy.copy(turn.record)
    whole.record.audio = []
    try:
        stored = StoredTurn.read(turn.folder)
    except (OSError, ValueError) as error:
        raise LibraryError("The sounds of this turn are no longer in the library.") from error
    if question := _read(whole, stored.question_audio):
        whole.question_samples, whole.question_rate = [question[0]], question[1]
    if reply := _read(whole, stored.reply_audio):
        whole.record.audio = [Audio(*reply, len(turn.record.tokens), turn.record.first_audio or 0.0)]
    if not (question or reply):
        raise LibraryError("The sounds of this turn can no longer be read in the library.")
    return whole


def to_remember(turns: Sequence[PastTurn]) -> list[PastTurn]:
    """Those that a model can remember: no failed ones, and no reply whose place another one took."""
    replaced = {turn.replaces for turn in turns}
    return [turn for turn in turns if not turn.has_failed and turn.place not in replaced and (turn.record.tokens or turn.text)]


def as_earlier(turn: PastTurn, model: ModelFacts) -> EarlierTurn:
    """For the engine: with its tokens where the same kind of model made them, else with its words; what was heard of it."""
    heard = turn.heard_text if turn.heard_tokens is not None else turn.text
    has_question = not turn.spoken or bool(turn.question_samples)
    tokens = turn.record.tokens[: turn.heard_tokens] if has_question and _is_same(turn.model, model) else []
    return EarlierTurn(
        turn.heard, heard, tuple(token.id for token in tokens), tuple(token.kind for token in tokens),
        turn.question_samples[0] if turn.question_samples else None, turn.question_rate, turn.pooling,
    )  # fmt: skip


def _is_same(one: ModelFacts | None, other: ModelFacts) -> bool:
    """Whether tokens of the one mean the same to the other."""
    if one is None:
        return False
    kinds = [(facts.name, facts.layers, facts.chunk_length, facts.speech_rate) for facts in (one, other)]
    return kinds[0] == kinds[1]


def _read(past: ChatTurn, sound: Callable[[], tuple[np.ndarray, int] | None]) -> tuple[np.ndarray, int] | None:
    """A damaged sound is said beside what is left of its turn."""
    try:
        return sound()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
    except ValueError as error:
        why = str(error).rstrip(".")
    past.note = f"{past.note} A sound of this turn cannot be read: {why}.".strip()
    return None
