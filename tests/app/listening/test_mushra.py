"""MUSHRA after ITU-R BS.1534-3: the anchors' spectra, the order that the seed draws, screening, and webMUSHRA's columns."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np
import pytest

from app.listening import results
from app.listening.anchors import LOW, MID, low_passed
from app.listening.mushra_plan import LOW_ANCHOR, MID_ANCHOR, make_mushra, stimuli
from app.listening.mushra_summary import COLUMNS, interval_text, scores_csv, summarise_mushra
from app.listening.plan import ListeningItem, ReplyClip, usable
from app.listening.results import StoredTest, TrialAnswer
from app.listening.statistics import rating
from tests.app.listening.listeners import items
from tests.app.pages.compare.sounds import noise

NAMES = ("full", "spark:k=4,last@8", "spark:even@6", "spark:even@4")
WORTH = {"full": 98, NAMES[1]: 88, NAMES[2]: 70, NAMES[3]: 52, MID_ANCHOR: 45, LOW_ANCHOR: 20}
PROMPTS = 12


def taken(folder, deaf: bool = False, seed: int = 0) -> StoredTest:
    """One who knows what is what, give or take a little; one who is `deaf` rates everything alike."""
    test = results.start(folder, results.make("mushra", NAMES, items(PROMPTS, NAMES), 40, 1.0, 11), items(PROMPTS, NAMES))
    chance = np.random.default_rng(seed)
    while (trial := test.next_trial) is not None:
        worth = dict.fromkeys(WORTH, 60) if deaf else WORTH
        scores = {name: int(np.clip(chance.normal(worth[name], 20 if deaf else 2), 0, 100)) for name in trial.order}
        test.record_scores(trial, scores, TrialAnswer(0, 12.5, (1.0,) * 7))
    return test


@pytest.mark.parametrize(("cutoff", "nothing_from"), [(LOW, 4000.0), (MID, 7500.0)])
@pytest.mark.parametrize("rate", [22_050, 24_000, 48_000])
def test_an_anchor_is_the_reference_up_to_its_cutoff_and_nothing_above(cutoff, nothing_from, rate):
    """The standard's mask: flat to 0.1 dB, 25 dB less half a kilohertz above the cutoff, 50 dB less at a kilohertz."""
    reference = noise(4.0, rate=rate)
    anchor = low_passed(reference, rate, cutoff)
    assert len(anchor) == len(reference) and anchor.dtype == np.float32
    before, after = (np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2 for sound in (reference, anchor))
    frequency = np.fft.rfftfreq(len(reference), 1 / rate)

    def change(low: float, high: float) -> float:
        band = (frequency >= low) & (frequency < high)
        return 10 * float(np.log10(after[band].sum() / before[band].sum()))

    assert abs(change(50, cutoff - 50)) < 0.1 and abs(change(cutoff - 300, cutoff - 50)) < 0.2
    assert change(nothing_from, nothing_from + 200) < -25 and change(nothing_from + 500, rate / 2) < -50
    middle = slice(rate, 3 * rate)
    lags = [float(anchor[middle] @ np.roll(reference, lag)[middle]) for lag in range(-20, 21)]
    assert int(np.argmax(lags)) == 20, "nothing is shifted in time"


def test_a_sound_without_upper_frequencies_stays_as_it_is():
    sound = noise(1.0, rate=8000)
    assert low_passed(sound, 8000, MID) is sound and len(low_passed(sound[:0], 24_000, LOW)) == 0


def test_what_is_rated_has_one_rate_and_one_length():
    clips = (ReplyClip(noise(1.0, rate=16_000), 16_000, "same", "full"), ReplyClip(noise(1.5, rate=24_000), 24_000, "same", "b"))
    found, rate = stimuli(ListeningItem("q", clips), ("full", "b"))
    assert rate == 24_000 and list(found) == ["full", "b", LOW_ANCHOR, MID_ANCHOR]
    assert {len(sound) for sound in found.values()} == {36_000}
    other = ListeningItem("q", (clips[0], ReplyClip(clips[1].samples, 24_000, "other words", "b")))
    assert [len(usable([item], "mushra", ("full", "b"))) for item in (other, ListeningItem("q", clips))] == [0, 1]


