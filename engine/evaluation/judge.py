"""A recogniser that judges how well a reply can be understood: pocketsphinx with a language model of the answers.

It is no model of a human listener: it mishears clear recordings, too. Quote beside every figure what it makes of
recordings of the voice itself (`python -m engine.evaluation.ceiling`).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import soxr

from engine import installed
from engine.evaluation.bigrams import arpa
from engine.evaluation.scoring import words

RATE = 16_000
_SILENCE = np.zeros(RATE // 4, np.int16)


class Recogniser:
    """A `Judge` that hears nothing but words of `sentences`, best in the order in which they stand there.

    `pronunciations` (word -> phones of the CMU dictionary, "K AE T") are for words that the bundled dictionary lacks;
    words in neither are left out and listed in `missing`. Opens no connection. Raises `ValueError` with a sentence where the
    package pocketsphinx is missing or there is no sentence to hear.
    """

    def __init__(self, sentences: Iterable[str], pronunciations: Mapping[str, str] = {}) -> None:
        try:
            import pocketsphinx
        except ImportError:
            raise ValueError(
                f"The judge pocketsphinx is not installed: {installed.how_to_get('eval')}. Or choose another judge (--judge)."
            ) from None

        rows = [words(sentence) for sentence in sentences]
        wanted = {word for row in rows for word in row}
        ways = {word: (phones,) for word, phones in pronunciations.items()} | _dictionary()
        spoken = {word: ways[word] for word in wanted if word in ways}
        rows = [[word for word in row if word in spoken] for row in rows]
        if not any(rows):
            raise ValueError(
                "The replies have no word that the judge knows: choose another one (--judge whisper:FOLDER or none)."
            )
        self.missing = tuple(sorted(wanted - spoken.keys()))
        self.name = f"pocketsphinx {_digest(rows)}"
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "words.dict").write_text("".join(_entries(spoken)), encoding="utf-8")
            (folder / "answers.arpa").write_text(arpa(rows), encoding="utf-8")
            self._decoder = pocketsphinx.Decoder(
                hmm=str(_model() / "en-us"),
                lm=str(folder / "answers.arpa"),
                dict=str(folder / "words.dict"),
                samprate=RATE,
                loglevel="FATAL",
            )

    def transcribe(self, samples: np.ndarray, rate: float) -> str:
        """Mono float samples at `rate` -> the words heard, lower case; the same whatever was transcribed before."""
        if rate != RATE:
            samples = soxr.resample(samples, rate, RATE)
        pcm = np.clip(np.asarray(samples) * 32767, -32768, 32767).astype(np.int16)
        self._decoder.start_utt()
        self._decoder.process_raw(np.concatenate([_SILENCE, pcm, _SILENCE]).tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr if found else ""


def _digest(rows: list[list[str]]) -> str:
    return hashlib.blake2b("\n".join(map(" ".join, rows)).encode(), digest_size=4).hexdigest()


def read_pronunciations(path: Path) -> dict[str, str]:
    """A file of lines "word PHONE PHONE ..."."""
    return dict(line.split(" ", 1) for line in path.read_text(encoding="utf-8").splitlines() if line)


def _model() -> Path:
    import pocketsphinx

    return Path(pocketsphinx.get_model_path()) / "en-us"


@cache
def _dictionary() -> dict[str, tuple[str, ...]]:
    """Word -> its pronunciations; the file writes further ones as "word(2)"."""
    found: dict[str, tuple[str, ...]] = {}
    for line in (_model() / "cmudict-en-us.dict").read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        word = word.split("(")[0]
        found[word] = (*found.get(word, ()), phones)
    return found


def _entries(spoken: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    for word, ways in sorted(spoken.items()):
        for number, phones in enumerate(ways, 1):
            yield f"{word}{f'({number})' if number > 1 else ''} {phones}\n"
