"""What a listener of known taste thinks is what the statistics say, over forty prompts and a hundred runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from app.listening.statistics import LEVEL, by_prompt, proportion, ratings_needed, trials_needed
from app.listening.summary import summarise
from tests.app.listening.listeners import SECOND, answered, names_x, prefers_second

RUNS = 100


@pytest.mark.parametrize("method", ["preference", "ccr", "abx"])
def test_a_listener_without_a_preference_is_seldom_said_to_have_one(method):
    answer = names_x(0.5) if method == "abx" else prefers_second(0.5)
    found = [summarise(answered(method, seed, answer)) for seed in range(RUNS)]
    wrong = sum(one.result.p < LEVEL for one in found)
    assert wrong <= 0.06 * RUNS
    assert sum(one.prompts.p < LEVEL for one in found) <= 0.06 * RUNS
    said = [one.headline for one in found if one.result.p >= LEVEL]
    assert not any("was preferred" in one or "was rated better" in one or "was heard" in one for one in said)


@pytest.mark.parametrize("method", ["preference", "ccr", "abx"])
def test_a_listener_with_a_preference_is_found_out(method):
    answer = names_x(0.85) if method == "abx" else prefers_second(0.85)
    found = [summarise(answered(method, seed, answer)) for seed in range(RUNS)]
    assert sum(one.result.p < LEVEL for one in found) >= 0.97 * RUNS
    assert all(one.attention.passed for one in found) or method == "abx"
    assert {one.headline for one in found if one.result.p < LEVEL} <= {
        f"{SECOND} was preferred",
        f"{SECOND} was rated better",
        "A difference was heard",
    }
    figures = dict(found[0].figures)
    assert any("Sign test over prompts" in name for name in figures) and any("80 % power" in name for name in figures)


def test_every_prompt_is_heard_once_and_both_ways_are_equally_often():
    for seed in range(20):
        asked = [trial for trial in answered("preference", seed, prefers_second(0.5)).plan.trials if trial.role == "test"]
        assert sorted(trial.item for trial in asked) == list(range(40))
        assert sum(trial.a == "first" for trial in asked) == 20


def test_one_prompt_that_was_asked_often_does_not_speak_for_the_others():
    scores = {0: [1] * 30, 1: [-1, 1], 2: [1], 3: [-1], 4: [-1]}
    votes = by_prompt(scores)
    assert (votes.k, votes.n) == (2, 4) and votes.p == 1.0
    assert proportion(32, 36).p < 0.001


@pytest.mark.parametrize(("share", "one_sided"), [(0.9, False), (0.7, False), (0.7, True), (0.3, False), (0.58, False)])
def test_so_many_trials_find_the_effect(share, one_sided):
    """Against the power by its definition."""

    def power(n: int) -> float:
        side = "greater" if one_sided else "two-sided"
        significant = [k for k in range(n + 1) if stats.binomtest(k, n, 0.5, alternative=side).pvalue < LEVEL]
        return float(sum(stats.binom.pmf(k, n, share) for k in significant))

    needed = trials_needed(share, one_sided)
    assert power(needed) >= 0.795 and power(round(0.85 * needed)) < 0.8


def test_where_there_is_no_effect_no_number_finds_it():
    assert trials_needed(0.5) is None and trials_needed(0.4, one_sided=True) is None and trials_needed(0.501) is None
    assert ratings_needed(0.0, 1.0) is None
    needed, chance = ratings_needed(0.5, 1.0), np.random.default_rng(0)
    tests = [stats.ttest_1samp(chance.normal(0.5, 1.0, needed), 0).pvalue < LEVEL for _ in range(2000)]
    assert np.mean(tests) == pytest.approx(0.8, abs=0.03)
