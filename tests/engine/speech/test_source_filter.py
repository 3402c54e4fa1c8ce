"""The voice from features: pitch, level and colour come out as they went in, however the features are cut."""

import numpy as np
import pytest

from engine.speech.source_filter import FeatureLayout, SourceFilter, linear_matrix, mel_matrix

LAYOUT = FeatureLayout()


def steady(seconds: float, hertz: float, voiced: float = 1.0, level: float = -6.0) -> np.ndarray:
    frames = np.zeros((int(seconds * LAYOUT.frame_rate), LAYOUT.width), np.float32)
    frames[:, : LAYOUT.bands] = level
    frames[:, LAYOUT.log_f0] = np.log(hertz)
    frames[:, LAYOUT.voicing] = voiced
    return frames


def render(frames: np.ndarray, block: int) -> np.ndarray:
    voice = SourceFilter(LAYOUT)
    blocks = [voice.feed(frames[i : i + block]) for i in range(0, len(frames), block)]
    return np.concatenate([*blocks, voice.finish()])


@pytest.mark.parametrize("block", (1, 3, 16, 1000))
def test_blocks_of_any_size_give_the_same_sound(block):
    rng = np.random.default_rng(1)
    frames = steady(0.6, 110)
    frames[:, : LAYOUT.bands] += rng.normal(0, 1, (60, LAYOUT.bands))
    frames[20:30, LAYOUT.voicing] = 0
    frames[:, LAYOUT.aperiodicity] = rng.uniform(0, 1, (60, 5))
    np.testing.assert_allclose(render(frames, block), render(frames, 7), atol=2e-4)


@pytest.mark.parametrize("hertz", (80.0, 127.0, 240.0))
def test_the_pitch_is_the_one_asked_for(hertz):
    sound = render(steady(1.0, hertz), 16)
    spectrum = np.abs(np.fft.rfft(sound[4000:12000] * np.hanning(8000), 1 << 17))
    shortest = int(16000 / (1.5 * hertz))
    lags = np.fft.irfft(spectrum**2)[shortest : int(16000 / (0.7 * hertz))]
    assert 16000 / (np.argmax(lags) + shortest) == pytest.approx(hertz, rel=0.02)


@pytest.mark.parametrize("voiced", (0.0, 1.0))
def test_the_level_follows_the_envelope(voiced):
    loud, soft = (render(steady(1.0, 110, voiced, level), 16)[2000:14000].std() for level in (-4.0, -8.0))
    assert 20 * np.log10(loud / soft) == pytest.approx(10 * 4 / np.log(10), abs=0.3)
    assert loud == pytest.approx(np.exp(-4.0 / 2), rel=0.15)


def test_the_length_is_the_frames_and_the_last_window():
    assert len(render(steady(1.0, 110), 16)) == 16000 + SourceFilter.window
    assert len(SourceFilter(LAYOUT).feed(np.zeros((0, LAYOUT.width)))) == 0


def test_a_smooth_envelope_survives_the_mel_points():
    bins = 513
    envelope = np.cos(np.linspace(0, 3, bins)) * 3 - 5
    again = envelope @ mel_matrix(LAYOUT, bins) @ linear_matrix(LAYOUT, bins)
    assert np.abs(again - envelope).max() < 0.15
