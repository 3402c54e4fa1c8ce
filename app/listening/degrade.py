"""A copy of a clip that nobody who listens can prefer: the trap of an attention item."""

from __future__ import annotations

import numpy as np

DROPOUT_EVERY = 0.35  # seconds
DROPOUT = 0.12  # seconds
FADE = 0.004  # seconds, so that the gaps sound like a bad line and not like clicks


def degrade(samples: np.ndarray, rate: int, seed: int = 0) -> np.ndarray:
    """Modulated noise as strong as the speech itself (ITU-T P.810 at Q = 0 dB) and regular dropouts.

    Mono float32 in [-1, 1] at `rate` Hz; the copy has the same length and level (RMS, as far as it does not clip),
    so neither gives it away before it is heard.
    """
    noise = np.random.default_rng(seed).standard_normal(len(samples)).astype(np.float32)
    broken = samples * (1 + noise)
    time = np.arange(len(samples), dtype=np.float32) / rate
    phase = np.mod(time, DROPOUT_EVERY)
    into_gap = np.minimum(phase - (DROPOUT_EVERY - DROPOUT), DROPOUT_EVERY - phase)  # seconds from the gap's edges
    broken *= np.clip(1 - into_gap / FADE, 0, 1)
    level, before = _rms(broken), _rms(samples)
    if level:
        broken *= before / level
    return np.clip(broken, -1, 1).astype(np.float32)


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
