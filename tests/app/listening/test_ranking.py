"""Listeners to whom some schedules sound better than others: the order comes out, its intervals hold, and early."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.listening import ranking, results
from app.listening.plan import ListeningItem
from app.listening.ranking import fit, next_pair
from app.listening.ranking_plan import make_ranking
from app.listening.results import StoredTest, TrialAnswer
from app.listening.summary import summarise
from tests.app.listening.listeners import answered, by_strength, items

NAMES = ("full", "spark:k=4,last@8", "spark:even@6", "spark:even@4")
STRENGTHS = dict(zip(NAMES, (1.2, 0.4, -0.4, -1.2)))
TIES, RUNS, MOST = 0.3, 100, 240
PAIRS = [(one, other) for other in range(4) for one in range(other)]


def permuted(seed: int) -> tuple[str, ...]:
    """So that no order in which they stand is the right one."""
    return tuple(NAMES[place] for place in np.random.default_rng(seed).permutation(len(NAMES)))


def taken(seed: int) -> StoredTest:
    return answered("ranking", seed, by_strength(STRENGTHS, TIES), 40, MOST, permuted(seed))


def test_the_order_comes_out_soon_and_the_intervals_cover_what_is_so():
    right, covered, choices = 0, [], []
    for seed in range(RUNS):
        test = taken(seed)
        found, names = summarise(test), test.plan.conditions
        right += [names[one] for one in found.result.order] == list(NAMES)
        for place, name in enumerate(names):
            low, high = found.result.interval(place)
            covered.append(low <= STRENGTHS[name] <= high)
        choices.append(found.trials)
    assert right >= 97
    assert 0.92 <= np.mean(covered)
    assert np.mean(choices) < 0.7 * np.mean([_by_chance(seed) for seed in range(30)])


def _by_chance(seed: int) -> int:
    """Choices between any two that settle the order."""
    dice, (wins, ties) = np.random.default_rng(seed), np.zeros((2, 4, 4))
    values = list(STRENGTHS.values())
    for count in range(1, MOST + 1):
        one, other = dice.choice(4, 2, replace=False)
        odds = np.array([np.exp(values[one]), TIES * np.exp((values[one] + values[other]) / 2), np.exp(values[other])])
        outcome = dice.choice(3, p=odds / odds.sum())
        if outcome == 1:
            ties[one, other] += 1
        else:
            wins[(one, other) if outcome == 0 else (other, one)] += 1
        if count >= 12 and not fit(wins, ties).unsettled(PAIRS):
            break
    return count


def test_a_listener_to_whom_all_are_the_same_gets_no_order():
    same = by_strength(dict.fromkeys(NAMES, 0.0), 1.0)
    found = [summarise(answered("ranking", seed, same, 40, 60, NAMES)) for seed in range(20)]
    assert sum("is the best" in one.headline for one in found) <= 1
    assert all("not settled" in one.headline or "in part" in one.headline or "is the best" in one.headline for one in found)
    assert any("does not show that these sound equally good" in one.sentence for one in found)


def test_a_plan_is_balanced_and_the_same_again():
    for test in map(taken, range(5)):
        asked = [answer for answer in test.answers.values() if answer["role"] == "test"]
        sides = Counter((answer["A"], answer["B"]) for answer in asked)
        assert all(abs(sides[a, b] - sides[b, a]) <= 1 for a, b in sides)
        roles = Counter(answer["role"] for answer in test.answers.values())
        assert abs(roles["broken"] - len(asked) / 10) <= 2 and roles["identical"] > 0 and test.answers[1]["role"] == "test"
        again = results.make("ranking", test.plan.conditions, test.items, MOST, 1.0, test.plan.seed)
        earlier: dict = {}
        for number, answer in test.answers.items():
            trial = again.next_trial(earlier)
            assert (trial.number, trial.item, trial.role) == (number, answer["item"], answer["role"])
            earlier[number] = answer
        assert again.next_trial(earlier) is None


def test_ties_alone_and_one_that_always_wins_stay_finite():
    nothing, ties = np.zeros((3, 3)), np.zeros((3, 3))
    ties[0, 1] = ties[1, 2] = ties[0, 2] = 10
    found = fit(nothing, ties)
    assert np.allclose(found.values, 0, atol=1e-6) and len(found.unsettled(PAIRS)) == 2
    wins = np.zeros((3, 3))
    wins[0, 1:] = wins[1, 2] = 20
    found = fit(wins, nothing)
    assert found.order == [0, 1, 2] and not found.unsettled(PAIRS) and np.isfinite(found.covariance).all() and found.ties == 0
    assert 0.9 < found.share(0, 1) < 1


def test_strengths_are_those_of_the_model():
    """Two conditions: the log odds of the choices, and as sure as the binomial says."""
    wins, ties = np.array([[0, 300.0], [100, 0]]), np.zeros((2, 2))
    found = fit(wins, ties)
    assert found.values[0] - found.values[1] == pytest.approx(np.log(3), abs=0.02)
    low, high = found.interval(0)
    assert (high - low) == pytest.approx(1.96 * np.sqrt(1 / 300 + 1 / 100), rel=0.02)  # of half the difference
    assert found.share(0, 1) == pytest.approx(0.75, abs=0.01)


def test_pairs_of_one_sound_are_never_asked(tmp_path):
    given = items(4, NAMES[:3])
    copies = [replace(item.clips[0], schedule=NAMES[1]) for item in given]
    same = [
        ListeningItem(item.prompt, (item.clips[0], copy, item.clips[2])) for item, copy in zip(given, copies, strict=True)
    ]
    plan = make_ranking(NAMES[:3], same, 40, seed=1)
    assert set(plan.askable) == {(0, 2), (1, 2)}
    test = results.start(tmp_path, plan, same)
    while (trial := test.next_trial) is not None:
        assert set(trial.pair) != {NAMES[0], NAMES[1]} or trial.role != "test"
        test.record(trial, TrialAnswer(0, 1.0))
    short = results.make("ranking", NAMES, items(3, NAMES), 8, 1.0, 0)
    assert len(short.broken_items) == 1 and short.most == 10, "attention is checked in a short one, too"
    assert next_pair(fit(np.zeros((3, 3)), np.zeros((3, 3))), np.ones((3, 3)), [(0, 2)]) == (0, 2)
    with pytest.raises(ValueError, match="makes the same sound as all others"):
        make_ranking(NAMES[:2], [ListeningItem(item.prompt, item.clips[:2]) for item in same], 40)


def test_two_of_one_sound_do_not_keep_it_from_ending():
    """As many schedules say the same to a question: the pair that is never asked is no open question."""
    given = [
        ListeningItem(item.prompt, (*item.clips[:2], replace(item.clips[1], schedule=NAMES[2]))) for item in items(5, NAMES[:2])
    ]
    plan, answers, chance = make_ranking(NAMES[:3], given, 80, seed=3), {}, np.random.default_rng(0)
    answer = by_strength({NAMES[0]: 0.6, NAMES[1]: -0.3, NAMES[2]: -0.3}, 0.1)
    while (trial := plan.next_trial(answers)) is not None:
        of = {"first": trial.pair[0], "second": trial.pair[1], "broken": "degraded copy"}
        value = answer(trial, chance)
        answers[trial.number] = {
            "trial": trial.number, "role": trial.role, "item": trial.item, "X": None, "underruns": 0,
            "A": of[trial.a], "B": of[trial.b], "value": value,
        }
    found = summarise(StoredTest(Path(), plan, given, {}, "", answers))
    assert 16 <= found.trials < 80 and found.headline.startswith(f"{NAMES[0]} is the best")
    assert any("never compared" in caveat for caveat in found.caveats)


def test_a_ranking_goes_on_where_it_was(tmp_path):
    answer, chance = by_strength(STRENGTHS, TIES), np.random.default_rng(0)
    test = results.start(tmp_path, results.make("ranking", NAMES, items(5, NAMES), 40, 1.0, 3), items(5, NAMES))
    for _ in range(17):
        test.record(test.next_trial, TrialAnswer(answer(test.next_trial, chance), 1.0, (1.0, 1.0)))
    again = results.resume(test.folder)
    assert again.next_trial == test.next_trial and again.next_trial.number == 18
    (found,) = results.unfinished(tmp_path)
    assert (found.method, found.answered, found.trials) == ("ranking", 17, again.plan.most)
    assert ranking.SETTLED < 1
