"""Where a voice pauses: the same place however the sound arrives, and none where nobody speaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.audio_files import read
from engine.speech.pauses import PAUSE_SECONDS, VoicePauses
from engine.speech.voice import CHUNK, RATE

SPOKEN = read(Path(__file__).parents[2] / "app" / "two_plus_two.flac")[0]
QUIET = np.zeros(RATE, np.float32)


def end_of(sound: np.ndarray, size: int = 1 << 20) -> int | None:
    pauses = VoicePauses()
    for start in range(0, len(sound), size):
        pauses.feed(sound[start : start + size])
    return pauses.end


@pytest.mark.parametrize("gain", [1.0, 0.01])
def test_a_pause_begins_after_the_voice_whatever_the_pieces_and_the_level(gain):
    sound = gain * np.concatenate([QUIET[:4000], SPOKEN, QUIET])
    loud = np.flatnonzero(np.abs(sound) > 0.02 * gain)[-1]
    ends = {end_of(sound, size) for size in (1 << 20, 320, 333, 5000)}
    assert len(ends) == 1
    (end,) = ends
    assert loud < end <= loud + (PAUSE_SECONDS + 0.3) * RATE and end % CHUNK == 0
    assert end_of(np.concatenate([sound, QUIET])) == end, "silence that follows changes nothing"


def test_while_somebody_speaks_there_is_no_pause_and_later_another_one():
    asked = np.concatenate([SPOKEN, QUIET])
    first = end_of(asked)
    middle = len(SPOKEN) // 2
    assert end_of(np.concatenate([asked, SPOKEN[:middle]])) is None
    assert end_of(np.concatenate([asked, asked])) > first + len(QUIET)


def test_where_nobody_speaks_there_is_none():
    rng = np.random.default_rng(0)
    tone = 0.3 * np.sin(np.arange(2 * RATE) * 0.1).astype(np.float32)
    for sound in (QUIET, tone, rng.normal(0, 0.1, 2 * RATE).astype(np.float32), np.zeros(0, np.float32)):
        assert end_of(np.concatenate([sound, QUIET])) is None
