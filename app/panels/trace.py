"""What can be told of a turn's tokens, kept up while they come. No Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from engine.events import Token
from engine.schedules import KV, Full, Schedule, ScheduleError, parse


class HasTokens(Protocol):
    """A turn, live or stored. One that knows the text of its tokens has it in `words`, by token index."""

    schedule: str
    tokens: Sequence[Token]
    rejected: Sequence[tuple[int, int]]  # (token index, drafts thrown away before it)
    is_over: bool


class Trace:
    """Follows the tokens of one turn after another on a model of `layers` layers.

    A token chosen by an exit step pends until a later step's `caught_up` brings it through the upper layers; the end of
    the turn brings up the rest. Under a schedule with another `KV` nothing ever does.
    """

    def __init__(self, layers: int = 0) -> None:
        self.layers = layers
        self._start(None)

    def _start(self, turn: HasTokens | None) -> None:
        self.turn = turn
        self.schedule = _schedule_of(turn)
        self.tokens: list[Token] = []
        self.caught_up = bytearray()  # per token: whether an early one was brought to full depth
        self.rejected: dict[int, int] = {}
        self.speech = self.early = self.refreshes = 0
        self.text = self.early_text = 0
        self.milliseconds = 0.0
        self._depths = self._text_depths = 0
        self._pending: deque[int] = deque()
        self._reviews = 0
        self._is_over = False

    def follow(self, turn: HasTokens | None) -> bool:
        """Takes in what is new; returns whether anything is."""
        changed = turn is not self.turn
        if changed:
            self._start(turn)
        if turn is None:
            return changed
        new = turn.tokens[len(self.tokens) :]
        for token in new:
            self._add(token)
        reviews = turn.rejected[self._reviews :]
        for index, count in reviews:
            self.rejected[index] = self.rejected.get(index, 0) + count
        self._reviews += len(reviews)
        ended = turn.is_over and not self._is_over
        if ended:
            self._is_over = True
            self._catch_up(len(self._pending))
        return bool(changed or new or reviews or ended)

    def set_layers(self, layers: int) -> None:
        """Another model: what is shown is read again."""
        turn = self.turn
        self.layers = layers
        self._start(None)
        self.follow(turn)

    @property
    def kv(self) -> KV:
        """What the layers above an exit hold in the end."""
        return self.schedule.kv

    @property
    def pending(self) -> int:
        """How many tokens were chosen early and are not yet in the upper layers."""
        return len(self._pending)

    @property
    def is_over(self) -> bool:
        return self._is_over

    @property
    def speech_depth(self) -> float | None:
        """Mean depth of the speech tokens in layers."""
        return self._depths / self.speech if self.speech else None

    @property
    def text_depth(self) -> float | None:
        """Mean depth of the text tokens in layers."""
        return self._text_depths / self.text if self.text else None

    @property
    def tokens_per_second(self) -> float | None:
        """Of the decode steps so far."""
        return len(self.tokens) * 1000 / self.milliseconds if self.milliseconds else None

    def is_early(self, token: Token) -> bool:
        return token.depth < self.layers

    def _add(self, token: Token) -> None:
        self._catch_up(token.caught_up)
        place = len(self.tokens)
        self.tokens.append(token)
        self.caught_up.append(0)
        self.milliseconds += token.milliseconds
        self.refreshes += token.refresh
        is_early = token.depth < self.layers
        if token.kind == "speech":
            self.speech += 1
            self._depths += token.depth
            self.early += is_early
        elif token.kind == "text":
            self.text += 1
            self._text_depths += token.depth
            self.early_text += is_early
        if is_early and self.kv == "catch-up":
            self._pending.append(place)

    def _catch_up(self, count: int) -> None:
        for _ in range(min(count, len(self._pending))):
            self.caught_up[self._pending.popleft()] = 1


def describe(trace: Trace, index: int) -> str:
    """One line about a token: what it is, its kind, its depth, why, and what it took."""
    token = trace.tokens[index]
    word = getattr(trace.turn, "words", {}).get(token.index, "").strip()
    name = f"“{word}”" if word else f"id {token.id}"
    parts = [
        f"Token {token.index}: {name}",
        token.kind,
        f"{token.depth} of {trace.layers} layers",
        _why(trace, index),
        f"{token.milliseconds:.1f} ms",
    ]
    if rejected := trace.rejected.get(index, 0):
        parts.append(f"after {rejected} rejected draft{'s' * (rejected > 1)}")
    return " · ".join(parts)


_FOR_GOOD = {"propagate": "its state propagated to the layers above", "hole": "a hole in the layers above"}


def _why(trace: Trace, index: int) -> str:
    token, schedule = trace.tokens[index], trace.schedule
    threshold = f"{schedule.threshold:g} nats" if schedule.threshold else ""
    unsure = f"entropy {token.entropy:.2f}" if token.entropy is not None else ""
    if trace.is_early(token):
        sure = f" ({unsure}, below {threshold})" if unsure and threshold else ""
        later = "caught up later" if trace.caught_up[index] else "pending"
        return f"exit at layer {token.depth}{sure}, {_FOR_GOOD.get(trace.kv, later)}"
    caught_up = f", caught up {token.caught_up}" if token.caught_up else ""
    if unsure and threshold:
        return f"not sure enough at layer {schedule.layer} ({unsure}, not below {threshold}){caught_up}"
    if token.refresh:
        return f"refresh{caught_up}"
    is_always = token.kind != "speech" and not (schedule.text and token.kind == "text")
    return (f"{token.kind}: always full depth" if is_always else "full depth") + caught_up


def _schedule_of(turn: HasTokens | None) -> Schedule:
    """As it is written; a turn of another version may have a text that this one cannot read."""
    try:
        return parse(turn.schedule) if turn is not None else Full()
    except ScheduleError:
        return Full()


def seconds_at(tokens: Sequence[Token], index: int, speech_rate: float) -> float:
    """Where in the reply's sound the token at `index` is heard: a speech token at its place, any other before the next."""
    return sum(token.kind == "speech" for token in tokens[:index]) / speech_rate


def token_at(tokens: Sequence[Token], seconds: float, speech_rate: float) -> int | None:
    """The index of the speech token that is heard at `seconds`, None after the last one."""
    wanted = int(seconds * speech_rate + 1e-6)
    for token in tokens:
        if token.kind == "speech":
            if wanted == 0:
                return token.index
            wanted -= 1
    return None
