"""A conversation with a model: a question in, events out; cancel it, or go back to what was heard of the reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from functools import partial

import numpy as np

from engine.decoding.reply import speak_reply
from engine.earlier import EarlierTurn, Remembered
from engine.events import Event, Prefilled, TurnCancelled, TurnFailed, TurnFinished
from engine.failures import NO_MEMORY, STOPS, ran_out_of_memory
from engine.lm.cache import ContextFull
from engine.lm.sampling import Sampler, Sampling
from engine.models.questions import NoVoice, QuestionError, SpokenQuestion, TypedQuestion
from engine.models.remembered import remember
from engine.models.spoken_lm import SpokenLM
from engine.prefill import pooling as poolings
from engine.prefill.history import Exchange, History, UnknownToken
from engine.prefill.pooling import Pooling
from engine.quoting import reason
from engine.schedules import Schedule, ScheduleError, check, parse
from engine.turn_record import TurnRecord

_log = logging.getLogger(__name__)


class Dialogue:
    """One conversation: turns follow one another, and what the KV cache holds is kept between them.

    `schedule` is a `Schedule` or its text form; `sampling` (by default the model's) and `seed` hold for every reply
    that names no others; the same seed gives the same reply. A reply has at most `max_tokens` tokens. `capacity` bounds
    the positions kept in the cache (by default what the model was trained for). When a turn would not fit, the oldest
    turns are forgotten. `pooling`, or its text form, says how the speech of questions is merged that are opened without one
    of their own. `needs_voice`: a spoken question in which nobody speaks gets no reply. Raises `ScheduleError` and
    `PoolingError` for what the model cannot run.

    All calls come from one thread at a time, except `cancel`, which may come from any at any time.
    """

    def __init__(
        self,
        model: SpokenLM,
        schedule: Schedule | str = "full",
        sampling: Sampling | None = None,
        seed: int = 0,
        max_tokens: int = 2000,
        capacity: int | None = None,
        pooling: Pooling | str = poolings.NONE,
        needs_voice: bool = True,
    ):
        self.needs_voice = needs_voice
        self.model, self.seed, self.max_tokens = model, seed, max_tokens
        self.schedule, self.pooling = self._checked(schedule), self._checked_pooling(pooling)
        self.sampling = sampling or model.sampling
        self._history = History(model.decoder, min(model.context, capacity or model.context))
        self._cancelled = False  # no lock around it: a signal handler may cancel, too
        self._turn: Turn | None = None
        self._replying = False

    @property
    def positions(self) -> int:
        """How long the conversation is: positions of all turns that are remembered."""
        return len(self._history)

    @property
    def kv_bytes(self) -> int:
        """What the KV cache holds of them, without what a schedule or a pooling left out."""
        return self._history.cache.held_bytes()

    @property
    def capacity(self) -> int:
        """How many positions there is room for."""
        return self._history.capacity

    def prepare(self, schedule: Schedule | str) -> None:
        """Readies the decoder for a reply under a schedule, while there is time; what is wrong with it, the reply will say."""
        deep = (self._turn.exchange.pooling if self._turn is not None else self.pooling).deep
        with suppress(ScheduleError):
            checked, decoder = self._checked(schedule), self.model.decoder
            layers = checked.layer, None if deep is None else deep.layer
            decoder.prepare({layer for layer in layers if layer is not None})
            if decoder.frames is not None:
                decoder.frames.network.prepare(checked.code_layers)

    def open_turn(self, pooling: Pooling | str | None = None) -> Turn:
        """Begins a spoken question; an open turn that got no reply is abandoned. Raises `PoolingError`.

        Speech is merged while it is heard, so a turn's own `pooling` is named here and not when it is replied to.
        """
        pooling = self.pooling if pooling is None else self._checked_pooling(pooling)
        make = partial(SpokenQuestion, cancelled=self._is_cancelled)
        return self._open(make, pooling)

    def ask(
        self,
        text: str,
        schedule: Schedule | str | None = None,
        sampling: Sampling | None = None,
        seed: int | None = None,
        record: TurnRecord | None = None,
    ) -> Generator[Event]:
        """A typed question -> the reply's events, as `Turn.reply`."""
        return self._open(partial(TypedQuestion, text=text)).reply(schedule, sampling, seed, record)

    def cancel(self) -> None:
        """Ends what is done for the open turn, in `TurnCancelled` if a reply is asked for; does nothing if no turn is open.

        What is being heard or prefilled ends within one block, a reply within one token. Of a question that was still to
        be heard, no more is.
        """
        self._cancelled = True

    def heard(self, seconds: float) -> str:
        """Keeps of the latest reply only what sounded within its first `seconds` -> the text that remains.

        What stays are the speech tokens that were played to their end and all tokens before them; of a finished reply
        that was played to its end, everything. Raises `RuntimeError` while a reply is running: cancel it first.
        """
        self._refuse_while_replying()
        model = self.model
        exchange = next((e for e in reversed(self._history.exchanges) if e.closing is not None), None)
        if exchange is None:
            return ""
        played = max(0, int(seconds * model.speech_rate + 1e-6))
        keep = _played_tokens(exchange, played)
        if keep < len(exchange.reply):
            self._history.cut_reply(exchange, keep, model.end_reply)
        words = [token for token, kind in zip(exchange.reply, exchange.kinds, strict=True) if kind == "text"]
        return model.decode_text(words).decode("utf-8", "ignore").strip()

    def remember(self, past: Sequence[EarlierTurn], cancelled: Callable[[], bool] = lambda: False) -> Remembered:
        """Begins anew with turns of an earlier conversation (oldest first), as many of the latest as leave room for a reply.

        They are prefilled at once. It ends early, with fewer of them, once `cancelled`. Raises `RuntimeError` while a reply is
        running.
        """
        self.reset()
        exchanges, by_words = remember(self.model, past, self.capacity - self._reply_room, cancelled)
        self._history.restore(exchanges)
        self._history.prefill(cancelled)
        return Remembered(len(exchanges), by_words)

    @property
    def last_reply_tokens(self) -> int:
        """How many tokens of the latest reply are remembered."""
        exchange = next((e for e in reversed(self._history.exchanges) if e.closing is not None), None)
        return len(exchange.reply) if exchange is not None else 0

    def take_back(self) -> None:
        """Forgets the latest question and its reply, as if it had not been asked. Raises `RuntimeError` while one is running."""
        self._refuse_while_replying()
        if self._turn is not None:
            self._turn.abandon()
        self._history.restore(self._history.exchanges[:-1])

    def reset(self) -> None:
        """Forgets the whole conversation. Raises `RuntimeError` while a reply is running."""
        self._refuse_while_replying()
        self._turn = None
        self._history.restore([])

    def _open(
        self, make: Callable[[SpokenLM, History, int], SpokenQuestion | TypedQuestion], pooling: Pooling = poolings.NONE
    ) -> Turn:
        self._refuse_while_replying()
        if self._turn is not None:
            self._turn.abandon()
        self._cancelled = False
        before = tuple(self._history.exchanges)
        exchange = self._history.open(pooling)
        try:
            question = make(self.model, self._history, self._reply_room)
        except BaseException:
            self._history.restore(before)
            raise
        self._turn = Turn(self, question, exchange, before)
        return self._turn

    @property
    def _reply_room(self) -> int:
        """Positions that a question leaves free: for a whole reply, but never more than a third of all."""
        return min(self.max_tokens, self.capacity // 3)

    def _abandon(self, turn: Turn) -> None:
        if self._turn is turn:
            self._refuse_while_replying()
            self._history.restore(turn.before)
            self._turn = None

    def _is_cancelled(self) -> bool:
        return self._cancelled

    def _refuse_while_replying(self) -> None:
        if self._replying:
            raise RuntimeError("A reply is still running: cancel it and take its last event first.")

    def _refuse_unless_open(self, turn: Turn) -> None:
        if self._turn is not turn or self._replying:
            raise RuntimeError("This turn is over: open another one.")

    def _checked(self, schedule: Schedule | str) -> Schedule:
        schedule = parse(schedule) if isinstance(schedule, str) else schedule
        check(schedule, self.model.decoder.config.layers, self.model.exit_heads, self.model.decoder.frame_shape)
        return schedule

    def _checked_pooling(self, pooling: Pooling | str) -> Pooling:
        pooling = poolings.parse(pooling) if isinstance(pooling, str) else pooling
        poolings.check(pooling, self.model.decoder.config.layers)
        return pooling

    def _start(
        self, turn: Turn, schedule: Schedule | str | None, sampling: Sampling | None, seed: int | None, record: TurnRecord | None
    ) -> Generator[Event]:
        self._refuse_unless_open(turn)
        schedule = self.schedule if schedule is None else schedule
        seed = self.seed if seed is None else seed
        sampling, record = sampling or self.sampling, TurnRecord() if record is None else record
        layers, rate = self.model.decoder.config.layers, self.model.output_rate
        record.begin(str(schedule), seed, layers, rate, str(turn.exchange.pooling), sampling.values)
        return self._events(turn, record, schedule, sampling)

    def _events(self, turn: Turn, record: TurnRecord, schedule: Schedule | str, sampling: Sampling) -> Generator[Event]:
        self._refuse_unless_open(turn)
        self._replying = True
        last: TurnFinished | TurnCancelled | TurnFailed
        try:
            yield from self._reply(turn, record, schedule, sampling)
            end = TurnCancelled if self._cancelled else TurnFinished
            last = end(record.figures())
        except STOPS:
            raise
        except BaseException as error:  # a panic of a Rust library is no Exception
            if not isinstance(error, NoVoice):
                _log.error("A turn failed.", exc_info=error)
            # A turn with tokens that the model does not have would fail every further one.
            self._history.restore([exchange for exchange in turn.before if self._history.known(exchange)])
            last = TurnFailed(_sentence(error), isinstance(error, NoVoice))
        finally:  # also if the caller stops listening
            self._turn, self._replying = None, False
        yield record.apply(last)

    def _reply(self, turn: Turn, record: TurnRecord, schedule: Schedule | str, sampling: Sampling) -> Iterator[Event]:
        model, history = self.model, self._history
        schedule = self._checked(schedule)
        record.schedule = str(schedule)
        try:
            yield record.apply(turn.question.settle(record, turn.needs_voice))
            began = record.now()
            logits = history.last_logits(self._is_cancelled)
            if logits is None:
                return
            ended = record.now()
            record.work["prefill"] = ended - began
            yield record.apply(Prefilled(history.cached, history.reused, ended, record.pooling, history.cost()))
            yield from speak_reply(
                model,
                history,
                turn.exchange,
                logits,
                model.pattern(turn.question.spoken),
                schedule,
                Sampler(sampling, record.seed, model.decoder.device),
                record,
                max_tokens=self.max_tokens,
                cancelled=self._is_cancelled,
            )
        finally:
            turn.exchange.closing = model.end_reply(turn.exchange.reply)


class Turn:
    """One question, open until its reply ended; `Dialogue.open_turn` makes it."""

    def __init__(
        self,
        dialogue: Dialogue,
        question: SpokenQuestion | TypedQuestion,
        exchange: Exchange,
        before: tuple[Exchange, ...],
    ):
        self.question, self.exchange, self.before = question, exchange, before
        self.needs_voice = dialogue.needs_voice
        """Whether it gets no reply where nobody speaks; may be changed until the reply begins."""
        self._dialogue = dialogue

    @property
    def spoken(self) -> SpokenQuestion:
        """The question of a turn in which it is spoken. Raises `RuntimeError` in one in which it is typed."""
        if not isinstance(self.question, SpokenQuestion):
            raise RuntimeError("This question is typed: it takes no sound.")
        return self.question

    def feed(self, samples: np.ndarray, rate: float, live: bool = True) -> None:
        """More of the question: floats [n] or [n, channels] (averaged) at `rate`, the same for the whole question.

        What is settled is prefilled at once. `live`: it is being spoken, so that a pause may be its end; of what was recorded
        before, the end is waited for. Raises `ValueError` for arrays that are no sound, or another rate, and
        `RuntimeError` if the turn is over; anything else that goes wrong is told by `reply`.
        """
        self._dialogue._refuse_unless_open(self)
        self.spoken.feed(samples, rate, live)

    def reply(
        self,
        schedule: Schedule | str | None = None,
        sampling: Sampling | None = None,
        seed: int | None = None,
        record: TurnRecord | None = None,
    ) -> Generator[Event]:
        """The question is complete -> the reply's events (see `engine.events`); time counts from this call.

        Each event is folded into `record`, which is to be a new one, before it is given.

        Whatever goes wrong ends in `TurnFailed`, with the conversation as it was before the turn. Closing the iterator
        early is cancelling: what was received stays in the conversation. Raises `RuntimeError` if the turn is over.
        """
        return self._dialogue._start(self, schedule, sampling, seed, record)

    def abandon(self) -> None:
        """The user thought better of it: the conversation is as it was before the turn. Does nothing after a reply."""
        self._dialogue._abandon(self)


def _played_tokens(exchange: Exchange, played: int) -> int:
    """How many tokens of a reply stay when `played` speech tokens were heard."""
    spoken = [index for index, kind in enumerate(exchange.kinds) if kind == "speech"]
    ended = exchange.closing is not None and not len(exchange.closing)
    if ended and played >= len(spoken):
        return len(exchange.reply)
    if played and spoken:
        return spoken[min(played, len(spoken)) - 1] + 1
    # Nothing was heard: what the model understood of the question stays, but no word of its answer.
    said = (index for index, kind in enumerate(exchange.kinds) if kind in ("text", "speech"))
    return next(said, len(exchange.reply))


def _sentence(error: BaseException) -> str:
    if isinstance(error, QuestionError | ScheduleError | ContextFull | UnknownToken):
        return str(error)
    if ran_out_of_memory(error):
        return f"{NO_MEMORY} The conversation is as it was before the question."
    return (
        f"The model stopped with an error ({type(error).__name__}: {reason(error)}). "
        "The conversation is as it was before the question; the log has the details."
    )
