"""Quiet speech is brought up while it arrives, and everything else stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from engine.speech.level import RATE, Leveller


def syllables(peak: float, seconds: float = 2.0) -> np.ndarray:
    at = np.arange(int(seconds * RATE)) / RATE
    return (peak * np.sin(2 * np.pi * 200 * at) * np.sin(2 * np.pi * 2 * at) ** 2).astype(np.float32)


def levelled(samples: np.ndarray, *cuts: int) -> np.ndarray:
    leveller = Leveller()
    return np.concatenate([*(leveller.feed(piece) for piece in np.split(samples, cuts)), leveller.finish()])


def test_any_split_gives_the_same_and_nothing_is_lost():
    samples = np.concatenate([0.001 * np.random.default_rng(0).standard_normal(9000).astype(np.float32), syllables(0.01)])
    whole = levelled(samples)
    assert len(whole) == len(samples)
    np.testing.assert_array_equal(levelled(samples, 1, 1, 318, 5000, 5001, 30000), whole)
    assert levelled(samples[:0]).size == 0 and len(levelled(samples[:7])) == 7


@pytest.mark.parametrize("down", (-30, -40, -45))
def test_quiet_speech_comes_to_a_usual_level(down):
    peak = 20 * np.log10(np.abs(levelled(syllables(10 ** (down / 20)))[RATE // 2 :]).max())
    assert -18.5 < peak < -15


def test_there_is_a_most_that_it_is_brought_up():
    assert np.abs(levelled(syllables(10 ** (-70 / 20)))).max() == pytest.approx(10 ** (-40 / 20), rel=0.02)


@pytest.mark.parametrize("peak", (1.0, 0.15))
def test_a_usual_level_stays_as_it_is(peak):
    spectra = [np.abs(np.fft.rfft(sound)) for sound in (levelled(syllables(peak)), syllables(peak))]
    np.testing.assert_allclose(*spectra, atol=0.01 * spectra[1].max())


def test_a_click_before_quiet_speech_does_not_keep_it_quiet():
    samples = np.concatenate([np.zeros(RATE // 2, np.float32), syllables(0.01)])
    samples[1000:1100] = 0.5
    assert np.abs(levelled(samples)[RATE:]).max() > 0.1


def test_loud_speech_after_a_pause_is_not_lifted_beyond_full_scale():
    samples = np.concatenate([0.001 * np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32), syllables(0.9)])
    made = levelled(samples)
    assert np.abs(made).max() < 1 and np.abs(made[:RATE]).max() > 0.05


def test_an_offset_goes_without_a_jolt_at_the_start():
    made = levelled(syllables(0.3) + np.float32(0.2))
    assert abs(made.mean()) < 0.01 and np.abs(made[:300]).max() < 0.02
