"""What the answers of a listening test show, and how surely: pure functions over counts and scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.05
CONFIDENCE = 0.95
POWER = 0.8  # of tests that shall find what is there
MOST_TRIALS = 5000


@dataclass(frozen=True)
class Proportion:
    """`k` of `n`, the exact binomial p-value against one half (None without answers) and the 95 % Wilson interval."""

    k: int
    n: int
    p: float | None
    low: float
    high: float

    @property
    def share(self) -> float | None:
        return self.k / self.n if self.n else None


@dataclass(frozen=True)
class Rating:
    """The mean of `n` scores with its 95 % confidence interval (Student's t), and the two-sided p-value against 0.

    None where it is not defined: no mean of nothing, no interval of a single score."""

    n: int
    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None
    p: float | None


def proportion(k: int, n: int, one_sided: bool = False) -> Proportion:
    """The exact binomial test of `k` successes in `n` answers against chance; one-sided asks for more than chance."""
    if not n:
        return Proportion(0, 0, None, 0.0, 1.0)
    test = stats.binomtest(k, n, 0.5, alternative="greater" if one_sided else "two-sided")
    interval = stats.binomtest(k, n, 0.5).proportion_ci(CONFIDENCE, method="wilson")
    return Proportion(k, n, float(test.pvalue), float(interval.low), float(interval.high))


def rating(scores: Sequence[float]) -> Rating:
    """Comparison category ratings, -3..+3."""
    n = len(scores)
    if n < 2:
        return Rating(n, float(scores[0]) if n else None, None, None, None, None)
    mean, deviation = float(np.mean(scores)), float(np.std(scores, ddof=1))
    error = deviation / math.sqrt(n)
    margin = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)) * error
    if error:
        p = float(2 * stats.t.sf(abs(mean) / error, n - 1))
    else:
        p = 1.0 if mean == 0 else 0.0  # all scores are the same: what the limit of the t-test gives
    return Rating(n, mean, deviation, mean - margin, mean + margin, p)


def by_prompt(scores: Mapping[int, Sequence[float]]) -> Proportion:
    """The exact two-sided sign test over prompts: of those whose `scores` lean to one side, how many to the positive one.

    One vote per prompt, however often it was asked about: what it shows holds for prompts like these."""
    sums = [sum(one) for one in scores.values()]
    return proportion(sum(one > 0 for one in sums), sum(one != 0 for one in sums))


def trials_needed(share: float, one_sided: bool = False) -> int | None:
    """Answers after which the exact binomial test finds a true `share` in `POWER` of all tests; None if over `MOST_TRIALS`."""
    share = max(share, 1 - share) if not one_sided else share
    if share <= 0.5:
        return None
    counts = np.arange(1, MOST_TRIALS + 1)
    level = LEVEL if one_sided else LEVEL / 2
    critical = stats.binom.isf(level, counts, 0.5) + 1  # the fewest successes that are significant
    enough = stats.binom.sf(critical - 1, counts, share) >= POWER
    last = np.flatnonzero(~enough)  # the power is a saw: it must not fall below any more
    return None if len(last) and last[-1] == MOST_TRIALS - 1 else int(counts[last[-1] + 1]) if len(last) else 1


def ratings_needed(mean: float, deviation: float) -> int | None:
    """The same for the two-sided t-test of ratings with that mean and standard deviation."""
    if mean == 0:
        return None
    if deviation == 0:
        return 2
    counts = np.arange(2, MOST_TRIALS + 1)
    critical = stats.t.ppf(1 - LEVEL / 2, counts - 1)
    enough = np.flatnonzero(stats.nct.sf(critical, counts - 1, abs(mean) / deviation * np.sqrt(counts)) >= POWER)
    return int(counts[enough[0]]) if len(enough) else None


def p_text(p: float | None) -> str:
    """A p-value as it is printed: "p = 0.041", "p < 0.001"."""
    if p is None:
        return "no p-value"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def percent(share: float, digits: int = 0) -> str:
    """0.8333 -> "83 %"."""
    return f"{100 * share:.{digits}f} %"
