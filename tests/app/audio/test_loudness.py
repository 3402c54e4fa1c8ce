"""Loudness and alignment of clips."""

from __future__ import annotations

import math

import numpy as np
import pyloudnorm
import pytest

from app.audio.clips import align
from app.audio.loudness import CEILING, TARGET, integrated, levels, true_peak_db
from tests.app.pages.compare.sounds import RATE, noise, tone


def test_the_reference_tone_of_the_standard():
    """BS.1770: a sine of 997 Hz at full scale in one channel is -3.01 LUFS."""
    assert integrated(tone(997, 3, amplitude=1.0), RATE) == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize("rate", [16000, 24000, 48000])
def test_loudness_is_pyloudnorms(rate):
    sound = np.concatenate([noise(1, rate=rate), np.zeros(rate, np.float32), noise(1, 2, rate)])
    assert integrated(sound, rate) == pytest.approx(pyloudnorm.Meter(rate).integrated_loudness(sound.astype(float)))


def test_a_clip_shorter_than_a_gating_block_is_as_loud_as_when_it_repeats():
    assert integrated(tone(1000, 0.1), RATE) == pytest.approx(integrated(tone(1000, 2), RATE), abs=0.3)
    assert integrated(tone(1000, 0.1)[:7], RATE) is not None


def test_silence_has_no_loudness_and_keeps_its_level():
    for silence in (np.zeros(RATE, np.float32), np.zeros(0, np.float32), noise(1, amplitude=1e-6)):
        assert integrated(silence, RATE) is None
        assert levels([silence], RATE)[0].gain == 1


def test_peaks_between_samples_count():
    shifted = np.sin(2 * math.pi * (np.arange(RATE) / 4 + 1 / 8)).astype(np.float32)  # samples miss the peaks by 3 dB
    assert true_peak_db(shifted, RATE) == pytest.approx(0, abs=0.3)
    assert 20 * math.log10(np.abs(shifted).max()) == pytest.approx(-3.01, abs=0.01)
    assert true_peak_db(np.zeros(0, np.float32), RATE) == -math.inf


def test_clips_are_brought_to_the_target():
    gains = levels([noise(2), 0.1 * noise(2, 1), tone(300, 0.2)], RATE)
    for level in gains:
        assert level.lufs + level.gain_db == pytest.approx(TARGET)
        assert level.peak_db + level.gain_db < CEILING


def test_where_one_would_clip_all_are_lowered_together():
    crackle = np.zeros(2 * RATE, np.float32)
    crackle[:: RATE // 4] = 0.9
    gains = levels([noise(2), crackle], RATE)
    loudness = [level.lufs + level.gain_db for level in gains]
    assert loudness[0] == pytest.approx(loudness[1]) and loudness[0] < TARGET - 1
    assert gains[1].peak_db + gains[1].gain_db == pytest.approx(CEILING)


def test_sounds_get_one_rate_one_length_and_one_loudness():
    short, long = tone(440, 0.5, 16000, 0.05), tone(440, 1, 24000, 0.5)
    clips = align([(short, 16000), (long, 24000)], RATE)
    assert clips.samples.shape == (2, RATE) and clips.samples.dtype == np.float32 and clips.seconds == 1
    assert clips.ends == (RATE // 2, RATE)
    assert not clips.samples[0, RATE // 2 :].any()
    middle = slice(5000, 20000)
    assert clips.samples[0, middle] == pytest.approx(clips.samples[1, middle], abs=0.003)
