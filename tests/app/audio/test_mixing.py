"""Switching is exact and silent: only the core, without a device."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from app.audio.mixing import FADE_SECONDS, Mixer
from tests.app.pages.compare.sounds import BLOCK, RATE, clips, noise, pull, tone

FADE = round(FADE_SECONDS * RATE)


def playing(*sounds: np.ndarray) -> Mixer:
    """A mixer that has faded in at the start of its first clip."""
    mixer = Mixer(clips(*sounds))
    mixer.play()
    return mixer


def test_nothing_sounds_before_it_is_played():
    assert not pull(Mixer(clips(tone(440, 1))), 5).any()


def test_switching_between_identical_clips_cannot_be_heard():
    sound = noise(1)
    mixer = playing(sound, sound)
    out = [pull(mixer)]
    for turn in range(40):
        mixer.choose(turn % 2)
        out.append(pull(mixer, block=(BLOCK, 100, 777)[turn % 3]))
    out = np.concatenate(out)
    assert out[FADE:] == pytest.approx(sound[FADE : len(out)], abs=3e-8)


def test_switching_to_the_inverse_makes_no_step_beyond_the_signals_own():
    sound = tone(440, 1, amplitude=0.5)
    own = np.abs(np.diff(sound)).max()
    worst = 0.0
    for start in range(0, 2000, 97):
        mixer = playing(sound, -sound)
        mixer.seek(start / RATE)
        pull(mixer, 2)
        mixer.choose(1)
        worst = max(worst, np.abs(np.diff(pull(mixer, 2))).max())
    assert worst <= own * 1.02 + 1 / FADE
    assert worst < 0.06, "a hard cut would be up to 1"


def test_a_switch_is_done_within_one_block_and_keeps_the_place():
    low, high = tone(300, 1), tone(3000, 1)
    mixer = playing(low, high)
    pull(mixer, 3)
    mixer.choose(1)
    block = pull(mixer)
    here = 3 * BLOCK
    assert block[FADE:] == pytest.approx(high[here + FADE : here + BLOCK])
    assert mixer.chosen == 1 and mixer.position == pytest.approx((here + BLOCK) / RATE)


def test_with_other_words_a_switch_begins_anew_and_ends_with_its_own_clip():
    first, second = tone(300, 1), tone(3000, 0.5)
    mixer = playing(first, second)
    mixer.keeps_place = False
    pull(mixer, 10)
    mixer.choose(1)
    assert mixer.position == 0
    out = pull(mixer, 26)
    assert out[FADE : len(second)] == pytest.approx(second[FADE:])
    assert not out[len(second) :].any() and not mixer.is_playing
    mixer.play()
    assert mixer.is_playing and pull(mixer)[FADE:] == pytest.approx(second[FADE:BLOCK])


def test_clips_of_different_lengths_that_keep_the_place_end_together():
    mixer = playing(tone(300, 0.2), tone(3000, 0.6))
    pull(mixer, 20)
    assert mixer.is_playing  # silence where the first has ended
    mixer.choose(1)
    assert pull(mixer).any()
    pull(mixer, 20)
    assert not mixer.is_playing and mixer.position == pytest.approx(0.6)


def test_pause_and_play_fade_and_go_on_where_it_was():
    sound = tone(440, 1)
    mixer = playing(sound)
    pull(mixer, 5)
    mixer.pause()
    fading = pull(mixer)
    assert not fading[FADE:].any() and np.abs(np.diff(fading)).max() < 0.03
    assert not pull(mixer).any() and mixer.position == pytest.approx(5 * BLOCK / RATE)
    mixer.play()
    assert pull(mixer)[FADE:] == pytest.approx(sound[5 * BLOCK + FADE : 6 * BLOCK])


def test_seeking_while_it_plays_and_while_it_does_not():
    sound = noise(1)
    mixer = Mixer(clips(sound))
    mixer.seek(0.5)
    assert mixer.position == 0.5
    mixer.play()
    assert pull(mixer)[FADE:] == pytest.approx(sound[RATE // 2 + FADE : RATE // 2 + BLOCK])
    mixer.seek(0.1)
    assert pull(mixer)[FADE:] == pytest.approx(sound[RATE // 10 + FADE : RATE // 10 + BLOCK])
    mixer.seek(99)
    pull(mixer, 2)
    assert not mixer.is_playing


def test_a_loop_repeats_its_part_without_a_click_until_it_is_cleared():
    sound = tone(440, 1)
    mixer = playing(sound)
    mixer.set_loop(0.2, 0.3)
    mixer.seek(0.2)
    out = pull(mixer, 50)  # a second
    assert mixer.is_playing and 0.2 <= mixer.position <= 0.3 + FADE_SECONDS
    assert np.abs(np.diff(out)).max() < np.abs(np.diff(sound)).max() + 0.4 / FADE
    repeat = round(0.1 * RATE)
    assert out[repeat + FADE : 2 * repeat] == pytest.approx(out[2 * repeat + FADE : 3 * repeat], abs=1e-6)
    mixer.clear_loop()
    pull(mixer, 60)
    assert not mixer.is_playing and mixer.position == pytest.approx(1)


def test_a_loop_that_is_too_short_becomes_long_enough():
    mixer = Mixer(clips(tone(440, 1)))
    mixer.set_loop(0.5, 0.5)
    assert mixer.loop[1] - mixer.loop[0] == pytest.approx(2 * FADE_SECONDS)
    mixer.set_loop(1, 1)
    assert mixer.loop is None


def test_filling_allocates_no_samples():
    mixer, block = playing(noise(1), noise(1, seed=1)), np.zeros(BLOCK, np.float32)
    mixer.fill(block)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for turn in range(20):
            mixer.choose(turn % 2)
            mixer.fill(block)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < FADE * 4, "less than one fade of samples"


def test_it_is_remembered_what_was_played_and_each_place_counts_once():
    mixer = playing(tone(300, 1), tone(3000, 1))
    pull(mixer, 20)
    mixer.seek(0)
    pull(mixer, 10)
    mixer.choose(1)
    pull(mixer, 5)
    assert mixer.heard(0) == pytest.approx(0.4, abs=0.011) and mixer.heard(1) == pytest.approx(0.1, abs=0.011)
    pull(mixer, 100)
    assert mixer.heard(1) == pytest.approx(0.8, abs=0.011)
