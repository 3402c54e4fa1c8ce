"""How sure a measured rate is: the questions are drawn again, with replacement, as if others had been asked.

Efron's percentile bootstrap. Where every question gave the same there is nothing to draw, and the interval has no width.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROUNDS = 2000
_BOUNDS = (2.5, 97.5)


@dataclass(frozen=True)
class Estimate:
    """A rate and the interval that holds it with 95 % confidence."""

    value: float
    low: float
    high: float


def rate(pairs: np.ndarray) -> Estimate | None:
    """pairs [questions, 2] of (amount, out of) -> the rate; None if there is nothing it is out of."""
    return difference(pairs, None)


def difference(pairs: np.ndarray, others: np.ndarray | None) -> Estimate | None:
    """The rate of `pairs` minus that of `others`, row by row the same questions, which are drawn together."""
    both = [one for one in (pairs, others) if one is not None]
    if not len(pairs) or any(not one[:, 1].sum() for one in both):
        return None
    count = len(pairs)
    drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), ROUNDS)
    value, spread = _rates(pairs.sum(0, keepdims=True)), _rates(drawn @ pairs)
    if others is not None:
        value, spread = value - _rates(others.sum(0, keepdims=True)), spread - _rates(drawn @ others)
    low, high = np.nanpercentile(spread, _BOUNDS)
    return Estimate(float(value[0]), float(low), float(high))


def _rates(sums: np.ndarray) -> np.ndarray:
    """No number where a draw has nothing that its amount is out of."""
    return np.divide(sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] > 0)
