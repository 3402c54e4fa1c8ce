"""A clip's features as another speaker might have given them."""

import numpy as np

from engine.models.wren import vocabulary
from engine.models.wren.vocabulary import Vocabulary
from engine.training import hearsay
from engine.training.corpus import SpeechClip
from engine.training.turns import Mix, Turns

FLOOR, CLASSES, POSITIONS = -8.0, 40, 400


def _features(rng, gap):
    """Of each frame one phone is surest, and another by `gap` nats less; both as the listener's features, uint8."""
    logs = np.full((2 * POSITIONS, CLASSES), FLOOR)
    first, second = rng.permuted(np.tile(np.arange(CLASSES), (2 * POSITIONS, 1)), axis=1)[:, :2].T
    logs[np.arange(len(logs)), first], logs[np.arange(len(logs)), second] = -0.1, -0.1 - gap
    return np.round((1 - logs / FLOOR) * 255).astype(np.uint8).reshape(POSITIONS, -1), first, second


def _surest(features):
    return features.reshape(2 * POSITIONS, -1).argmax(1)


def test_phones_that_were_nearly_taken_for_each_other_change_places_and_no_others():
    rng = np.random.default_rng(0)
    near, first, second = _features(rng, 1.0)
    changed = [_surest(hearsay.of_another_speaker(near, FLOOR, rng)) for _ in range(20)]
    others = np.mean([found != first for found in changed])
    assert 0.05 < others < 0.4
    assert np.mean([found == second for found in changed]) > 0.9 * others
    far, first, _ = _features(rng, 7.0)
    assert np.mean([_surest(hearsay.of_another_speaker(far, FLOOR, rng)) != first for _ in range(20)]) < 0.03


def test_a_phone_that_a_speaker_says_oddly_is_odd_all_through_the_clip():
    rng = np.random.default_rng(1)
    near, first, _ = _features(rng, 1.0)
    shares = []
    for _ in range(20):
        wrong = _surest(hearsay.of_another_speaker(near, FLOOR, rng)) != first
        shares.append([wrong[first == phone].mean() for phone in range(CLASSES)])
    by_chance = np.sqrt(np.mean(shares) * (1 - np.mean(shares)) / (2 * POSITIONS / CLASSES))
    assert np.std(shares, 1).mean() > 1.2 * by_chance


def test_silence_in_place_of_a_frame_stays_and_probabilities_sum_to_one():
    rng = np.random.default_rng(2)
    features, _, _ = _features(rng, 1.0)
    features[-1, CLASSES:] = 0
    found = hearsay.of_another_speaker(features, FLOOR, rng)
    assert found.dtype == np.uint8 and found.shape == features.shape
    assert not found[-1, CLASSES:].any()
    sums = np.exp((1 - found.reshape(-1, CLASSES)[:-1] / 255) * FLOOR).sum(1)
    assert np.abs(sums - 1).max() < 0.1


def test_about_half_of_the_questions_that_are_learned_from_are_asked_by_another_speaker(tmp_path):
    vocabulary.train(["say dog"] * 20, 260, 40).save(str(tmp_path / "tokenizer.json"))
    features, _, _ = _features(np.random.default_rng(3), 1.0)
    clip = SpeechClip(0, 100, "say dog", "v", (), "diverse")
    turns = Turns(Vocabulary.load(tmp_path / "tokenizer.json"), [(clip, features)], {}, 4, 16, Mix(1.0, 0, 0, 0, 0), 0)
    kept = [(turns.draw().features[0] == features).all(1).mean() > 0.5 for _ in range(100)]  # a moment that is lost is not it
    assert 35 < sum(kept) < 65
