"""From the answers of a finished test to its result: the numbers, and the sentences that may be said about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.listening.log_file import LogEntry
from app.listening.mushra_plan import MushraPlan
from app.listening.mushra_summary import MushraSummary, summarise_mushra
from app.listening.plan import ENOUGH, Conditions, TestPlan
from app.listening.ranking_plan import RankingPlan
from app.listening.ranking_summary import TOO_FEW, RankingSummary, rank
from app.listening.remarks import AttentionCheck, attention, caveats, counted, is_right, records_of
from app.listening.results import StoredTest
from app.listening.statistics import (
    LEVEL,
    MOST_TRIALS,
    POWER,
    Proportion,
    Rating,
    by_prompt,
    p_text,
    percent,
    proportion,
    rating,
    ratings_needed,
    trials_needed,
)

TITLES = {
    "preference": "Preference (A/B)",
    "ccr": "Comparison rating (CCR)",
    "abx": "Discrimination (ABX)",
    "ranking": "Ranking by paired choices",
    "mushra": "Rating beside a hidden reference (MUSHRA)",
}


@dataclass(frozen=True)
class Summary:
    """What a test showed. `result` is about the second condition: how often it was preferred, its rating compared with
    the first, or, in an ABX test, how often X was named. `ties`: answers without a preference. `prompts`: the same with
    one vote per prompt. `needed`: trials of a test that would find an effect of this size, None where there is none."""

    method: str
    conditions: tuple[str, str]
    trials: int
    ties: int | None
    result: Proportion | Rating
    prompts: Proportion
    needed: int | None
    attention: AttentionCheck
    headline: str
    sentence: str
    caveats: tuple[str, ...]

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The numbers as (name, value), in the order in which they are read."""
        by_result = self._rating_figures if isinstance(self.result, Rating) else self._proportion_figures
        return [*by_result(self.result), *self._more_figures()]  # type: ignore[arg-type]

    def _more_figures(self) -> list[tuple[str, str]]:
        votes, leaning = self.prompts, "X named rightly" if self.method == "abx" else f"for {self.conditions[1]}"
        rows = []
        if votes.n > 1:
            rows.append((f"Prompts that lean to one side, {leaning}", f"{votes.k} of {votes.n}"))
            rows.append(("Sign test over prompts, two-sided", p_text(votes.p)))
        needed = f"more than {MOST_TRIALS:,}" if self.needed is None else f"{self.needed:,}"
        return [*rows, (f"Trials that find an effect of this size ({percent(POWER)} power)", needed)]

    def _proportion_figures(self, result: Proportion) -> list[tuple[str, str]]:
        first, second = self.conditions
        if self.method == "abx":
            k, test = "Named X rightly (k)", "Exact binomial test, one-sided"
        else:
            k, test = f"Preferred {second} (k)", "Exact binomial test, two-sided"
        rows = [("Trials", str(self.trials))]
        if self.ties is not None:
            rows += [("No difference (ties)", str(self.ties)), ("Preferences (n)", str(result.n))]
            rows += [(f"Preferred {first}", str(result.n - result.k))]
        else:
            rows += [("Answers (n)", str(result.n))]
        share = "–" if result.share is None else f"{result.k} of {result.n} = {percent(result.share, 1)}"
        interval = f"{percent(result.low, 1)} to {percent(result.high, 1)}"
        return [*rows, (k, share), ("95 % Wilson interval", interval), (test, p_text(result.p))]

    def _rating_figures(self, result: Rating) -> list[tuple[str, str]]:
        first, second = self.conditions
        mean = "–" if result.mean is None else f"{result.mean:+.2f}"
        interval = "–" if result.low is None or result.high is None else f"{result.low:+.2f} to {result.high:+.2f}"
        deviation = "–" if result.deviation is None else f"{result.deviation:.2f}"
        return [
            ("Ratings (n)", str(result.n)),
            ("About the same (0)", str(self.ties)),
            (f"Mean, {second} compared with {first}", mean),
            ("95 % confidence interval (t)", interval),
            ("Standard deviation", deviation),
            ("t-test against 0, two-sided", p_text(result.p)),
        ]


