"""Analysis of the answering voice: recorded samples -> the features of `engine.speech.source_filter` (needs pyworld)."""

from __future__ import annotations

import warnings

import numpy as np

from engine.speech.source_filter import APERIODICITY_EDGES, FeatureLayout, mel_matrix

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it still asks for pkg_resources
    import pyworld

FLOOR = -18.0  # natural log of power: what counts as silence


def analyse(samples: np.ndarray, layout: FeatureLayout) -> np.ndarray:
    """Mono samples -> [frames, layout.width] float32."""
    rate, period = layout.sample_rate, 1000 / layout.frame_rate
    x = samples.astype(np.float64)
    f0, times = pyworld.dio(x, rate, frame_period=period, f0_floor=60.0, f0_ceil=400.0)
    f0 = pyworld.stonemask(x, f0, times, rate)
    power = pyworld.cheaptrick(x, f0, times, rate)
    ragged = pyworld.d4c(x, f0, times, rate)
    envelope = np.log(np.maximum(power, np.exp(FLOOR))) @ mel_matrix(layout, power.shape[1])
    hertz = np.linspace(0, rate / 2, ragged.shape[1])
    bands = [
        ragged[:, (hertz >= low) & (hertz < high)].mean(1)
        for low, high in zip(APERIODICITY_EDGES, APERIODICITY_EDGES[1:], strict=False)
    ]
    voiced = f0 > 0
    steady = np.interp(times, times[voiced], np.log(f0[voiced])) if voiced.any() else np.full(len(times), np.log(110.0))
    return np.column_stack([envelope, steady, voiced, *bands]).astype(np.float32)
