"""The voice detector on real speech, and the rules that make questions of its probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.devices import SoundDevice
from app.audio.recorder import Recorder
from app.audio.voice_activity import END_SECONDS, SECONDS, START_SECONDS, Endpointer, VoiceActivity
from tests.rig.network import forbid_network
from tests.rig.sound_card import wait_for

QUESTION = Path(__file__).parents[1] / "two_plus_two.flac"


class Fine:
    input_overflow = False


def chunks(seconds: float) -> int:
    return round(seconds / SECONDS)


def test_a_short_noise_is_no_speech():
    ends = Endpointer()
    for _ in range(5):
        for probability in [0.9] * (chunks(START_SECONDS) - 2) + [0.0] * chunks(0.5):
            ends.feed(probability)
            assert not ends.is_speaking


def test_speech_begins_after_a_quarter_of_a_second_and_ends_after_silence():
    ends = Endpointer()
    for _ in range(chunks(START_SECONDS)):
        assert not ends.is_speaking
        ends.feed(0.9)
    assert ends.is_speaking and ends.onset_chunks == chunks(START_SECONDS)
    for probability in [0.1] * chunks(END_SECONDS / 2) + [0.9] + [0.1] * (chunks(END_SECONDS) - 1):
        ends.feed(probability)
        assert ends.is_speaking
    ends.feed(0.1)
    assert not ends.is_speaking


@pytest.mark.parametrize("rate", [48000, 44100, 16000])
def test_speech_is_found_where_it_is_at_any_rate_and_without_network(rate):
    import soxr

    forbid_network(loopback=True)
    samples, own = soundfile.read(QUESTION, dtype="float32")
    samples = soxr.resample(samples, own, rate)
    recorder = Recorder(SoundDevice(0, "test", rate, 1))
    voice = VoiceActivity(lambda: recorder)
    voice.listen()
    try:
        wait_for(lambda: voice._found[0] == voice._epoch or voice._thread.is_alive(), "the detector")
        onset = _feed(recorder, voice, [np.zeros(rate, np.float32), samples], rate)
        assert onset is not None and onset[0] is recorder
        assert rate < onset[1] < 1.6 * rate
        voice.pause()
        assert voice.onset is None
    finally:
        voice.close()


def _feed(recorder: Recorder, voice: VoiceActivity, parts: list[np.ndarray], rate: int):
    """As a device would, but waits so that a busy machine keeps up; returns where speech was found."""
    import time

    time.sleep(0.3)
    block = rate // 50
    sound = np.concatenate(parts)
    found = None
    for start in range(0, len(sound) - block, block):
        recorder._callback(sound[start : start + block, None], block, None, Fine)
        time.sleep(0.01)
        found = found or voice.onset
    end = time.monotonic() + 10
    while found is None and time.monotonic() < end:
        found = voice.onset
        time.sleep(0.01)
    return found
