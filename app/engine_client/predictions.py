"""What speed a render was to be expected of, found out once it is over and the engine has nothing else to do."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary, ref

from app.engine_client.commands import Mailbox, Predicted, Report
from engine.failures import STOPS
from engine.prefill import pooling as poolings
from engine.turn_record import TurnRecord

if TYPE_CHECKING:  # they bring torch along, which takes a second or more: imported on the engine's thread
    from engine.decoding.costs import Costs
    from engine.lm.decoder import Decoder
    from engine.models.spoken_lm import SpokenLM

_log = logging.getLogger(__name__)
_REPEATS = 5


class _Reply(NamedTuple):
    number: int
    record: TurnRecord
    is_spoken: bool  # the question
    model: ref[SpokenLM]  # which may be let go


class Predictions:
    """Each model's calls are measured once, beside one another, as replies need them. Belongs to the engine's thread."""

    def __init__(self, mailbox: Mailbox, report: Callable[[Report], None]) -> None:
        self._mailbox, self._report = mailbox, report
        self._waiting: deque[_Reply] = deque()
        self._costs: WeakKeyDictionary[Decoder, dict[frozenset[int], Costs]] = WeakKeyDictionary()  # by layers prepared for

    def add(self, number: int, record: TurnRecord, is_spoken: bool, model: SpokenLM) -> None:
        """A render came to its end: `Predicted` shall tell what was to be expected of it."""
        self._waiting.append(_Reply(number, record, is_spoken, ref(model)))

    @property
    def model(self) -> SpokenLM | None:
        """Of the reply that is next; None if there is none. Those whose model is gone are forgotten."""
        while self._waiting:
            model = self._waiting[0].model()
            if model is not None:
                return model
            self._waiting.popleft()
        return None

    def work(self, model: SpokenLM, calls: int) -> None:
        """Measures for the next reply what is not known of its `model`.

        Ends early once `Mailbox.calls` is no longer `calls`, or the program ends; what was measured by then stays known.
        """
        reply = self._waiting[0]
        try:
            found = self._predict(reply, model, lambda: self._mailbox.closing or self._mailbox.calls != calls)
        except STOPS:
            raise
        except BaseException as error:  # nobody asked for it, and the reply is there
            _log.error("What a reply costs could not be measured.", exc_info=error)
            self._waiting.popleft()
            return
        if found is not None:
            self._waiting.popleft()
            self._report(found)

    def _predict(self, reply: _Reply, model: SpokenLM, cancelled: Callable[[], bool]) -> Predicted | None:
        """None if it was cancelled."""
        from engine.decoding.calls import at_full_depth

        record, deep = reply.record, poolings.parse(reply.record.pooling).deep
        pooled, layer = {deep.layer} if deep else set(), record.plan.layer
        full = self._seconds(reply, model, at_full_depth(record), pooled, cancelled)
        if full is None or (own := self._seconds(reply, model, record, {*pooled, layer} if layer else pooled, cancelled)) is None:
            return None
        count, depth = len(record.tokens), (record.mean_depth or record.layers) / record.layers
        return Predicted(reply.number, count / (full * depth), count / own)

    def _seconds(
        self, reply: _Reply, model: SpokenLM, record: TurnRecord, layers: set[int], cancelled: Callable[[], bool]
    ) -> float | None:
        """What the calls of a record add up to with a decoder that is prepared for these layers, as it was for the reply."""
        from engine.decoding.calls import steps_of
        from engine.decoding.costs import Costs

        costs = self._costs.setdefault(model.decoder, {}).setdefault(frozenset(layers), Costs())
        steps = steps_of(record, model.pattern(spoken=reply.is_spoken), model)
        if unknown := costs.unknown(steps):
            model.decoder.prepare(layers)
            costs.measure(model, unknown, _REPEATS, cancelled)
        return None if costs.unknown(steps) else costs.of(steps)
