"""What is heard of a recording."""

from __future__ import annotations

import numpy as np
import pytest

from engine.speech.recording import at_rate, checked


def tone(rate, seconds=1.0, hertz=440.0):
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate).astype(np.float32)


@pytest.mark.parametrize("parity", (False, True))
@pytest.mark.parametrize("rate", (8000, 22_050, 44_100, 48_000))
def test_a_tone_stays_a_tone(rate, parity):
    found = at_rate(tone(rate), rate, 16_000, parity)
    assert abs(len(found) - 16_000) <= 1
    np.testing.assert_allclose(found[500:15_500], tone(16_000)[500:15_500], atol=2e-3)


@pytest.mark.parametrize("parity", (False, True))
def test_the_shortest_sounds(parity):
    assert at_rate(np.zeros(0, np.float32), 44_100, 16_000, parity).shape == (0,)
    assert at_rate(np.ones(1, np.float32), 44_100, 16_000, parity).shape in ((0,), (1,))
    assert at_rate(np.ones((1, 2), np.float32), 16_000, 16_000, parity).tolist() == [1.0]


def test_channels_and_types():
    assert checked(np.array([[0.5, 1.0], [0.25, 1.0]])).tolist() == [0.5, 0.25]
    for wrong in (np.zeros(3, np.int16), np.zeros((1, 2, 3)), np.zeros((3, 0)), np.array("no")):
        with pytest.raises(ValueError, match="Sound must be floats"):
            checked(wrong)
    for value in (np.nan, np.inf, 1e20):
        with pytest.raises(ValueError, match="Record it again"):
            checked(np.array([0.0, value]))
    for rate in (0, -1, float("nan"), 44_100.5):
        with pytest.raises(ValueError, match="samples per second"):
            at_rate(np.zeros(3), rate, 16_000, parity=True)
