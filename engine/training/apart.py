"""Questions said word by word, as somebody does who wants to be understood: each word alone, with pauses between.

Voices that sound like people, and a person, have spoken each of the words once (`record`): one word takes such a voice as long as
a short question. The fast ones speak them when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

PREFIX = "apart:"
RECORDED = tuple(
    f"kokoro:{name}"
    for name in (
        "af_alloy", "af_bella", "af_heart", "af_nicole", "af_river", "am_adam", "am_echo", "am_fenrir", "am_michael", "am_onyx",
        "bf_alice", "bf_lily", "bm_daniel", "bm_lewis",
    )
)  # fmt: skip
LENDERS = {"richard": "kokoro:bm_daniel"}
"""Recorded people, and who says for them what they did not record."""
_PAUSES = 0.03, 0.3
"""Seconds between two words, beside the silence that they begin and end with."""
_LOUDER = 3.0
"""dB by which one word may differ from the others."""
_SILENT, _EDGE_SECONDS = 0.01, 0.03
Say = Callable[..., np.ndarray]
"""`Voices.say`."""


class Apart:
    """Puts words together; `say` speaks one where `folder` does not have it by that voice."""

    def __init__(self, say: Say, folder: Path) -> None:
        self._say, self._folder = say, folder
        self._words = cache(self._recorded)

    def say(self, text: str, voice: str, rng: np.random.Generator | None) -> np.ndarray:
        """Samples at `voices.SAMPLE_RATE`; `voice` begins with `PREFIX`."""
        from engine.training.voices import SAMPLE_RATE

        rng, name = rng or np.random.default_rng(0), voice.removeprefix(PREFIX)
        lender = LENDERS.get(name, name)
        words = self._words(lender) | self._words(name)
        parts: list[np.ndarray] = []
        for word in text.split():
            found = words.get(word)
            samples = cut(self._say(word, lender) if found is None else found, round(_EDGE_SECONDS * SAMPLE_RATE))
            pause = np.zeros(int(rng.uniform(*_PAUSES) * SAMPLE_RATE), np.float32)
            parts += [pause, samples * np.float32(10 ** (rng.uniform(-_LOUDER, _LOUDER) / 20))]
        return np.concatenate(parts[1:])

    def _recorded(self, voice: str) -> dict[str, np.ndarray]:
        from engine.training import corpus
        from engine.training.voices import letters_aloud

        found = corpus.shards(self._folder / _folder_of(voice))
        return {letters_aloud(clip.text): shard.samples(i) for shard in found for i, clip in enumerate(shard.clips)}


def record(folder: Path, recordings: Path, words: list[str], part: int = 0, parts: int = 1) -> None:
    """Lets every `parts`-th of the recorded voices speak each of the words; what is there already stays.

    `recordings` has those of people. Raises `OSError` where they are missing.
    """
    from engine.training import corpus, richard

    if part == 0:
        corpus.put(folder / richard.NAME, richard.words(recordings), richard.NAME)
    for voice in RECORDED[part::parts]:
        texts = (("word", word, "") for word in words)
        corpus.make(folder / _folder_of(voice), texts, len(words), voice, size=corpus.SLOW_SHARD)


def only(texts: Iterator[tuple[str, str, str]], words: list[str]) -> Iterator[tuple[str, str, str]]:
    """Those of the texts (kind, text, question) that are made of these words."""
    known = frozenset(words)
    return (found for found in texts if known.issuperset(found[1].split()))


def _folder_of(voice: str) -> str:
    return voice.replace(":", "-")


def cut(samples: np.ndarray, edge: int) -> np.ndarray:
    """Without the silence around the word, but for `edge` samples."""
    loud = np.flatnonzero(np.abs(samples) > _SILENT * np.abs(samples).max(initial=0))
    return samples[max(0, loud[0] - edge) : loud[-1] + edge] if len(loud) else samples
