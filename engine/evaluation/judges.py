"""Who listens to the replies: pocketsphinx, or any Whisper folder through transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soxr
import torch

from engine import installed
from engine.evaluation.judge import Recogniser, read_pronunciations
from engine.evaluation.sets import NAMES

KINDS = "pocketsphinx, whisper:FOLDER or none"


class Judge(Protocol):
    """Understands speech; `name` changes with anything that could change what it understands."""

    name: str

    def transcribe(self, samples: np.ndarray, rate: float) -> str:
        """Mono float samples at `rate` -> the words heard."""


def check(wanted: str) -> None:
    """Raises `ValueError` with a sentence for a judge that there is not, before any work is done; nothing is loaded."""
    kind, _, place = wanted.partition(":")
    if wanted not in ("none", "pocketsphinx") and not (kind == "whisper" and place):
        raise ValueError(f"There is no judge {wanted!r}: use {KINDS}.")
    if wanted == "pocketsphinx":
        Recogniser(["hello"])
    if kind == "whisper":
        _whisper(Path(place))
        if find_spec("transformers") is None:
            raise ValueError(f"A Whisper judge needs the package transformers: {installed.how_to_get('eval')}.")


def make(wanted: str, set_names: Iterable[str], folder: Path, texts: Iterable[str]) -> Judge | None:
    """The judge of replies; `folder` is `sets.folder_of` the model, `texts` are the replies' own texts.

    Pocketsphinx hears only what it expects. For the sets that ship these are all answers the model was taught, for any other
    set the texts of all replies, whatever the schedule; a word error rate there is milder than a listener's.
    """
    check(wanted)
    if wanted == "none":
        return None
    if wanted != "pocketsphinx":
        return Whisper(Path(wanted.partition(":")[2]))
    return shipped(folder) if set(set_names) <= set(NAMES) else Recogniser(sorted(set(texts)))


def shipped(folder: Path) -> Recogniser:
    """Expects the answers that ship in `folder`, in the pronunciations beside them."""
    answers = (folder / "answers.txt").read_text(encoding="utf-8").splitlines()
    return Recogniser(answers, read_pronunciations(folder / "pronunciations.txt"))


class Once:
    """A judge that is asked only once about the same sound: different schedules often give the very same reply."""

    def __init__(self, judge: Judge):
        self.name = judge.name
        self._judge = judge
        self._heard: dict[tuple[bytes, float], str] = {}

    def transcribe(self, samples: np.ndarray, rate: float) -> str:
        sound = hashlib.sha256(np.ascontiguousarray(samples).data).digest(), rate
        if sound not in self._heard:
            self._heard[sound] = self._judge.transcribe(samples, rate)
        return self._heard[sound]


def _whisper(folder: Path) -> Path:
    """The folder, if it may hold a Whisper."""
    folder = folder.expanduser()
    if not (folder / "config.json").is_file():
        raise ValueError(f"{folder} holds no Whisper: give the folder with its config.json, weights and tokenizer.")
    return folder


def _loaded(folder: Path) -> tuple[Any, Any]:  # what transformers annotates does not fit what its methods take
    """The processor and the model."""
    from transformers import WhisperForConditionalGeneration, WhisperProcessor

    processor = WhisperProcessor.from_pretrained(folder, local_files_only=True)
    return processor, WhisperForConditionalGeneration.from_pretrained(folder, local_files_only=True, use_safetensors=True)


class Whisper:
    """A Whisper model from a local folder (weights, config and processor as Hugging Face keeps them); downloads nothing.

    Raises `ValueError` with a sentence for a folder without one.
    """

    def __init__(self, folder: Path) -> None:
        folder = _whisper(folder)
        try:
            self._processor, self._model = _loaded(folder)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ValueError(f"The Whisper in {folder} cannot be loaded: {error}") from error
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model.to(self._device).eval()
        self._rate = self._processor.feature_extractor.sampling_rate
        self.name = f"whisper {folder.resolve().name}"

    @torch.inference_mode()
    def transcribe(self, samples: np.ndarray, rate: float) -> str:
        """As `Judge.transcribe`; greedy, in pieces of 30 seconds."""
        samples = np.asarray(samples, np.float32)
        if rate != self._rate:
            samples = soxr.resample(samples, rate, self._rate)
        length = self._processor.feature_extractor.n_samples
        return " ".join(self._piece(samples[start : start + length]) for start in range(0, len(samples), length)).strip()

    def _piece(self, samples: np.ndarray) -> str:
        features = self._processor(samples, sampling_rate=self._rate, return_tensors="pt").input_features.to(self._device)
        language = {"language": "en", "task": "transcribe"} if self._model.generation_config.is_multilingual else {}
        ids = self._model.generate(features.to(self._model.dtype), do_sample=False, num_beams=1, **language)
        return self._processor.batch_decode(ids, skip_special_tokens=True)[0].strip()
