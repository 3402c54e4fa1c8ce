"""What is said about a recording, the sound of the speaker test, and the licence in short."""

from __future__ import annotations

import numpy as np
import pytest

from app.pages.welcome.chime import LEVEL_DB, RATE, SECONDS, chime
from app.pages.welcome.licence import LONGEST, licence_of
from app.pages.welcome.verdict import judge
from tests.app.pages.welcome.card import speech


@pytest.mark.parametrize(
    ("kind", "samples"),
    [
        ("good", speech(3, 0.3)),
        ("quiet", speech(3, 0.004, 1e-4)),
        ("noisy", 0.05 * np.random.default_rng(1).standard_normal(3 * RATE)),
        ("clipped", np.clip(speech(3, 3.0), -1, 1)),
        ("silent", np.zeros(3 * RATE, np.float32)),
        ("missing", np.zeros(10, np.float32)),
    ],
)
def test_the_verdict(kind, samples):
    verdict = judge(samples, RATE)
    assert verdict.kind == kind and verdict.is_good == (kind == "good")
    assert verdict.sentence.endswith(".") and bool(verdict.advice) == (kind != "good")


def test_the_levels_are_in_decibels_of_full_scale():
    rng, time = np.random.default_rng(0), np.arange(RATE) / RATE
    pieces = [0.001 * rng.standard_normal(RATE), 0.25 * np.sqrt(2) * np.sin(2 * np.pi * 200 * time)]
    assert "voice at −12 dBFS, background at −60 dBFS" in judge(np.concatenate(pieces), RATE).sentence


def test_a_single_pop_is_no_clipping():
    samples = speech(3, 0.3)
    samples[1000:1010] = 1.0
    assert judge(samples, RATE).is_good


def test_the_bells_are_as_loud_as_they_should_be_and_do_not_click():
    sound = chime()
    assert sound.dtype == np.float32 and len(sound) == SECONDS * RATE
    loudest = max(float((part**2).mean()) for part in np.array_split(sound, 18))
    assert 10 * np.log10(loudest) == pytest.approx(LEVEL_DB, abs=1)
    assert np.abs(sound).max() < 0.5 and sound[0] == 0 and abs(sound[-1]) < 1e-6
    assert np.abs(np.diff(sound)).max() < 0.08


def test_the_licence_of_the_model_that_ships():
    from engine.resources import resources_folder

    said = licence_of(resources_folder() / "wren")
    assert "may be used, copied" in said and "resources/" not in said, "an installed program has no folders of a repository"


def test_other_licences(tmp_path):
    assert licence_of(tmp_path) == "" and licence_of(tmp_path / "gone") == ""
    (tmp_path / "LICENSE").write_text("# Terms\n\nThe  glass\nlicence. And more.\n", encoding="utf-8")
    assert licence_of(tmp_path) == "The glass licence."
    (tmp_path / "LICENSE").write_text("word " * 300, encoding="utf-8")
    assert licence_of(tmp_path).endswith("word…") and len(licence_of(tmp_path)) <= LONGEST + 1
