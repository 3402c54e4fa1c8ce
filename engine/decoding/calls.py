"""Which parts of the model a reply called, and how often: what its time can be predicted from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from engine.decoding import parallel
from engine.decoding.exits import Exits
from engine.decoding.interleaved import Model
from engine.decoding.pattern import Pattern, under
from engine.events import Token
from engine.lm.frames import Choices, Frames
from engine.lm.sampling import Sampling
from engine.turn_record import TurnRecord

Part = Literal["layers", "propagate", "exit head", "head", "entropy", "choose"]


@dataclass(frozen=True)
class Call:
    """One call of a part of the model, over `rows` positions at once.

    layers: [first:last]; a single row from layer 0 on is a token, which is embedded first. propagate: keys and values of
    layers[first:last]. exit head: that of layer `last`. head: final norm and LM head, for the `allowed` ids alone where they
    are given. entropy: of an exit head's choice among the `allowed` ids. choose: one of them, by `sampling`, and what the loop
    and the record do with a token.
    """

    part: Part
    first: int = 0
    last: int = 0
    rows: int = 1
    allowed: Choices | None = None
    sampling: Sampling | None = None

    def __str__(self) -> str:
        layers = f" {self.first}-{self.last}" if self.part in ("layers", "propagate") else f" {self.last}" if self.last else ""
        what = "codes" if isinstance(self.allowed, Frames) else "ids"
        ids = f" of {len(self.allowed)} {what}" if self.allowed is not None else ""
        return f"{self.part}{layers}{ids}" + (f" x {self.rows}" if self.rows > 1 else "")


Step = tuple[Call, ...]
"""What follows one another from one token to the next; drafting one and reviewing some are steps, too."""


def steps_of(record: TurnRecord, pattern: Pattern, model: Model) -> Counter[Step]:
    """What decoding did after the prompt, until every layer had dealt with the whole reply.

    `record` is that of a reply that is over, `pattern` its beginning. A draft is chosen twice, the second time in its review.
    That a full cache ended a reply is not known here: its last review then has one row more than there was.
    """
    replay = _Replay(record, pattern, model)
    replay.run()
    return replay.steps


def calls_of(steps: Mapping[Step, int]) -> Counter[Call]:
    """How often each call was made in so many of each step."""
    counted: Counter[Call] = Counter()
    for step, count in steps.items():
        for call in step:
            counted[call] += count
    return counted


def at_full_depth(record: TurnRecord) -> TurnRecord:
    """The same reply as if every token of it had been a full step."""
    full = TurnRecord(layers=record.layers, sampling=record.sampling)
    for token in record.tokens:
        full.apply(replace(token, depth=record.layers, refresh=False, caught_up=0, entropy=None))
    return full


class _Replay:
    """Goes through a record as the loops (`engine.decoding.interleaved`, `parallel`) and the stepper did through the reply."""

    def __init__(self, record: TurnRecord, pattern: Pattern, model: Model) -> None:
        self.steps: Counter[Step] = Counter()
        self._step: list[Call] = []
        self._record, self._plan = record, record.plan
        self._place = under(self._plan, pattern)
        self._exits, self._decoder = Exits(self._plan, model.decoder, model.exit_heads), model.decoder
        self._layers = model.decoder.config.layers
        self._layer = self._plan.layer or self._layers
        self._sampling = Sampling(**record.sampling)  # type: ignore[arg-type] # its `values`
        self._pending = 0

    def run(self) -> None:
        tokens, reviews = self._record.tokens, dict(self._record.reviews)
        given = 0  # the last token that the steps so far gave: the first one is the prompt's
        for token in tokens:
            if (review := reviews.get(token.index)) is not None:
                given = token.index + review.accepted
                self._review([*(kept.id for kept in tokens[token.index : given]), *review.rejected])
            elif token.index > given and not (parallel.is_shared(self._place) and self._place.slot):
                self._end_step()
                self._decide(token)
            self._choose(self._place)
            self._place = self._place.after(token.id)
        self._end_step()
        if self._pending:
            self._catch_up([])
            self._end_step()

    def _end_step(self) -> None:
        if self._step:
            self.steps[tuple(self._step)] += 1
            self._step.clear()

    def _decide(self, token: Token) -> None:
        """A step of the depth that its token has."""
        is_early, is_asked = token.depth < self._layers, token.entropy is not None
        if is_early or is_asked:
            self._exit_step(self._place)
        if is_asked:
            self._add("entropy", allowed=self._place.allowed())
        if is_early:
            self._commit_exit()
        elif is_asked:
            self._catch_up([self._place])
        else:
            self._full_step([self._place])

    def _review(self, drafts: Sequence[int]) -> None:
        places, place = [], self._place
        for draft in drafts:
            self._end_step()
            self._exit_step(place)
            self._choose(place)
            places.append(place)
            place = place.after(draft)
        self._end_step()
        if place.done:  # the last draft is not fed
            self._catch_up(places)
        else:
            self._full_step([*places, place])

    def _exit_step(self, place: Pattern) -> None:
        self._add("layers", 0, self._layer)
        if self._exits.head(place, self._layer) is self._decoder:
            self._add("head")
        else:
            self._add("exit head", last=self._layer)
        self._pending += 1

    def _commit_exit(self) -> None:
        if self._plan.kv == "propagate":
            self._add("propagate", self._layer, self._layers)
        if self._plan.kv != "catch-up":
            self._pending = 0

    def _full_step(self, places: Sequence[Pattern]) -> None:
        if self._pending:
            self._add("layers", 0, self._layer)
            self._pending += 1
            self._catch_up(places)
        else:
            self._add("layers", 0, self._layers)
            self._head(places)

    def _catch_up(self, places: Sequence[Pattern]) -> None:
        self._add("layers", self._layer, self._layers, self._pending)
        self._pending = 0
        self._head(places)

    def _head(self, places: Sequence[Pattern]) -> None:
        for allowed, alike in groupby(self._exits.wanted(places)):
            self._add("head", rows=len(list(alike)), allowed=allowed)

    def _choose(self, place: Pattern) -> None:
        self._add("choose", allowed=place.allowed(), sampling=self._sampling)

    def _add(
        self, part: Part, first: int = 0, last: int = 0, rows: int = 1, allowed: Choices | None = None,
        sampling: Sampling | None = None,
    ) -> None:  # fmt: skip
        self._step.append(Call(part, first, last, rows, allowed, sampling))
