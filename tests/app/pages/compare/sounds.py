"""Clips for tests, and a mixer pulled block by block."""

from __future__ import annotations

import math

import numpy as np

from app.audio.clips import Clips
from app.audio.loudness import ClipLevel
from app.audio.mixing import Mixer

RATE, BLOCK = 48000, 960
STILL = ClipLevel(-23.0, -6.0, 0.0)


def tone(frequency: float, seconds: float, rate: int = RATE, amplitude: float = 0.2) -> np.ndarray:
    return (amplitude * np.sin(2 * math.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def noise(seconds: float, seed: int = 0, rate: int = RATE, amplitude: float = 0.1) -> np.ndarray:
    return (amplitude * np.random.default_rng(seed).standard_normal(round(seconds * rate))).astype(np.float32)


def clips(*sounds: np.ndarray) -> Clips:
    """As they are: no gain, padded to one length."""
    length = max(map(len, sounds))
    padded = np.stack([np.pad(sound, (0, length - len(sound))) for sound in sounds])
    return Clips(padded, RATE, tuple(map(len, sounds)), (STILL,) * len(sounds))


def pull(mixer: Mixer, count: int = 1, block: int = BLOCK) -> np.ndarray:
    """The next `count` blocks."""
    blocks = np.full((count, block), 9, np.float32)
    for each in blocks:
        mixer.fill(each)
    return blocks.reshape(-1)
