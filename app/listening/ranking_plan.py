"""A ranking of three or more conditions by paired choices: which two are compared next depends on the answers so far."""

from __future__ import annotations

import itertools
import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.listening.log_file import LogEntry
from app.listening.plan import ATTENTION_EVERY, SEED_BITS, Conditions, ListeningItem, Method, Order, Role, Trial, differ

EACH_PAIR = 2  # trials for every pair before an order may be settled
Pair = tuple[int, int]


@dataclass(frozen=True)
class RankingPlan:
    """At most `count` trials are analysed; attention items come on top. The same seed and answers give the same trials.

    `askable` are, for every pair of conditions, the items whose two replies are different sounds."""

    conditions: Conditions
    count: int
    share: float
    seed: int
    askable: dict[Pair, list[int]] = field(repr=False)

    @property
    def method(self) -> Method:
        return "ranking"

    @property
    def most(self) -> int:
        """Trials, at most."""
        return self.count + len(self._attention)

    @property
    def broken_items(self) -> set[int]:
        """Of which a degraded copy is played."""
        return {item for role, item in self._attention.values() if role == "broken"}

    def next_trial(self, answers: Mapping[int, LogEntry]) -> Trial | None:
        """The one that comes after these answers, by trial number; None where the order is settled, or at the end.

        Takes milliseconds, the first time a second.
        """
        number = len(answers) + 1
        dice = random.Random(f"{self.seed}-{number}")
        if number in self._attention:
            role, item = self._attention[number]
            pair = (self.conditions[0], self.conditions[1])
            broken: tuple[Order, Order] = (("first", "broken"), ("broken", "first"))
            sides: Order = dice.choice(broken) if role == "broken" else ("first", "first")
            return Trial(number, item, role, *sides, pair=pair)
        asked = [answer for answer in answers.values() if answer["role"] == "test"]
        wins, ties = counts(asked, self.conditions)
        found = None if len(asked) >= self.count else self._next_pair(wins, ties)
        if found is None:
            return None
        pair = (self.conditions[found[0]], self.conditions[found[1]])
        mine = [answer for answer in asked if {answer["A"], answer["B"]} == set(pair)]
        used = [answer["item"] for answer in mine]
        item = min(self.askable[found], key=lambda one: (used.count(one), dice.random()))
        lead = 2 * sum(answer["A"] == pair[0] for answer in mine) - len(mine)
        first_is_a = dice.random() < 0.5 if lead == 0 else lead < 0
        a_and_b: Order = ("first", "second") if first_is_a else ("second", "first")
        return Trial(number, item, "test", *a_and_b, pair=pair)

    @property
    def _attention(self) -> dict[int, tuple[Role, int]]:
        """By trial number; never the first."""
        dice, found = random.Random(self.seed), {}
        items = sorted({item for askable in self.askable.values() for item in askable})
        roles: tuple[Role, Role] = ("identical", "broken")
        every = ATTENTION_EVERY + len(roles)
        for block in range(max(1, self.count // ATTENTION_EVERY)):
            last = min(every, self.count + len(roles))  # of a short test
            for place, role in zip(dice.sample(range(2, last + 1), len(roles)), roles, strict=True):
                found[block * every + place] = (role, dice.choice(items))
        return found

    def _next_pair(self, wins: np.ndarray, ties: np.ndarray) -> Pair | None:
        from app.listening.ranking import fit, next_pair  # brings scipy along

        heard = wins + wins.T + ties + ties.T
        found = fit(wins, ties)
        if heard.sum() / 2 >= EACH_PAIR * len(self.askable) and not found.unsettled(self.askable):
            return None
        return next_pair(found, heard, list(self.askable))


def make_ranking(
    conditions: Conditions, items: Sequence[ListeningItem], count: int, share: float = 1.0, seed: int | None = None
) -> RankingPlan:
    """Raises: ValueError where some condition cannot be told from any other."""
    pairs = itertools.combinations(range(len(conditions)), 2)
    names = {pair: (conditions[pair[0]], conditions[pair[1]]) for pair in pairs}
    found = {pair: [place for place, item in enumerate(items) if differ(item, both)] for pair, both in names.items()}
    askable = {pair: places for pair, places in found.items() if places}
    lonely = [name for place, name in enumerate(conditions) if not any(place in pair for pair in askable)]
    if lonely:
        raise ValueError(f"{lonely[0]} makes the same sound as all others to every prompt, so it has no place among them.")
    return RankingPlan(conditions, count, share, secrets.randbits(SEED_BITS) if seed is None else seed, askable)


def counts(asked: Sequence[LogEntry], conditions: Conditions) -> tuple[np.ndarray, np.ndarray]:
    """How often each was preferred to each, and how often neither was: both [n, n]."""
    wins, ties = np.zeros((2, len(conditions), len(conditions)))
    for answer in asked:
        a, b = conditions.index(answer["A"]), conditions.index(answer["B"])
        if answer["value"] == 0:
            ties[a, b] += 1
        else:
            wins[(a, b) if answer["value"] < 0 else (b, a)] += 1
    return wins, ties
