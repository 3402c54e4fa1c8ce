"""Replies that are rendered beside the conversation, whenever the engine has nothing else to do.

The conversation goes first. A render is interrupted within one token and later begun anew rather than paused: paused, it
would keep its times running and its vocoder at work beside the turn, and the figures of both would be wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine_client.commands import Dropped, Ended, Interrupted, Mailbox, Render, Replying, Report, Sampling
from app.engine_client.predictions import Predictions
from engine.events import Event, TurnFailed
from engine.failures import STOPS
from engine.log import explain
from engine.turn_record import TurnRecord

if TYPE_CHECKING:  # they bring torch along, which takes a second or more: imported on the engine's thread
    from engine.dialogue import Dialogue
    from engine.lm import sampling
    from engine.models.spoken_lm import SpokenLM


class Renders:
    """What waits to be rendered, and the work on the first of it. All but `cancel` belongs to the engine's thread."""

    def __init__(self, mailbox: Mailbox, report: Callable[[Report], None], predictions: Predictions) -> None:
        self._mailbox, self._report, self._predictions = mailbox, report, predictions
        self.waiting: deque[Render] = deque()
        self._at_work: tuple[int, Dialogue] | None = None

    def cancel(self, number: int | None = None) -> None:
        """The render at work ends within one block or token, if it is that one (or None). May be called from any thread."""
        at_work = self._at_work
        if at_work is not None and number in (None, at_work[0]):
            at_work[1].cancel()

    def refuse(self, message: str) -> None:
        """Nothing that waits will be rendered, for this reason."""
        while self.waiting:
            self._report(Ended(self.waiting.popleft().number, _failed(TurnRecord(), message)))

    @property
    def first(self) -> Render | None:
        """What is to be worked on next; what is not wanted any more is dropped."""
        while self.waiting and self.waiting[0].number in self._mailbox.unwanted:
            self._report(Dropped(self.waiting.popleft().number))
        return self.waiting[0] if self.waiting else None

    def work(self, model_for: Callable[[str], SpokenLM], calls: int) -> None:
        """Works on the first until it ends, or until `Mailbox.calls` is no longer `calls`: then it stays the first.

        `model_for` gives the model that a render names, or raises.
        """
        job, record, is_called = self.waiting[0], TurnRecord(), False
        try:
            model = model_for(job.model)
            self._report(Replying(job.number, record))
            with closing(self._events(job, record, model, calls)) as events:
                for _ in events:
                    if job.number in self._mailbox.unwanted:
                        self.cancel()  # again: the first time may have been before the reply began
                    is_called = self._mailbox.calls != calls and record.state != "finished"
                    if is_called:
                        break
        except STOPS:
            raise
        except BaseException as error:
            _failed(record, explain(error))
        self._at_work = None
        if is_called or not record.is_over:
            self._report(Interrupted(job.number))
        else:
            self.waiting.popleft()
            self._report(Ended(job.number, record))
            if record.state == "finished":
                self._predictions.add(job.number, record, job.question.text is None, model)

    def _events(self, job: Render, record: TurnRecord, model: SpokenLM, calls: int) -> Generator[Event, None, None]:
        """The reply's events in a conversation of its own, as if the question was asked in it."""
        from engine.dialogue import Dialogue

        dialogue, question = Dialogue(model, needs_voice=job.question.needs_voice), job.question
        self._at_work = (job.number, dialogue)
        how = (job.schedule, sampling_of(model, job.sampling), job.seed)
        if question.text is not None:
            dialogue.prepare(job.schedule)  # beforehand, as speeds are compared
            yield from dialogue.ask(question.text, *how, record)
            return
        turn = dialogue.open_turn(job.pooling)
        if self._mailbox.calls != calls or job.number in self._mailbox.unwanted:
            return  # a cancel from before it was open is lost
        dialogue.prepare(job.schedule)
        if question.samples is not None:
            turn.feed(question.samples, question.rate, live=False)
        yield from turn.reply(*how, record)


def _failed(record: TurnRecord, sentence: str) -> TurnRecord:
    record.apply(TurnFailed(sentence))
    return record


def sampling_of(model: SpokenLM, wanted: Sampling | None) -> sampling.Sampling:
    """The model's own sampling with the temperature and top-p that are wanted."""
    if wanted is None:
        return model.sampling
    temperature, top_p = wanted
    return replace(model.sampling, temperature=temperature, top_p=top_p)
