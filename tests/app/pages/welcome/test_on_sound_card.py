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
    """How much the best stretch of `heard` is like `sound`: -1..1."""
    match = correlate(heard, sound, mode="valid", method="fft")
    place = int(match.argmax())
    stretch = heard[place : place + len(sound)]
    return float(match[place] / np.sqrt((stretch**2).sum() * (sound**2).sum()))


def test_the_first_run_hears_and_is_heard(sound_card, tmp_path):
    said, rate = soundfile.read(ROOT / "tests" / "app" / "two_plus_two.flac", dtype="float32")
    said = 0.5 * said / np.abs(said).max()
    soundfile.write(tmp_path / "said.wav", said, rate)
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
    up = np.interp(np.arange(len(said) * RATE // rate) * rate / RATE, np.arange(len(said)), said)
    assert likeness(heard, up[: 2 * RATE]) > 0.8  # its end may lie behind the three seconds
