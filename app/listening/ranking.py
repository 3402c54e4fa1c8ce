"""From paired choices to an order: the Bradley-Terry model with ties (Davidson, 1970), its intervals, and the next pair.

A choice between i and j goes to i, to j or to neither with odds of e^a_i : e^a_j : v e^((a_i + a_j) / 2); a are the strengths.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

CONFIDENCE = 0.95
WIDEST = 4.0  # standard deviation of strengths before anything was heard: one that always wins stays finite
TIES_WIDEST = 2.0  # the same of log v
SETTLED = 0.975  # how sure each neighbour's order must be: it is looked at again and again until it is


@dataclass(frozen=True, eq=False)
class Strengths:
    """Of n conditions: log odds about their mean, float64 [n], and the covariance of what is estimated, [n, n]."""

    values: np.ndarray
    covariance: np.ndarray
    ties: float
    """The model's v; 0 where nobody ever heard no difference."""

    @property
    def order(self) -> list[int]:
        """The conditions, the strongest first."""
        return [int(place) for place in np.argsort(-self.values, kind="stable")]

    def interval(self, one: int) -> tuple[float, float]:
        """95 % (Wald)."""
        margin = float(stats.norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt(self.covariance[one, one]))
        return float(self.values[one]) - margin, float(self.values[one]) + margin

    def sureness(self, one: int, other: int) -> float:
        """How sure it is that their order is the right one, 0.5 to 1."""
        error = self.covariance[one, one] + self.covariance[other, other] - 2 * self.covariance[one, other]
        return float(stats.norm.cdf(abs(self.values[one] - self.values[other]) / np.sqrt(error)))

    def share(self, one: int, other: int) -> float:
        """Of choices between the two that go to one of them: how many to the first."""
        return float(1 / (1 + np.exp(self.values[other] - self.values[one])))

    def unsettled(self, pairs: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
        """Neighbours whose order is not sure, of those `pairs` (i < j) that can be compared at all."""
        neighbours = itertools.pairwise(self.order)
        asked = [pair for pair in neighbours if (min(pair), max(pair)) in pairs]
        return [pair for pair in asked if self.sureness(*pair) < SETTLED]


def fit(wins: np.ndarray, ties: np.ndarray) -> Strengths:
    """`wins[i, j]`: how often i was preferred to j; `ties[i, j]` (i < j): how often neither was. Both [n, n]."""
    count = len(wins)
    ties = np.triu(ties + ties.T, 1)
    first, second = np.triu_indices(count, 1)
    won, lost, tied = wins[first, second], wins[second, first], ties[first, second]
    total = won + lost + tied

    def log_shares(at: np.ndarray) -> np.ndarray:
        """Of the three outcomes, [3, pairs]: `at` holds the strengths, and log v."""
        half = (at[first] - at[second]) / 2
        logs = np.stack([half, -half, np.full_like(half, at[-1])])
        return logs - np.logaddexp.reduce(logs, axis=0)

    def loss(at: np.ndarray) -> float:
        likely = np.sum(np.stack([won, lost, tied]) * log_shares(at))
        return float(-likely + np.sum(at[:-1] ** 2) / (2 * WIDEST**2) + at[-1] ** 2 / (2 * TIES_WIDEST**2))

    def slope(at: np.ndarray) -> np.ndarray:
        one, other, neither = np.exp(log_shares(at))
        by_half = won - lost - total * (one - other)
        found = np.zeros(count + 1)
        np.add.at(found, first, by_half / 2)
        np.add.at(found, second, -by_half / 2)
        found[-1] = np.sum(tied - total * neither)
        found[:-1] -= at[:-1] / WIDEST**2
        found[-1] -= at[-1] / TIES_WIDEST**2
        return -found

    def curvature(at: np.ndarray) -> np.ndarray:
        one, other, neither = np.exp(log_shares(at))
        of_half = total * (one + other - (one - other) ** 2)
        of_ties = total * neither * (1 - neither)
        of_both = -total * neither * (one - other)
        found = np.zeros((count + 1, count + 1))
        for a, sign_a in ((first, 0.5), (second, -0.5)):
            for b, sign_b in ((first, 0.5), (second, -0.5)):
                np.add.at(found, (a, b), sign_a * sign_b * of_half)
            np.add.at(found[-1], a, sign_a * of_both)
        found[:-1, -1] = found[-1, :-1]
        found[-1, -1] = np.sum(of_ties)
        return found + np.diag([1 / WIDEST**2] * count + [1 / TIES_WIDEST**2])

    made = optimize.minimize(loss, np.zeros(count + 1), jac=slope, hess=curvature, method="trust-exact")
    centre = np.eye(count) - 1 / count
    covariance = centre @ np.linalg.inv(curvature(made.x))[:-1, :-1] @ centre
    return Strengths(centre @ made.x[:-1], covariance, float(np.exp(made.x[-1])) if tied.sum() else 0.0)


def next_pair(found: Strengths, heard: np.ndarray, pairs: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The two conditions whose comparison tells most: first every one of `pairs` once, then the neighbours whose order is
    least sure (where they cannot be compared, the pair whose order is). `heard[i, j]`: how often it was."""
    fewest = min(pairs, key=lambda pair: heard[pair])
    if not heard[fewest]:
        return fewest
    neighbours = [(min(pair), max(pair)) for pair in itertools.pairwise(found.order)]
    return min([pair for pair in neighbours if pair in pairs] or pairs, key=lambda pair: (found.sureness(*pair), heard[pair]))
