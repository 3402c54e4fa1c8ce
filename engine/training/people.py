"""The test set of recorded people: questions put together from single recorded words.

Sums and differences, what comes next, which day it is, repeating: what the recorded words allow to ask, with one right
answer each. Who recorded digits alone borrows "plus" and "minus" from one of the others.
"""

from __future__ import annotations

import json
import operator
import random
import shutil
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.models.wren.numbers import in_words
from engine.training import recordings
from engine.training.domain.calendar import DAYS, MONTHS
from engine.training.recordings import DIGITS, EDGE_SECONDS, SPEAKERS, TAKES
from engine.training.testsets import write_sound
from engine.training.voices import SAMPLE_RATE

NAME = "people"
PAUSE_SECONDS = 0.06, 0.15
"""Between two words."""
LOUDEST = 0.9
LETTERS, NUMBERS = "abcdefghijklmnopqrstuvwxyz", tuple(map(in_words, range(21)))
_NO_ANSWERS = ("a", "i", "o", "March", "May")  # they may come in any reply as another word
_AREAS = {"plus": "addition", "minus": "subtraction", "times": "multiplication"}


@dataclass(frozen=True)
class Asked:
    """A question of recorded words; `borrowed` is who says "plus" and "minus" where the voice does not."""

    voice: str
    area: str
    words: tuple[str, ...]
    answer: str
    key: tuple[str, ...]
    borrowed: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.words)


def questions() -> list[Asked]:
    """All of them, the same at every call; no text twice."""
    draw = _Draw()
    draw.sums("allison", 12, 12, 20, ending="equals")
    draw.sums("julia", 10, 10, 20, ending="equals")
    draw.sums("dawson", 5, 5, 20, "allison")
    for name in ("george", "jackson", "lucas", "nicolas", "theo", "yweweler"):
        draw.sums(name, 3, 2, 9, "allison")
    draw.sums("barry", 2, 1, 9, "julia")
    draw.sums("christine", 1, 2, 9, "julia")
    draw.products("julia", 6)
    draw.days("allison", 5, 3)
    draw.next("allison", "calendar", DAYS, 2, 3, "and")
    draw.next("allison", "calendar", MONTHS, 2, 4, "and")
    draw.next("allison", "letters", LETTERS, 3, 3, "and")
    draw.add("allison", "greeting", ("hello",), "Hello, it is nice to hear you.", ("hello",))
    draw.add("allison", "greeting", ("goodbye",), "Goodbye, talk to you soon.", ("goodbye",))
    draw.next("julia", "letters", LETTERS, 4, 4)
    draw.next("julia", "numbers", NUMBERS, 4, 4)
    draw.next("barry", "numbers", DIGITS, 3, 3)
    draw.next("christine", "numbers", DIGITS, 4, 3)
    draw.next("klettres-us", "letters", LETTERS, 4, 4)
    draw.next("klettres-gb", "letters", LETTERS, 4, 4)
    draw.repeating("klettres-us", "key", "jet", "hot", "b", "k", "x")
    draw.repeating("klettres-gb", "dog", "car", "sky", "c", "q", "t")
    return draw.asked


def write(folder: Path, source: Path) -> None:
    """Puts the set together from the recordings in `source` (see `recordings`). Raises `OSError` for a missing one."""
    shutil.rmtree(folder / NAME, ignore_errors=True)
    written = []
    for number, one in enumerate(questions(), 1):
        id, audio = f"{NAME}-{number:04d}", f"{NAME}/{number:04d}.ogg"
        line = {"id": id, "text": one.text, "area": one.area, "answer": one.answer, "key": list(one.key)}
        write_sound(folder / audio, spoken(one, source))
        written.append(json.dumps(line | {"audio": audio, "voice": one.voice}))
    (folder / f"{NAME}.jsonl").write_text("\n".join(written) + "\n", encoding="utf-8")


