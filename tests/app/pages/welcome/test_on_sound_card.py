"""The first run on the virtual sound card: what is said is played back, and the bells are heard."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from scipy.signal import correlate

from app.pages.welcome.chime import chime
from tests.rig.processes import ROOT
from tests.rig.sound_card import RATE

pytestmark = [pytest.mark.desktop, pytest.mark.slow]


def likeness(heard: np.ndarray, sound: np.ndarray) -> float:
    """How much the stretch of `heard` that is most like `sound` is like it, however loud: -1..1."""
    match = correlate(heard, sound, mode="valid", method="fft")
    energy = np.concatenate([[0.0], np.cumsum(heard**2)])
    of_stretch, own = energy[len(sound) :] - energy[: -len(sound)], float((sound**2).sum())
    return float((match / np.sqrt(np.maximum(of_stretch, own / 1000) * own)).max())


def resampled(sound: np.ndarray, rate: int) -> np.ndarray:
    return np.interp(np.arange(len(sound) * RATE // rate) * rate / RATE, np.arange(len(sound)), sound)


def loud_parts(sound: np.ndarray) -> list[np.ndarray]:
    """Its three loudest parts of 0.2 s: a device that runs dry once cuts one of them in two."""
    parts = sound[: len(sound) // (RATE // 5) * (RATE // 5)].reshape(-1, RATE // 5)
    return sorted(parts, key=lambda part: -float((part**2).sum()))[:3]


def test_the_first_run_hears_and_is_heard(sound_card, tmp_path):
    said, rate = soundfile.read(ROOT / "tests" / "app" / "two_plus_two.flac", dtype="float32")
    said = 0.5 * said / np.abs(said).max()
    soundfile.write(tmp_path / "said.wav", np.tile(said, 2), rate)  # a busy machine begins to say it late
    recording = sound_card.start_recording()
    command = [sys.executable, "-m", "tests.app.pages.welcome.scenario", str(tmp_path / "said.wav")]
    env = {**os.environ, **sound_card.env}
    child = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280)
    heard = recording.stop()[:, 0].astype(np.float64)
    assert child.returncode == 0, child.stderr[-3000:]
    seen = json.loads(child.stdout.splitlines()[-1])
    assert "stuck" not in seen, seen
    assert seen["microphone"][0] == "good" and seen["take_seconds"] == 3, seen
    assert seen["silence"] == "silent" and seen["page"] == 3 and seen["ended"] == [True], seen
    assert "app_mic" in " ".join(seen["microphones"]) and seen["chosen"] == [None, "app_speaker"]
    assert likeness(heard, chime().astype(np.float64)) > 0.95
    assert sorted(likeness(heard, part) for part in loud_parts(resampled(said, rate)))[1] > 0.8  # two of them at least
