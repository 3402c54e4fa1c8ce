"""Turns of an earlier conversation, made into what a history holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.decoding.parallel import SharedPattern, is_shared
from engine.earlier import EarlierTurn
from engine.models.questions import QuestionError, SpokenQuestion, TypedQuestion
from engine.models.spoken_lm import PromptPiece, SpokenLM
from engine.prefill import pooling as poolings
from engine.prefill.history import Exchange
from engine.turn_record import TurnRecord


def remember(
    model: SpokenLM, past: Sequence[EarlierTurn], room: int, cancelled: Callable[[], bool]
) -> tuple[list[Exchange], int]:
    """The latest turns of `past` (oldest first) that fit into `room` positions, and how many of them are by their words.

    The question of a spoken turn is heard again, from its recording. A turn that cannot be taken at all ends what is
    remembered: nobody remembers what was before a gap.
    """
    found: list[Exchange] = []
    by_words = used = 0
    for turn in reversed(past):
        by_id = bool(turn.ids) and all(map(model.decoder.knows, turn.ids))
        try:
            exchange = _exchange(model, turn, by_id, room - used, cancelled)
        except (QuestionError, poolings.PoolingError):
            break
        if cancelled():
            break
        used += len(exchange)
        if used + len(exchange.question[0].opening) > room:
            break
        found.insert(0, exchange)
        by_words += not by_id
    return found, by_words


def _exchange(model: SpokenLM, turn: EarlierTurn, by_id: bool, room: int, cancelled: Callable[[], bool]) -> Exchange:
    pooling = poolings.parse(turn.pooling)
    poolings.check(pooling, model.decoder.config.layers)
    exchange = Exchange(pooling=pooling)
    page, record = _Page(exchange, room), TurnRecord()
    question: SpokenQuestion | TypedQuestion
    if turn.samples is not None and (by_id or not turn.question.strip()):
        question = SpokenQuestion(model, page, 0, cancelled)
        question.feed(turn.samples, turn.rate, live=False)
    else:
        question = TypedQuestion(model, page, 0, turn.question)
    question.settle(record, needs_voice=False)  # it was answered once
    if record.limits:  # it was cut: it does not fit
        raise QuestionError(record.limits[0])
    if by_id:
        exchange.reply, exchange.kinds = list(turn.ids), list(turn.kinds)
        pattern = model.pattern(question.spoken)
        exchange.widths = _widths(pattern, turn.ids) if is_shared(pattern) else None
    else:
        exchange.reply = model.encode_text(turn.reply)
        exchange.kinds = ["text"] * len(exchange.reply)
    exchange.closing = model.end_reply(exchange.reply)
    return exchange


def _widths(pattern: SharedPattern, ids: Sequence[int]) -> list[int]:
    """How many tokens share each position."""
    widths: list[int] = []
    for token in ids:
        if pattern.slot == 0 or not widths:
            widths.append(0)
        widths[-1] += 1
        pattern = pattern.after(token)
    return widths


class _Page:
    """What a question needs of a history, for one exchange that is not in one yet."""

    def __init__(self, exchange: Exchange, room: int):
        self.exchanges, self._room = [exchange], room

    def add(self, piece: PromptPiece) -> None:
        if len(piece):
            self.exchanges[0].question.append(piece)

    def take_back(self, pieces: int) -> None:
        del self.exchanges[0].question[pieces:]

    def make_room(self, positions: int) -> int:
        return min(positions, max(0, self._room - len(self.exchanges[0])))

    def prefill(self, cancelled: Callable[[], bool]) -> None:
        """It is done once, with all of them."""
