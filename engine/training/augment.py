"""What happens to a voice on its way into a cheap microphone: rooms, noise, level, colour, clipping, lines and codecs."""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve, lfilter

from engine.training.voices import SAMPLE_RATE
from engine.training.wires import codec, telephone


def augment(samples: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """A new recording of the same words, float32 at the same rate; each effect comes with a probability x `strength`."""
    if rng.random() < 0.6 * strength:
        samples = _resample(samples, rng.uniform(0.86, 1.16))
    samples = np.pad(samples, (int(rng.uniform(0.02, 0.4) * SAMPLE_RATE), int(rng.uniform(0.05, 0.5) * SAMPLE_RATE)))
    if rng.random() < 0.3 * strength:
        samples = _room(samples, rng)
    if rng.random() < 0.4 * strength:
        samples = lfilter([1, rng.uniform(-0.6, 0.6)], [1], samples)
    samples = samples * (_level(rng, strength) / (np.abs(samples).max() + 1e-6))
    if rng.random() < 0.7 * strength:
        samples = samples + _noise(len(samples), rng) * (samples.std() * 10 ** (-rng.uniform(5, 40) / 20))
    if rng.random() < 0.1 * strength:
        samples = np.clip(samples, *(np.array([-1, 1]) * np.abs(samples).max() * rng.uniform(0.3, 0.9)))
    if rng.random() < 0.25 * strength:
        samples = telephone(samples, rng)
    if rng.random() < 0.15 * strength:
        samples = codec(samples, rng)
    return (np.clip(np.round(samples * 32767), -32768, 32767) / 32768).astype(np.float32)


def _level(rng: np.random.Generator, strength: float) -> float:
    """The peak that speech reaches; now and then that of a microphone turned down or far away."""
    decibels = rng.uniform(-50, -24) if rng.random() < 0.15 * strength else rng.uniform(-24, -1)
    return 10 ** (decibels / 20)


def _resample(samples: np.ndarray, factor: float) -> np.ndarray:
    """Speed, pitch and formants move together, as for a smaller or larger speaker."""
    return np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)


def _room(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    seconds = rng.uniform(0.05, 0.4)
    t = np.arange(int(seconds * SAMPLE_RATE))
    tail = rng.standard_normal(len(t)) * np.exp(-6.9 * t / len(t)) * rng.uniform(0.02, 0.2)
    tail[0] = 1
    return fftconvolve(samples, tail)[: len(samples)]


def _noise(count: int, rng: np.random.Generator) -> np.ndarray:
    """Unit power, between white and brown, sometimes with the hum of a fan or the mains and its overtones."""
    noise = lfilter([1], [1, -rng.uniform(0, 0.98)], rng.standard_normal(count))
    if rng.random() < 0.2:
        t, frequency = np.arange(count) / SAMPLE_RATE, rng.choice((50, 60, rng.uniform(50, 400)))
        hum = sum(np.sin(2 * np.pi * frequency * n * t) / n for n in range(1, int(rng.integers(2, 6))))
        noise = noise / noise.std() + hum * rng.uniform(0.3, 1.5)
    return noise / noise.std()
