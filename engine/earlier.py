"""Turns of an earlier conversation, as plain values, and what became of them. No torch, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events import Kind
from engine.samples import Samples


@dataclass(frozen=True, eq=False)
class EarlierTurn:
    """A question and its reply, as far as they shall be remembered.

    `ids` and `kinds` are the reply's tokens if the same model made it; without them its `reply` is taken by its words, and
    the question by its own. `samples` (mono float32 at `rate` Hz) are a spoken question, which is heard again where that is
    better than its words.
    """

    question: str
    reply: str
    ids: tuple[int, ...] = ()
    kinds: tuple[Kind, ...] = ()
    samples: Samples | None = None
    rate: int = 0
    pooling: str = "none"


@dataclass(frozen=True)
class Remembered:
    """The latest `turns` of those that were given are in the conversation now, `by_words` of them by their words alone."""

    turns: int
    by_words: int
