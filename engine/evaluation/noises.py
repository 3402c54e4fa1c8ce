"""Sounds in which nobody speaks: mono float32 at 16 kHz, full scale at 1. What is drawn comes from a seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RATE = 16000


def _coloured(random: np.random.Generator, count: int, gain: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """White noise, each frequency (Hz) times `gain` of it."""
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20)
    return np.fft.irfft(np.fft.rfft(random.standard_normal(count)) * gain(hertz), count)


def _hum(at: np.ndarray, hertz: float) -> np.ndarray:
    return sum((np.sin(2 * np.pi * hertz * k * at + k) / k for k in range(1, 12)), np.zeros_like(at))


def _fan(random: np.random.Generator, at: np.ndarray) -> np.ndarray:
    air = _coloured(random, len(at), lambda hertz: 1 / (1 + (hertz / 300) ** 2)) * (1 + 0.3 * np.sin(2 * np.pi * 23 * at))
    return air + air.std() * sum(0.5 * np.sin(2 * np.pi * 115 * k * at + k) for k in (1, 2, 3))


def _clicks(random: np.random.Generator, at: np.ndarray) -> np.ndarray:
    sound = 0.001 * random.standard_normal(len(at))
    sound[:: RATE // 4] = 1
    return sound


def _chords(random: np.random.Generator, at: np.ndarray) -> np.ndarray:
    notes = []
    for root, part in zip((220, 174.6, 261.6, 196), np.array_split(at, 4), strict=True):
        since = part - part[0]
        tones = (np.sin(2 * np.pi * root * step * k * since) / k for step in (1, 1.26, 1.5) for k in range(1, 6))
        notes.append(sum(tones) * np.minimum(1, since / 0.02) * np.exp(-1.5 * since))
    return np.concatenate(notes)


def _breath(random: np.random.Generator, at: np.ndarray) -> np.ndarray:
    air = _coloured(random, len(at), lambda hertz: 1 / (1 + ((hertz - 900) / 700) ** 2))
    return air * np.maximum(0, np.sin(2 * np.pi * at / 2.2)) ** 1.5


def _keyboard(random: np.random.Generator, at: np.ndarray) -> np.ndarray:
    sound, place = 0.002 * random.standard_normal(len(at)), 1000
    since = np.arange(800) / RATE
    while place + 800 < len(at):
        key = random.standard_normal(800) * np.exp(-200 * since) * np.sin(2 * np.pi * random.uniform(800, 3500) * since)
        sound[place : place + 800] += random.uniform(0.3, 1) * key
        place += int(RATE * random.uniform(0.06, 0.25))
    return sound


KINDS: dict[str, Callable[[np.random.Generator, np.ndarray], np.ndarray]] = {
    "white": lambda random, at: random.standard_normal(len(at)),
    "pink": lambda random, at: _coloured(random, len(at), lambda hertz: hertz**-0.5),
    "fan": _fan,
    "hum of 50 Hz": lambda random, at: _hum(at, 50),
    "hum of 60 Hz": lambda random, at: _hum(at, 60),
    "clicks": _clicks,
    "chords": _chords,
    "breath": _breath,
    "keyboard": _keyboard,
}


def noise(kind: str, peak_db: float, seconds: float = 2.5, seed: int = 0) -> np.ndarray:
    """One of `KINDS`, its peak at so many dB of full scale."""
    sound = KINDS[kind](np.random.default_rng(seed), np.arange(int(seconds * RATE)) / RATE)
    return at_peak(sound, peak_db)


def at_peak(sound: np.ndarray, peak_db: float) -> np.ndarray:
    return (sound / np.abs(sound).max() * 10 ** (peak_db / 20)).astype(np.float32)