def spoken(one: Asked, source: Path) -> np.ndarray:
    """The question's sound at `SAMPLE_RATE`; pauses and takes are drawn by its text and voice."""
    rng = np.random.default_rng(zlib.crc32(f"{one.voice} {one.text}".encode()))
    narrow = SPEAKERS[one.voice].narrow
    parts = []
    for text in one.words:
        borrowed = one.borrowed and text in ("plus", "minus")
        speaker = SPEAKERS[one.borrowed if borrowed else one.voice]
        parts.append(recordings.word(source, speaker, text, int(rng.integers(TAKES)), narrow).samples)
    return joined(parts, rng)


def joined(parts: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Words one after the other, `PAUSE_SECONDS` apart; their faded edges may overlap. Peaks stay below `LOUDEST`."""
    edge, place, places = round(EDGE_SECONDS * SAMPLE_RATE), 0, []
    for part in parts:
        places.append(place)
        place += len(part) - 2 * edge + round(rng.uniform(*PAUSE_SECONDS) * SAMPLE_RATE)
    whole = np.zeros(places[-1] + len(parts[-1]), np.float32)
    for start, part in zip(places, parts, strict=True):
        whole[start : start + len(part)] += part
    return whole * min(1.0, LOUDEST / np.abs(whole).max())


class _Draw:
    """Draws questions that were not drawn before."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._rng = random.Random("wren people")

    def add(self, voice: str, area: str, words: tuple[str, ...], answer: str, key: tuple[str, ...], borrowed: str = "") -> bool:
        """Whether it is a new one."""
        one = Asked(voice, area, words, answer, key, borrowed)
        if one.text in {other.text for other in self.asked}:
            return False
        self.asked.append(one)
        return True

    def sums(self, voice: str, plus: int, minus: int, most: int, borrowed: str = "", ending: str = "") -> None:
        """Of numbers up to `most`. None names its own result, which a wrong reply could say as well. A third end in `ending`."""
        pairs = [(a, b) for a in range(1, most + 1) for b in range(1, most + 1)]
        for sign, count, fitting, result in (
            ("plus", plus, [(a, b) for a, b in pairs if a + b <= 20], operator.add),
            ("minus", minus, [(a, b) for a, b in pairs if a > b and a != 2 * b], operator.sub),
        ):
            self._calculated(voice, sign, count, fitting, result, borrowed, ending)

    def products(self, voice: str, count: int) -> None:
        pairs = [(a, b) for a in range(2, 13) for b in range(2, 13)]
        self._calculated(voice, "times", count, pairs, operator.mul)

    def days(self, voice: str, after: int, before: int) -> None:
        for known, asked, count, step in (("today", "tomorrow", after, 1), ("tomorrow", "today", before, -1)):
            for i in self._rng.sample(range(7), count):
                answer = DAYS[(i + step) % 7]
                words = (known, "is", DAYS[i].lower(), asked, "is")
                self.add(voice, "calendar", words, f"{asked.capitalize()} is {answer}.", (answer.lower(),))

    def next(self, voice: str, area: str, row: Sequence[str], length: int, count: int, end: str = "") -> None:
        """`length` members of a row; the right answer is what comes next."""
        starts = [i for i in range(len(row) - length) if row[i + length] not in _NO_ANSWERS]
        self._rng.shuffle(starts)
        for start in starts:
            words = (*(name.lower() for name in row[start : start + length]), *([end] if end else []))
            answer = row[start + length]
            said = f"{answer[:1].upper()}{answer[1:]} comes after {row[start + length - 1]}."
            count -= self.add(voice, area, words, said, (answer.lower(),))
            if not count:
                return

    def repeating(self, voice: str, *words: str) -> None:
        for text in words:
            self.add(voice, "repeating", ("say", text), f"{text.capitalize()}.", (text,))

    def _calculated(
        self,
        voice: str,
        sign: str,
        count: int,
        pairs: list[tuple[int, int]],
        result: Callable[[int, int], int],
        borrowed: str = "",
        ending: str = "",
    ) -> None:
        self._rng.shuffle(pairs)
        for a, b in pairs:
            first, second, value = in_words(a), in_words(b), in_words(result(a, b))
            end = (ending,) if ending and count % 3 == 0 else ()
            answer = f"{first} {sign} {second} is {value}.".capitalize()
            count -= self.add(voice, _AREAS[sign], (first, sign, second, *end), answer, tuple(value.split()), borrowed)
            if not count:
                return
