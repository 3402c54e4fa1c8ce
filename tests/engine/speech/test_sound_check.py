"""What is measured of a question's sound is told by a code that stays and a sentence."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from engine.audio_files import recording
from engine.evaluation import sets
from engine.evaluation.noises import RATE, at_peak, noise
from engine.speech import sound_check
from engine.speech.sound_check import SoundCheck

ITEM = sets.open_set("spoken").items[0]


def voice() -> np.ndarray:
    return at_peak(recording(ITEM.audio).samples, -6)


def checked(samples: np.ndarray, rate: int = RATE) -> SoundCheck:
    found = SoundCheck(rate)
    for piece in np.split(samples, range(5000, len(samples), 5000)):
        found.feed(piece.astype(np.float32))
    found.finish()
    return found


def codes(samples: np.ndarray, rate: int = RATE) -> list[str]:
    notes = checked(samples, rate).notes()
    assert all(note.text.endswith(".") for note in notes)
    return [note.code for note in notes]


def test_a_good_recording_has_no_note_at_any_rate():
    assert codes(voice()) == [] and codes(soxr.resample(voice(), RATE, 48000), 48000) == []


@pytest.mark.parametrize(
    "code, worn",
    [
        ("quiet", lambda sound: at_peak(sound, -40)),
        ("clipped", lambda sound: np.clip(6 * sound, -1, 1)),
        ("noisy", lambda sound: sound + np.random.default_rng(0).normal(0, sound.std() * 10**-0.5, len(sound))),
        ("narrow-band", lambda sound: soxr.resample(soxr.resample(sound, RATE, 8000), 8000, RATE)),
    ],
)
def test_what_makes_a_voice_hard_to_understand_is_noted(code, worn):
    assert codes(worn(voice())) == [code]


def test_a_telephone_is_known_by_its_rate():
    assert codes(soxr.resample(voice(), RATE, 8000), 8000) == ["narrow-band"]


def test_how_far_the_quiet_ones_are_down_is_said():
    [note] = checked(at_peak(voice(), -44)).notes()
    assert "45 dB below full scale" in note.text or "44 dB" in note.text or "46 dB" in note.text


def test_a_sound_without_a_voice_is_noted_as_such():
    assert codes(noise("fan", -10)) == ["no-voice"] and not checked(noise("fan", -10)).said


def test_without_the_detector_everything_counts_as_said(monkeypatch):
    def broken():
        raise ImportError("no network")

    monkeypatch.setattr(sound_check, "VoiceGate", broken)
    assert checked(noise("white", -10)).said


def test_the_shortest_sounds():
    for count in (0, 1, 319, 513):
        assert not checked(np.full(count, 0.5)).said