Result = Summary | RankingSummary | MushraSummary
"""Of any method."""


def named(conditions: Conditions) -> str:
    """In words: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(conditions[:-1]), conditions[-1])))


def score(record: LogEntry, conditions: tuple[str, str]) -> int:
    """An answer about A and B turned into one about conditions: positive speaks for the second."""
    return record["value"] if record["B"] == conditions[1] else -record["value"]


def summarise(*tests: StoredTest) -> Result:
    """The result of one test, as one listener or several took it, whose trials are all answered.

    Raises: ValueError before that: no peeping.
    """
    if any(test.next_trial is not None for test in tests):
        raise ValueError("The result is known when every trial is answered.")
    match tests[0].plan:
        case MushraPlan():
            return summarise_mushra(tests)
        case RankingPlan() as plan:
            return rank(tests, plan)
        case plan:
            return _summarise_pair(tests, plan)


def _summarise_pair(tests: Sequence[StoredTest], plan: TestPlan) -> Summary:
    records = records_of(tests)
    asked = [record for record in records if record["role"] == "test"]
    noticed, said = attention(records), tuple(caveats(tests, records, asked))
    first, second = plan.conditions
    ties: int | None = None
    result: Proportion | Rating
    scores = [score(record, plan.conditions) if plan.method != "abx" else 2 * bool(is_right(record)) - 1 for record in asked]
    if plan.method == "abx":
        result = proportion(scores.count(1), len(asked), one_sided=True)
        needed = trials_needed(result.share or 0.0, one_sided=True)
        headline, sentence = _abx(result, first, second)
    else:
        ties = scores.count(0)
        if plan.method == "ccr":
            result = rating(scores)
            needed = ratings_needed(result.mean or 0.0, result.deviation or 0.0)
            headline, sentence = _ccr(result, first, second)
        else:
            result = proportion(sum(one > 0 for one in scores), len(scores) - ties)
            needed = trials_needed(result.share) if result.share is not None else None
            needed = math.ceil(needed * len(scores) / result.n) if needed is not None else None  # with as many ties
            headline, sentence = _preference(result, ties, first, second)
    if result.n < ENOUGH:
        kind = {"preference": "preferences", "ccr": "ratings", "abx": "answers"}[plan.method]
        headline = TOO_FEW
        sentence = f"{TOO_FEW}: {result.n} {kind}, and fewer than {ENOUGH} cannot tell a difference from luck. {sentence}"
    votes = by_prompt(_by_item(asked, scores))
    return Summary(plan.method, plan.conditions, len(asked), ties, result, votes, needed, noticed, headline, sentence, said)


def _by_item(asked: Sequence[LogEntry], scores: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for record, one in zip(asked, scores, strict=True):
        found.setdefault(record["item"], []).append(one)
    return found


def _preference(result: Proportion, ties: int, first: str, second: str) -> tuple[str, str]:
    share = f"{result.k} of {counted(result.n, 'preference')} ({p_text(result.p)})"
    counts = f"{second} was preferred in {share}, with {counted(ties, 'tie')}."
    if result.p is not None and result.p < LEVEL:
        return f"{second if result.k * 2 > result.n else first} was preferred", counts
    return "No preference shown", f"{counts} This does not show that the two sound equally good."


def _ccr(result: Rating, first: str, second: str) -> tuple[str, str]:
    if result.mean is None:
        return "No ratings", "There are no ratings."
    about = f"Compared with {first}, {second} was rated {result.mean:+.2f} on a scale from -3 to +3 ({p_text(result.p)})."
    if result.p is not None and result.p < LEVEL:
        return f"{second if result.mean > 0 else first} was rated better", about
    return "No difference in rating shown", f"{about} This does not show that the two sound equally good."


def _abx(result: Proportion, first: str, second: str) -> tuple[str, str]:
    counts = f"X was named rightly in {result.k} of {counted(result.n, 'trial')} ({p_text(result.p)}; guessing gives half)."
    if result.p is not None and result.p < LEVEL:
        return "A difference was heard", f"{counts} {first} and {second} could be told apart."
    return "No difference shown", f"{counts} This does not show that {first} and {second} sound the same."
