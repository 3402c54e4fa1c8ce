"""The numbers are those of scipy and of published tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from app.listening.statistics import p_text, proportion, rating


@pytest.mark.parametrize("n", [1, 9, 16, 40])
def test_proportions_equal_the_exact_binomial_and_wilson(n):
    z = stats.norm.ppf(0.975)
    for k in range(n + 1):
        one, two = proportion(k, n, one_sided=True), proportion(k, n)
        assert one.p == pytest.approx(sum(math.comb(n, i) for i in range(k, n + 1)) / 2**n)
        assert two.p == pytest.approx(stats.binomtest(k, n).pvalue)
        share, middle = k / n, (k / n + z**2 / (2 * n)) / (1 + z**2 / n)
        margin = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        assert (two.low, two.high) == pytest.approx((middle - margin, middle + margin), abs=1e-12)


def test_known_values():
    assert round(proportion(12, 16, one_sided=True).p, 3) == 0.038
    assert round(proportion(15, 20, one_sided=True).p, 3) == 0.021
    twelve, sixty = proportion(12, 16), proportion(60, 100)
    assert (round(twelve.low, 3), round(twelve.high, 3)) == (0.505, 0.898)
    assert (round(sixty.low, 3), round(sixty.high, 3)) == (0.502, 0.691)
    assert proportion(33, 50).p < 0.05 < proportion(32, 50).p


def test_ratings_equal_the_t_test():
    scores = np.random.default_rng(1).integers(-3, 4, 24)
    found, test = rating(scores), stats.ttest_1samp(scores, 0)
    assert found.p == pytest.approx(test.pvalue) and found.mean == pytest.approx(scores.mean())
    assert (found.low, found.high) == pytest.approx(tuple(test.confidence_interval(0.95)))
    assert found.deviation == pytest.approx(scores.std(ddof=1))


def test_what_is_not_defined_is_none():
    assert proportion(0, 0).p is None and proportion(0, 0).share is None
    assert rating([]).mean is None and rating([2]).mean == 2 and rating([2]).low is None
    assert rating([0, 0, 0]).p == 1 and rating([1, 1, 1]).p == 0 and rating([1, 1]).low == 1
    assert [p_text(p) for p in (None, 0.0001, 0.0414, 1)] == ["no p-value", "p < 0.001", "p = 0.041", "p = 1.000"]
