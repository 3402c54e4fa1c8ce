"""Who speaks is let through, however quiet or worn; what is no voice is not."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from engine.audio_files import recording
from engine.evaluation import sets
from engine.evaluation.noises import KINDS, RATE, at_peak, noise
from engine.resources import resources_folder
from engine.speech.voice_gate import VoiceGate

BUNDLED = sorted((resources_folder() / "questions/spoken").glob("*.*"))


def said(samples: np.ndarray) -> bool:
    gate = VoiceGate()
    for piece in np.split(samples, range(7000, len(samples), 7000)):
        gate.feed(piece)
    gate.finish()
    return gate.said


def sound_of(path) -> np.ndarray:
    samples, rate = recording(path).sound
    assert rate == RATE
    return samples


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_no_voice_at_any_level(kind):
    assert not [level for level in (-60, -45, -30, -10) if said(noise(kind, level))]


def test_hiss_and_silence_are_no_voice():
    assert not said(noise("white", -60)) and not said(np.zeros(RATE, np.float32)) and not said(np.zeros(0, np.float32))


def test_every_question_that_ships_is_heard_though_it_is_quiet():
    assert len(BUNDLED) > 50
    assert not [path.name for path in BUNDLED if not said(at_peak(sound_of(path), -40))]


def _telephone(samples):
    narrow = soxr.resample(at_peak(samples, -10), RATE, 8000)
    logs = np.round(127 * np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)) / 127  # u-law
    return soxr.resample(np.sign(logs) * (256 ** np.abs(logs) - 1) / 255, 8000, RATE).astype(np.float32)


def _noisy(samples):
    sound = at_peak(samples, -12)
    return (sound + np.random.default_rng(0).normal(0, sound.std() * 10**-0.5, len(sound))).astype(np.float32)


@pytest.mark.parametrize("name", ("spoken", "cousins", "people"))
@pytest.mark.parametrize("worn", (_telephone, _noisy, lambda samples: at_peak(samples, -50)), ids=("telephone", "noisy", "quiet"))
def test_voices_of_the_test_sets_are_heard_however_worn(name, worn):
    items = sets.open_set(name).items[::16]
    assert not [item.id for item in items if not said(worn(sound_of(item.audio)))]
