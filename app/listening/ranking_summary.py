"""From the answers of a ranking to its result: the order, how sure it is, and the sentences that may be said about it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.listening.plan import ENOUGH, Conditions
from app.listening.ranking import SETTLED, Strengths, fit
from app.listening.ranking_plan import RankingPlan, counts
from app.listening.remarks import AttentionCheck, attention, caveats, counted, records_of
from app.listening.results import StoredTest
from app.listening.statistics import percent

TOO_FEW = "Too few to conclude"


@dataclass(frozen=True, eq=False)
class RankingSummary:
    """What a ranking showed. `wins[i, j]`: how often condition i was preferred to j; `ties`: answers without a preference."""

    conditions: Conditions
    trials: int
    wins: np.ndarray
    ties: int
    result: Strengths
    attention: AttentionCheck
    headline: str
    sentence: str
    caveats: tuple[str, ...]

    @property
    def method(self) -> str:
        return "ranking"

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The numbers as (name, value), in the order in which they are read."""
        rows = [("Trials", str(self.trials)), ("No difference (ties)", str(self.ties))]
        for place, one in enumerate(self.result.order, 1):
            low, high = self.result.interval(one)
            value = f"{self.result.values[one]:+.2f}, 95 % interval {low:+.2f} to {high:+.2f}"
            rows.append((f"{place}. {self.conditions[one]}", value))
        for one, other in itertools.pairwise(self.result.order):
            names = f"{self.conditions[one]} before {self.conditions[other]}"
            share = percent(self.result.share(one, other))
            rows.append((names, f"sure to {percent(self.result.sureness(one, other), 1)}; {share} of choices between them"))
        for one, other in itertools.combinations(self.result.order, 2):
            won, lost = int(self.wins[one, other]), int(self.wins[other, one])
            rows.append((f"{self.conditions[one]} and {self.conditions[other]}, chosen", f"{won} : {lost}"))
        return [*rows, ("Strengths", "log odds about their mean (Bradley-Terry, ties after Davidson)")]


def rank(tests: Sequence[StoredTest], plan: RankingPlan) -> RankingSummary:
    """The result of a ranking that is over, as one listener or several took it."""
    records = records_of(tests)
    asked = [record for record in records if record["role"] == "test"]
    wins, ties = counts(asked, plan.conditions)
    found = fit(wins, ties)
    names = [plan.conditions[one] for one in found.order]
    open_pairs = found.unsettled(plan.askable)
    every = itertools.combinations(range(len(plan.conditions)), 2)
    same = [f"{plan.conditions[one]} and {plan.conditions[other]}" for one, other in every if (one, other) not in plan.askable]
    choices = f"{counted(len(asked), 'choice')}, {counted(int(ties.sum()), 'tie')} among them"
    sentence = f"From the best: {', '.join(names)}, by {choices}."
    if len(asked) < ENOUGH:
        headline = TOO_FEW
        sentence = f"{TOO_FEW}: fewer than {ENOUGH} cannot tell an order from luck. {sentence}"
    elif open_pairs:
        headline = "The order is not settled" if len(open_pairs) == len(names) - 1 else "The order is settled in part"
        unsure = "; ".join(f"{plan.conditions[one]} and {plan.conditions[other]}" for one, other in open_pairs)
        sentence = f"{sentence} Not settled: {unsure}. This does not show that these sound equally good."
    else:
        headline = f"{names[0]} is the best, {names[-1]} the last"
        sentence = f"{sentence} Each neighbours' order is sure to {percent(SETTLED, 1)} or more."
    said = (*caveats(tests, records, asked), "What was compared next followed from the answers: the intervals do not know that.")
    if same:
        said = (*said, f"The same sound to every prompt, and so never compared: {'; '.join(same)}.")
    noticed = attention(records)
    return RankingSummary(plan.conditions, len(asked), wins, int(ties.sum()), found, noticed, headline, sentence, said)
