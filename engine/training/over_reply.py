"""A question over a reply that sounds from the speaker, as the program hears it: the voice whole, and of the reply what its
filter of the room does not know (`app/audio/echo_path.py`)."""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve

from engine.training import texts
from engine.training.voices import SAMPLE_RATE, Voices, draw_voice

_DECAY = 0.1, 0.4  # seconds
_REVERBERATION = 0.2, 0.8  # amplitude of the room against the direct way
_LOUDER = -8.0, 8.0  # dB of the voice against the echo
_REMOVED = 8.0, 30.0  # dB of the echo


class Replies:
    """What may sound meanwhile: one of Wren's answers, in any of the voices that speak fast."""

    def __init__(self) -> None:
        self._voices, self._texts = Voices(), texts.answers()

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return self._voices.say(str(rng.choice(self._texts)), draw_voice(rng), rng)


def over_reply(samples: np.ndarray, reply: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The question [n], float32 at `SAMPLE_RATE`, as long as before; the reply is somewhere in its middle, and goes on."""
    pause = np.zeros(SAMPLE_RATE // 3, np.float32)
    sounding = np.roll(np.concatenate([reply, pause]), -int(rng.integers(len(reply) + 1)))
    echo = fftconvolve(np.resize(sounding, len(samples)), _room(rng))[: len(samples)]
    softer = rng.uniform(*_LOUDER) + rng.uniform(*_REMOVED)
    return (samples + echo * (_level(samples) / _level(echo) * 10 ** (-softer / 20))).astype(np.float32)


def _room(rng: np.random.Generator) -> np.ndarray:
    decay = int(rng.uniform(*_DECAY) * SAMPLE_RATE)
    tail = rng.standard_normal(decay) * np.exp(-6.9 * np.arange(decay) / decay)
    tail *= rng.uniform(*_REVERBERATION) / np.sqrt(np.square(tail).sum())
    return np.concatenate([[1.0], tail])


def _level(samples: np.ndarray) -> float:
    return float(np.sqrt(np.square(samples).mean()) + 1e-6)
