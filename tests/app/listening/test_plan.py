"""The order of a test is balanced and random, and everything about it follows from the seed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from app.listening.degrade import degrade
from app.listening.plan import ENOUGH, ListeningItem, ReplyClip, make_plan, schedules_in, usable
from tests.app.pages.blind.listener import FIRST, RATE, SECOND, items

PAIR = (FIRST, SECOND)


@pytest.mark.parametrize("method", ["preference", "ccr", "abx"])
@pytest.mark.parametrize(("many", "count"), [(1, 16), (3, 16), (4, 20), (12, 24), (40, 16)])
def test_every_pair_comes_both_ways_equally_often(method, many, count):
    for seed in range(20):
        plan = make_plan(method, PAIR, many, count, seed=seed)
        asked = [trial for trial in plan.trials if trial.role == "test"]
        assert len(asked) == count
        ways = Counter((trial.item, trial.a) for trial in asked)
        used = {trial.item for trial in asked}
        if many >= count:  # each once
            assert len(used) == count and sum(trial.a == "first" for trial in asked) == count // 2
        else:
            assert len(used) == min(many, count // 2)
            assert all(ways[item, "first"] == ways[item, "second"] for item in used)
        assert max(ways.values()) - min(ways.values()) <= 1, "no item is asked much more often than another"
        assert {trial.a for trial in asked} == {trial.b for trial in asked} == {"first", "second"}
        assert [trial.number for trial in plan.trials] == list(range(1, len(plan.trials) + 1))
        assert plan.trials[0].role == "test"
        roles = Counter(trial.role for trial in plan.trials)
        assert roles["identical"] == roles["broken"] == max(1, count // 10)
        for trial in plan.trials:
            assert (trial.a == trial.b) == (trial.role == "identical")
            assert ("broken" in (trial.a, trial.b)) == (trial.role == "broken")
            assert (trial.x is not None) == (method == "abx") and len(trial.sources) == 2 + (method == "abx")


def test_the_seed_makes_the_plan_and_is_secret_otherwise():
    assert make_plan("abx", PAIR, 5, 20, seed=1) == make_plan("abx", PAIR, 5, 20, seed=1)
    assert make_plan("abx", PAIR, 5, 20, seed=1).trials != make_plan("abx", PAIR, 5, 20, seed=2).trials
    fresh = {make_plan("abx", PAIR, 5, 20).seed for _ in range(20)}
    assert len(fresh) == 20 and max(fresh) < 2**53


def test_every_position_is_a_fair_draw():
    plans = [make_plan("abx", PAIR, 4, 16, seed=seed) for seed in range(1000)]
    asked = np.array([[(t.a == "first", t.x == "A") for t in plan.trials if t.role == "test"] for plan in plans])
    assert np.all(np.abs(asked.mean(axis=0) - 0.5) < 0.08), "five standard errors"
    per_test = asked[:, :, 1].sum(axis=1)
    assert per_test.var() == pytest.approx(16 / 4, rel=0.25), "X is independent from trial to trial, as the test assumes"


def test_what_cannot_be_planned_is_refused():
    with pytest.raises(ValueError, match="at least one item"):
        make_plan("ccr", PAIR, 0, 16)
    with pytest.raises(ValueError, match="even number"):
        make_plan("ccr", PAIR, 3, 15)
    assert ENOUGH == 16


def test_abx_takes_only_the_same_words():
    given = [*items(2, same_words=False), *items(1)]
    assert schedules_in(given) == [FIRST, SECOND]
    assert len(usable(given, "preference", PAIR)) == 3
    assert usable(given, "abx", PAIR) == given[2:]
    sound = np.ones(9, np.float32)
    clips = (ReplyClip(sound, RATE, "It's four!", FIRST), ReplyClip(sound, RATE, "it's  four", SECOND))
    assert usable([ListeningItem("q", clips)], "abx", PAIR)
    silent = ListeningItem("q", (clips[0], ReplyClip(np.zeros(0, np.float32), RATE, "It's four!", SECOND)))
    assert not usable([silent, ListeningItem("q", clips[:1])], "preference", PAIR)


def test_a_degraded_copy_is_bad_and_gives_nothing_away_before_it_is_heard():
    time = np.arange(2 * RATE) / RATE
    speech = (0.2 * np.sin(2 * np.pi * 220 * time)).astype(np.float32)
    broken = degrade(speech, RATE)
    assert broken.dtype == np.float32 and len(broken) == len(speech) and np.abs(broken).max() <= 1
    assert np.sqrt(np.mean(broken**2)) == pytest.approx(np.sqrt(np.mean(speech**2)), rel=0.05)
    gain = np.dot(broken, speech) / np.dot(speech, speech)
    noise = np.sum((broken - gain * speech) ** 2) / np.sum((gain * speech) ** 2)
    assert 10 * np.log10(noise) > -3, "distortion about as strong as the speech"
    assert np.array_equal(broken, degrade(speech, RATE)) and not len(degrade(speech[:0], RATE))
    assert not degrade(np.zeros(RATE, np.float32), RATE).any()