def test_the_order_is_drawn_and_the_same_again():
    plan, answers, places = make_mushra(NAMES, PROMPTS, 40, seed=5), {}, Counter()
    seen = []
    while (trial := plan.next_trial(answers)) is not None:
        assert trial == make_mushra(NAMES, PROMPTS, 40, seed=5).next_trial(answers)
        assert sorted(trial.order) == sorted(plan.stimuli) and len(trial.order) == 6
        places[trial.order.index("full")] += 1
        seen.append(trial.item)
        answers[trial.number] = {}
    assert sorted(seen) == list(range(PROMPTS)) and len(places) > 3
    assert make_mushra(NAMES, PROMPTS, 5).most == 5
    for wrong in ((NAMES, 0), (NAMES[:1], 3)):
        with pytest.raises(ValueError, match="two conditions or more"):
            make_mushra(*wrong, 5)


def test_who_does_not_find_the_hidden_reference_is_left_out(tmp_path):
    good, deaf = taken(tmp_path), taken(tmp_path, deaf=True, seed=1)
    alone, both = summarise_mushra([good]), summarise_mushra([good, deaf])
    assert both.attention.left_out == [deaf.listener] and not both.attention.passed and alone.attention.passed
    assert both.scores == alone.scores and both.trials == PROMPTS
    assert "left out of the result" in both.attention.sentence
    means = [alone.result[name].mean for name in (*NAMES, MID_ANCHOR, LOW_ANCHOR)]
    assert means == sorted(means, reverse=True)
    assert all(found.low < WORTH[name] + 1 and found.high > WORTH[name] - 1 for name, found in alone.result.items())
    only = summarise_mushra([deaf])
    assert only.headline == "No listener passed the post-screening" and "not to be relied on" in only.attention.sentence
    with pytest.raises(ValueError, match="every trial"):
        summarise_mushra([results.start(tmp_path, make_mushra(NAMES, 3, 3), items(3, NAMES))])


def test_one_slip_in_twelve_is_forgiven_and_a_fifth_is_not(tmp_path):
    for slips, passed in ((1, True), (2, False)):
        test = taken(tmp_path / str(slips))
        for number in range(1, slips + 1):
            test.answers[number]["scores"]["full"] = 89
        assert summarise_mushra([test]).attention.passed == passed
    test = taken(tmp_path / "anchor")
    for number in range(1, 3):
        test.answers[number]["scores"][MID_ANCHOR] = 91
    assert not summarise_mushra([test]).attention.passed


def test_the_table_is_webmushras(tmp_path):
    tests = [taken(tmp_path), taken(tmp_path, deaf=True, seed=1)]
    rows = list(csv.DictReader(io.StringIO(scores_csv(tests))))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 2 * PROMPTS * 6
    assert {row["rating_stimulus"] for row in rows} == {"reference", *NAMES[1:], LOW_ANCHOR, MID_ANCHOR}
    assert len({row["listener"] for row in rows}) == 2 and {row["rating_time"] for row in rows} == {"12500"}
    said = {(row["trial_id"], row["rating_comment"]) for row in rows}
    assert said == {(f"prompt{number + 1}", f"Question {number}") for number in range(PROMPTS)}, "in whatever order it was heard"
    first = [row for row in rows if row["listener"] == tests[0].listener]
    for name, stimulus in (("full", "reference"), (NAMES[3], NAMES[3])):
        read = [float(row["rating_score"]) for row in first if row["rating_stimulus"] == stimulus]
        assert rating(read) == summarise_mushra(tests[:1]).result[name]


def test_it_goes_on_where_it_was(tmp_path):
    test = results.start(tmp_path, make_mushra(NAMES, 5, 5, seed=1), items(5, NAMES))
    for _ in range(2):
        test.record_scores(test.next_trial, dict.fromkeys(test.next_trial.order, 50), TrialAnswer(0, 1.0))
    again = results.resume(test.folder)
    assert again.next_trial == test.next_trial and again.next_trial.number == 3 and again.answers == test.answers
    assert interval_text(rating([])) == "–" and interval_text(rating([50.0])) == "50.0"
