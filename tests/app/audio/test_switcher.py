"""The output stream on the virtual sound card, in a program of its own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from app.audio.devices import AudioError
from app.audio.playback import ClipPlayback
from tests.app.pages.compare.sounds import RATE, tone
from tests.rig.processes import ROOT

PROGRAM = """
import faulthandler
import time
from PySide6.QtCore import QCoreApplication
from app.audio.devices import find
from app.audio.playback import ClipPlayback
from tests.app.pages.compare.sounds import tone

faulthandler.dump_traceback_later(150, exit=True)  # where, if the sound card hangs
screen = QCoreApplication([])
playback = ClipPlayback(lambda: find("output", "app_speaker"), lambda: 0.75)
playback.load([tone(500, 20, 16000), tone(2000, 20, 16000)], 16000)

def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        screen.processEvents()
        time.sleep(0.005)

playback.play(0)
until(lambda: playback.position > 1)
playback.play(1)
until(lambda: playback.position < 0.9)
until(lambda: playback.position > 1)
playback.pause()
time.sleep(0.5)
stopped = playback.position
assert playback.heard(0) > 0.9 and abs(playback.heard(1) - stopped) < 0.1, (playback.heard(0), playback.heard(1), stopped)
time.sleep(0.3)
assert playback.position == stopped
playback.end()
"""


@pytest.mark.desktop
@pytest.mark.slow
def test_what_the_speaker_plays_is_what_was_chosen(sound_card, desktop_env):
    recording = sound_card.start_recording()
    command = [sys.executable, "-c", PROGRAM]
    child = subprocess.run(command, cwd=ROOT, env=desktop_env, capture_output=True, text=True, timeout=200)
    played = recording.stop()[:, 0]
    assert child.returncode == 0, child.stderr[-3000:]
    blocks = played[: len(played) // 4800 * 4800].reshape(-1, 4800)
    loud = blocks[np.abs(blocks).max(axis=1) > 0.1]
    strongest = np.abs(np.fft.rfft(loud, axis=1)).argmax(axis=1) * RATE / 4800
    low, high = np.isclose(strongest, 500, atol=20), np.isclose(strongest, 2000, atol=20)
    assert low.sum() >= 8 and high.sum() >= 8 and (low | high).all()
    assert not low[np.flatnonzero(high)[0] :].any(), "one switch, and never back"
    whole = np.abs(tone(500, 1)).max()
    assert np.abs(loud).max() == pytest.approx(0.75 * whole, rel=0.05)  # as loud as the speaker is set


def test_without_a_speaker_there_is_a_sentence():
    playback = ClipPlayback(lambda: None)
    playback.load([tone(500, 1)], RATE)
    with pytest.raises(AudioError, match="no speaker"):
        playback.play(0)
    assert playback.position == 0 == playback.heard(0)
    playback.close()
