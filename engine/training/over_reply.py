"""A question over a reply that sounds from the speaker, as WebRTC's echo canceller leaves it."""

from __future__ import annotations

import numpy as np
from livekit import rtc
from scipy.signal import fftconvolve

from engine.training import texts
from engine.training.voices import SAMPLE_RATE, Voices, draw_voice

_BLOCK = SAMPLE_RATE // 100
_BEFORE = 1.5, 4.0  # seconds that the reply has sounded before; the canceller learns the room in them
_DELAY, _DECAY = (0.02, 0.2), (0.1, 0.4)  # seconds
_REVERBERATION = 0.2, 0.8  # amplitude of the room against the direct way
_LOUDER = -8.0, 8.0  # dB of the voice against the echo


class Replies:
    """What may sound meanwhile: one of Wren's answers, in any of the voices that speak fast."""

    def __init__(self) -> None:
        self._voices, self._texts = Voices(), texts.answers()

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        return self._voices.say(str(rng.choice(self._texts)), draw_voice(rng), rng)


def over_reply(samples: np.ndarray, reply: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The question [n], float32 at `SAMPLE_RATE`, of the same length; the reply goes on as long."""
    before = int(rng.uniform(*_BEFORE) * SAMPLE_RATE) // _BLOCK * _BLOCK
    whole = -(-(before + len(samples)) // _BLOCK) * _BLOCK
    played = np.resize(np.concatenate([reply, np.zeros(SAMPLE_RATE // 3, np.float32)]), whole)
    echo = fftconvolve(played, _room(rng))[:whole]
    voice = np.concatenate([np.zeros(before), samples, np.zeros(whole - before - len(samples))])
    echo *= _level(samples) / _level(echo) * 10 ** (-rng.uniform(*_LOUDER) / 20)
    heard = _pcm(voice + echo)
    canceller, played = rtc.AudioProcessingModule(echo_cancellation=True, high_pass_filter=True), _pcm(played)
    left = np.empty(whole, np.int16)
    for start in range(0, whole, _BLOCK):
        canceller.process_reverse_stream(_frame(played[start : start + _BLOCK]))
        frame = _frame(heard[start : start + _BLOCK])
        canceller.process_stream(frame)
        left[start : start + _BLOCK] = np.asarray(frame.data)
    return (left[before : before + len(samples)] / 32768).astype(np.float32)


def _room(rng: np.random.Generator) -> np.ndarray:
    delay, decay = (int(rng.uniform(*limits) * SAMPLE_RATE) for limits in (_DELAY, _DECAY))
    tail = rng.standard_normal(decay) * np.exp(-6.9 * np.arange(decay) / decay)
    tail *= rng.uniform(*_REVERBERATION) / np.sqrt(np.square(tail).sum())
    return np.concatenate([np.zeros(delay), [1.0], tail])


def _level(samples: np.ndarray) -> float:
    return float(np.sqrt(np.square(samples).mean()) + 1e-6)


def _pcm(samples: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)


def _frame(block: np.ndarray) -> rtc.AudioFrame:
    return rtc.AudioFrame(bytearray(block), SAMPLE_RATE, 1, len(block))
