"""What is asked in a blind test, in which order, and what hides behind A, B and X: all of it fixed before the first trial."""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from app.listening.log_file import LogEntry

Method = Literal["preference", "ccr", "abx", "ranking", "mushra"]
Role = Literal["test", "identical", "broken"]
Source = Literal["first", "second", "broken"]  # of a trial's pair: the first condition, the second, or a degraded copy
Conditions = tuple[str, ...]  # schedule names: two, or in a ranking more

Letter = Literal["A", "B"]
Order = tuple[Source, Source]  # what is A, and what is B

METHODS: tuple[Method, ...] = ("preference", "ccr", "abx", "ranking", "mushra")
ENOUGH = 16  # answers; with fewer, a clear preference and luck cannot be told apart
ATTENTION_EVERY = 10  # trials; one of each kind of attention item for so many
SEED_BITS = 48  # so that any JSON reader keeps all of them


@dataclass(frozen=True, eq=False)
class ReplyClip:
    """One condition's reply: mono float32 `samples` at `rate` Hz, its words, the schedule that made it (with the model and
    the pooling where these differ), and the gain in dB that is already in the samples so that clips are equally loud."""

    samples: np.ndarray
    rate: int
    text: str
    schedule: str
    gain: float = 0.0

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


@dataclass(frozen=True, eq=False)
class ListeningItem:
    """One prompt and its replies, one per condition."""

    prompt: str
    clips: tuple[ReplyClip, ...]

    def has(self, conditions: Conditions) -> bool:
        return set(conditions) <= {clip.schedule for clip in self.clips}

    def of(self, conditions: Conditions) -> tuple[ReplyClip, ...]:
        """The replies under these conditions, which it must have."""
        return tuple(next(clip for clip in self.clips if clip.schedule == name) for name in conditions)


@dataclass(frozen=True)
class Trial:
    """One question to the listener: `number` counts from 1, `item` from 0 among the plan's items; `pair` are the
    conditions that "first" and "second" stand for, `x` is the letter that X repeats, in an ABX test only."""

    number: int
    item: int
    role: Role
    a: Source
    b: Source
    x: Letter | None = None
    pair: tuple[str, str] = ("", "")

    @property
    def sources(self) -> tuple[Source, ...]:
        """What is to be played as A, B and, in an ABX test, X."""
        return (self.a, self.b) if self.x is None else (self.a, self.b, self.a if self.x == "A" else self.b)


@dataclass(frozen=True)
class TestPlan:
    """A whole test of two conditions (schedule names). `count` trials are analysed; attention items come on top.
    `share` of every clip must be heard before an answer counts."""

    method: Method
    conditions: tuple[str, str]
    count: int
    share: float
    seed: int
    trials: tuple[Trial, ...] = field(repr=False)

    __test__ = False  # it is not a test case, whatever its name starts with

    @property
    def most(self) -> int:
        """Trials, at most."""
        return len(self.trials)

    @property
    def broken_items(self) -> set[int]:
        """Of which a degraded copy is played."""
        return {trial.item for trial in self.trials if trial.role == "broken"}

    def next_trial(self, answers: Mapping[int, LogEntry]) -> Trial | None:
        """The one that comes after these answers, by trial number; None is the end."""
        return next((trial for trial in self.trials if trial.number not in answers), None)


def schedules_in(items: Sequence[ListeningItem]) -> list[str]:
    """The conditions there are, in the order in which they first appear."""
    return list(dict.fromkeys(clip.schedule for item in items for clip in item.clips))


def usable(items: Sequence[ListeningItem], method: Method, conditions: Conditions) -> list[ListeningItem]:
    """The items that have sound for all conditions and, for ABX, the same words: other words would give X away. So has a
    MUSHRA test, which compares sound with a reference."""

    def fits(first: ReplyClip, *others: ReplyClip) -> bool:
        has_sound = all(len(clip.samples) for clip in (first, *others))
        return has_sound and (method not in ("abx", "mushra") or all(_words(first.text) == _words(clip.text) for clip in others))

    return [item for item in items if item.has(conditions) and fits(*item.of(conditions))]


def differ(item: ListeningItem, conditions: Conditions) -> bool:
    """Whether any of an item's replies are different sounds, in a single sample at least."""
    first, *others = item.of(conditions)
    return any(first.rate != other.rate or not np.array_equal(first.samples, other.samples) for other in others)


def make_plan(
    method: Method, conditions: tuple[str, str], items: int, count: int, share: float = 1.0, seed: int | None = None
) -> TestPlan:
    """Draws a test over `items` items (a number); the same seed gives the same test. Without one, a fresh secret one.

    Where there are at least as many items as trials, each is presented once at most, half of them the other way round;
    else every item that is used is presented both ways round equally often, the two ways in different passes. X is an
    independent fair draw per trial: X balanced over the test would make guesses dependent, and then the binomial
    test is not exact.
    Raises: ValueError if there is no item, or `count` is not a positive even number.
    """
    if items < 1:
        raise ValueError("A blind test needs at least one item that has both conditions.")
    if count < 2 or count % 2:
        raise ValueError(f"A balanced test needs an even number of trials, not {count}.")
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    dice = random.Random(seed)
    shown = [Trial(0, item, "test", *sources) for item, sources in _balanced(items, count, dice)]
    roles: tuple[Role, Role] = ("identical", "broken")
    attention = [_attention(role, dice.randrange(items), dice) for role in roles for _ in _every(count)]
    for trial in attention:
        shown.insert(dice.randrange(1, len(shown) + 1), trial)  # never the first: it would teach the wrong thing
    letters: tuple[Letter, Letter] = ("A", "B")
    trials = tuple(
        Trial(number, one.item, one.role, one.a, one.b, dice.choice(letters) if method == "abx" else None, conditions)
        for number, one in enumerate(shown, 1)
    )
    return TestPlan(method, conditions, count, share, seed, trials)


def _balanced(items: int, count: int, dice: random.Random) -> Iterator[tuple[int, Order]]:
    """`count` pairs of (item, order): passes over shuffled items, each pass followed by its mirror image."""
    if items >= count:
        yield from _both_ways(dice.sample(range(items), count), dice)
        return
    left = count // 2
    while left:
        chosen = dice.sample(range(items), min(items, left))
        left -= len(chosen)
        forward = _both_ways(chosen, dice)
        mirrored = [(item, (b, a)) for item, (a, b) in forward]
        dice.shuffle(mirrored)
        yield from forward
        yield from mirrored


def _both_ways(chosen: Sequence[int], dice: random.Random) -> list[tuple[int, Order]]:
    """Half of the items one way round, half of them the other."""
    both: tuple[Order, Order] = (("first", "second"), ("second", "first"))
    ways = list(itertools.islice(itertools.cycle(both), len(chosen)))
    dice.shuffle(ways)
    return list(zip(chosen, ways))


def _attention(role: Role, item: int, dice: random.Random) -> Trial:
    if role == "identical":
        sources: Order = ("first", "second")
        same = dice.choice(sources)
        return Trial(0, item, role, same, same)
    orders: tuple[Order, Order] = (("first", "broken"), ("broken", "first"))
    return Trial(0, item, role, *dice.choice(orders))


def _every(count: int) -> range:
    return range(max(1, count // ATTENTION_EVERY))


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() or letter == "'" else " " for letter in text.casefold()).split()
