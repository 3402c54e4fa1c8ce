"""The rig itself: sound goes in, sound comes out, a window opens."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
import soundfile

from tests.rig.processes import ROOT, python, start_server, stop
from tests.rig.sound_card import RATE, wait_for

pytestmark = pytest.mark.desktop

PLAY = """
import sys, numpy as np, sounddevice as sd
device, hertz, rate = sys.argv[1], float(sys.argv[2]), 48000
sd.play(0.5 * np.sin(2 * np.pi * hertz / rate * np.arange(2 * rate, dtype=np.float32)), rate, device=device)
sd.wait()
"""
RECORD = """
import sys, sounddevice as sd
samples = sd.rec(int(float(sys.argv[2]) * 48000), 48000, channels=1, device=sys.argv[1])
sd.wait()
sys.stdout.write(samples[:, 0].tobytes().hex())
"""


def loudest(samples: np.ndarray) -> tuple[float, float]:
    """Mono samples at `RATE` -> (frequency in Hz of the strongest partial, its share of the signal's energy)."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    peak = int(power[1:].argmax()) + 1
    return peak * RATE / len(samples), float(power[max(0, peak - 5) : peak + 6].sum() / max(power.sum(), 1e-12))


def sounding(samples: np.ndarray) -> np.ndarray:
    """The stretch from the first to the last audible sample."""
    audible = np.flatnonzero(np.abs(samples) > 0.01)
    assert audible.size, "nothing was heard"
    return samples[audible[0] : audible[-1] + 1]


def test_portaudio_sees_the_devices(sound_card):
    devices = python("import sounddevice; print(sounddevice.query_devices())", env=sound_card.env)
    assert all(name in devices for name in ("app_speaker", "app_mic", "test_talker", "test_ear"))


def test_what_a_child_says_another_child_records(sound_card):
    talker = threading.Thread(target=python, args=(PLAY, "test_talker", "440"), kwargs={"env": sound_card.env})
    talker.start()
    heard = np.frombuffer(bytes.fromhex(python(RECORD, "app_mic", "4", env=sound_card.env)), dtype=np.float32)
    talker.join()
    hertz, share = loudest(sounding(heard)[:RATE])
    assert hertz == pytest.approx(440, abs=2)
    assert share > 0.9


def test_a_sound_file_is_spoken_into_the_microphone(sound_card, tmp_path):
    tone = 0.3 * np.sin(2 * np.pi * 600 / 16000 * np.arange(32000))
    soundfile.write(tmp_path / "tone.wav", tone, 16000)
    recorder = subprocess.Popen(
        [sys.executable, "-c", RECORD, "app_mic", "4"],
        cwd=ROOT,
        env=sound_card.env,
        stdout=subprocess.PIPE,
        text=True,
    )
    sound_card.speak_into_microphone(tmp_path / "tone.wav")
    sound_card.speak_into_microphone(tmp_path / "tone.wav")
    heard = np.frombuffer(bytes.fromhex(recorder.communicate(timeout=60)[0]), dtype=np.float32)
    assert loudest(sounding(heard)[: RATE // 2])[0] == pytest.approx(600, abs=4)


def test_what_a_child_plays_is_recorded(sound_card):
    recording = sound_card.start_recording()
    python(PLAY, "app_speaker", "880", env=sound_card.env)
    played = sounding(recording.stop()[:, 0])
    assert len(played) / RATE == pytest.approx(2, abs=0.3)
    hertz, share = loudest(played)
    assert hertz == pytest.approx(880, abs=2)
    assert share > 0.9


def test_an_idle_speaker_is_silent(sound_card):
    samples = sound_card.record_speaker(0.5)
    assert samples.shape == (RATE // 2, 2)
    assert not samples.any()


def test_a_stalled_microphone_delivers_nothing_until_it_is_back(sound_card):
    count = """
import time, sounddevice as sd
frames = 0
def callback(indata, n, *rest):
    global frames
    frames += n
with sd.InputStream(device="app_mic", channels=1, samplerate=48000, callback=callback):
    while True:
        print(frames, flush=True)
        time.sleep(0.1)
"""
    recorder = start_server([sys.executable, "-c", count], env={**os.environ, **sound_card.env}, stdout=subprocess.PIPE)
    try:
        wait_for(lambda: int(recorder.stdout.readline()) > RATE // 4, "the microphone to deliver")
        with sound_card.stalled_microphone():
            lines = [int(recorder.stdout.readline()) for _ in range(15)]
            assert lines[-1] - lines[5] < RATE // 20  # what was under way may still arrive in the first half second
        wait_for(lambda: int(recorder.stdout.readline()) > lines[-1] + RATE // 4, "the microphone to come back")
    finally:
        stop(recorder)


def test_a_window_opens_on_the_virtual_display(desktop_env):
    window = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("hello")
label.show()
app.processEvents()
print(app.platformName(), label.isVisible(), app.primaryScreen().size().toTuple())
"""
    assert python(window, env=desktop_env).split(maxsplit=2) == ["xcb", "True", "(1280, 800)\n"]
