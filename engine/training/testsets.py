"""The test sets in resources/evaluation/wren: questions in wordings, and partly in voices, that Wren never met.

Of each set one JSONL file: `typed` (with follow-ups as second turns), `spoken` (voices of the training), `cousins` (voices
of the training's synthesisers that were kept out of it), `neural` (voices that sound like people, kept out as well) and
`unknown` (what Wren should say it does not know). Beside them, for whoever judges the replies' speech: `answers.txt`, every
answer, and `pronunciations.txt`, words that a common dictionary lacks. The set of recorded people is made by `people`.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from rich.progress import track

from engine.training import kept_out, texts
from engine.training.domain import unknown, wrapping
from engine.training.domain.intent import QAPair
from engine.training.voices import SAMPLE_RATE, Voices, draw_voice, letters_aloud

FOLLOW_UP, ANSWERS = "follow_up", "answers"
SILENCE_SECONDS = 0.2
VoiceOf = Callable[[int, np.random.Generator], str]
"""The voice that speaks the question of this number; empty where it is typed."""
_COMPRESSION = 0.95  # in libsndfile's terms, 0 to 1: 18 kbit/s; Vorbis' headers alone would take as much


@dataclass(frozen=True)
class TestSetPlan:
    """How a set is drawn: how many questions, which, and who speaks each."""

    count: int
    lines: Callable[[str], Iterator[dict[str, Any]]]  # by the set's name, which seeds them
    voice_of: VoiceOf = lambda i, rng: ""


def write(folder: Path, names: Collection[str] = ()) -> None:
    """Makes these sets anew, all and what a judge needs where none is named; the same code gives the same questions.

    `ANSWERS` makes what a judge needs alone. Raises `ValueError` for a name that is neither that nor one of `PLANS`.
    """
    if strange := set(names) - {*PLANS, ANSWERS}:
        raise ValueError(f"There is no test set {min(strange)!r}: use {', '.join((*PLANS, ANSWERS))}.")
    folder.mkdir(parents=True, exist_ok=True)
    voices = Voices()
    for name in [name for name in PLANS if not names or name in names]:
        _write(folder, name, PLANS[name], voices)
    if not names or ANSWERS in names:
        answers = texts.answers()
        (folder / "answers.txt").write_text("".join(f"{answer}\n" for answer in answers), encoding="utf-8")
        (folder / "pronunciations.txt").write_text("".join(_pronunciations(answers, voices)), encoding="utf-8")


def _domain(name: str) -> Iterator[dict[str, Any]]:
    """Held-out questions, areas in turn, no text twice."""
    return _in_turn(name, tuple(texts.GROUPS))


def _domain_and_follow_ups(name: str) -> Iterator[dict[str, Any]]:
    return _in_turn(name, (*texts.GROUPS, FOLLOW_UP))


def _in_turn(name: str, areas: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    rng, seen = random.Random(f"wren {name}"), set()
    while True:
        for area in areas:
            line = next(line for line in _of_area(area, rng) if line["text"] not in seen)
            seen.add(line["text"])
            yield line


def _of_area(area: str, rng: random.Random) -> Iterator[dict[str, Any]]:
    while True:
        draw = texts.draw_follow_up if area == FOLLOW_UP else texts.draw_exchange
        exchange = draw(rng, held_out=True)
        leans_on = exchange.before
        if leans_on and leans_on.before:
            continue  # a line of a set has room for one turn before
        assert texts.is_held_out(exchange.question)
        if leans_on and area == FOLLOW_UP:
            before = {"text": leans_on.question, "answer": leans_on.answer}
            yield {**_line(exchange, exchange.question, area), "before": before}
        elif exchange.intent in _intents(area):
            text = wrapping.wrap(exchange.question, rng)
            if not any(question in _training_questions() for question in wrapping.unwrapped(text)):
                yield _line(exchange, text, area)


def _unknown(name: str) -> Iterator[dict[str, Any]]:
    seen = set()
    for text in unknown.questions(random.Random(f"wren {name}"), held_out=True):
        if text not in seen:
            seen.add(text)
            exchange = QAPair("unknown", text, unknown.ANSWER, tuple(_words(unknown.ANSWER)))
            yield _line(exchange, text, "unknown")


def _line(exchange: QAPair, text: str, area: str) -> dict[str, Any]:
    key = _in_order(exchange.key, exchange.answer)
    return {"text": text, "area": area, "intent": exchange.intent, "answer": exchange.answer, "key": key}


def _in_order(key: tuple[str, ...], answer: str) -> list[str]:
    """The key's words in the order in which the answer says them (for the last time)."""
    wanted = Counter(word for part in key for word in part.split())
    found: list[str] = []
    for word in reversed(_words(answer)):
        if wanted[word]:
            wanted[word] -= 1
            found.insert(0, word)
    assert not +wanted, f"the answer {answer!r} lacks words of its key: {key}"
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


@cache
def _intents(area: str) -> frozenset[str]:
    return frozenset(intent.name for intent in texts.GROUPS[area])


@cache
def _training_questions() -> frozenset[str]:
    return frozenset(e.question for side in texts.exchanges(False).values() for many in side.values() for e in many)


PLANS = {
    "typed": TestSetPlan(300, _domain_and_follow_ups),
    "spoken": TestSetPlan(240, _domain, lambda i, rng: draw_voice(rng)),
    "cousins": TestSetPlan(200, _domain, lambda i, rng: kept_out.COUSINS[i % len(kept_out.COUSINS)]),
    "neural": TestSetPlan(220, _domain, lambda i, rng: kept_out.NEURAL[i % len(kept_out.NEURAL)]),
    "unknown": TestSetPlan(150, _unknown, lambda i, rng: draw_voice(rng) if i % 3 == 2 else ""),
}


def _write(folder: Path, name: str, plan: TestSetPlan, voices: Voices) -> None:
    shutil.rmtree(folder / name, ignore_errors=True)
    rng, written = np.random.default_rng(zlib.crc32(name.encode())), []
    lines = islice(plan.lines(name), plan.count)
    for i, line in enumerate(track(lines, description=name, total=plan.count)):
        line = {"id": f"{name}-{i + 1:04d}", **line}
        voice = plan.voice_of(i, rng)
        if voice:
            line |= {"audio": f"{name}/{i + 1:04d}.ogg", "voice": voice}
            write_sound(folder / line["audio"], voices.say(letters_aloud(line["text"]), voice, rng))
        written.append(json.dumps(line))
    (folder / f"{name}.jsonl").write_text("\n".join(written) + "\n", encoding="utf-8")


def write_sound(path: Path, samples: np.ndarray) -> None:
    """Mono samples at `SAMPLE_RATE` as Opus, with a little silence around them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.pad(np.clip(samples, -1, 1), round(SILENCE_SECONDS * SAMPLE_RATE))
    settings = {"format": "OGG", "subtype": "OPUS", "compression_level": _COMPRESSION}
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, **settings) as file:
        file.write(samples)


def _pronunciations(answers: list[str], voices: Voices) -> Iterator[str]:
    """`word PHONE PHONE ...` in the phones of the CMU dictionary, as flite says the words that are not in it."""
    known = set(texts.dictionary_words())
    for word in sorted({word for answer in answers for word in _words(answer)} - known):
        phones = (phone.upper().replace("AX", "AH") for phone in voices.flite.phones(word))
        yield f"{word} {' '.join(phones)}\n"
