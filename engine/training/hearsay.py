"""What the listener would have heard of another speaker: the same clip, its phones taken for others now and then.

The clips that the listener was trained on are clearer to it than anybody whom it never heard, and the language model would
learn to trust it too much. Noise on log-probabilities swaps those phones that the listener nearly took for each other anyway.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_softmax

SHARE = 0.5
"""Of the questions that are changed."""
_SPEAKER, _MOMENT = 2.0, 1.0  # nats: of a phone over the whole clip, and in each frame; at most


def of_another_speaker(features: np.ndarray, floor: float, rng: np.random.Generator) -> np.ndarray:
    """Features of `tokens.listen`, uint8 [positions, 2 * classes] -> others; `floor` is the listener's. Silence put in for the
    lone last frame stays."""
    frames = features.reshape(2 * len(features), -1)
    found = (1 - frames / 255) * floor
    strength = rng.uniform()
    found += strength * (rng.normal(0, _SPEAKER, found.shape[1]) + rng.normal(0, _MOMENT, found.shape))
    changed = np.round((1 - log_softmax(found, 1).clip(floor) / floor) * 255)
    return np.where(frames.any(1, keepdims=True), changed, 0).astype(np.uint8).reshape(features.shape)
