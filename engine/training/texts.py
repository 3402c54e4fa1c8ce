"""Which texts Wren is trained on and which are kept for testing.

A wording with its entity ("which city is the capital of france") belongs to one side for good: it is drawn by a checksum
of its letters, so adding an intent or a fact moves nothing else. What is held out appears in no training role: not as a
question, not as a listening exercise, not behind a polite prefix.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, count, islice
from pathlib import Path

from engine.models.wren.numbers import in_words
from engine.models.wren.text import spoken_form
from engine.training.domain import (
    animal_words,
    animals,
    arithmetic,
    arts,
    body,
    calendar,
    chatting,
    colours,
    comparisons,
    computing,
    conversions,
    counting,
    dates,
    dialogues,
    diverse,
    facts,
    famous,
    follow_ups,
    geography,
    household,
    jobs,
    kinds,
    letters,
    lone_facts,
    measures,
    nature,
    number_facts,
    parts_of_numbers,
    pastimes,
    places,
    program,
    public_life,
    refrain,
    repeating,
    school,
    sequences,
    small_talk,
    sums,
    synonyms,
    too_hard,
    unknown,
    word_forms,
    words,
    wrapping,
)
from engine.training.domain.intent import Intent, QAPair, slot_names

HELD_OUT_SHARE = 0.05
SPOKEN_EMPHASIS = {"arithmetic": 2.0, "counting": 1.5, "addition": 20.0, "subtraction": 20.0, "multiplication": 4.0}
"""What is asked in few words, which sound much alike, is heard more often than its number of facts would have it."""
DRILLED = {"arithmetic": 6.0, "counting": 6.0, "words": 5.0}
_DRILLED_INTENTS = {
    "addition": 20.0, "subtraction": 20.0, "multiplication": 6.0, "next_letter": 30.0, "next_number": 5.0, "next_day": 5.0,
    "today_is": 20.0, "tomorrow_is": 20.0, "repeating": 60.0,
}  # fmt: skip
"""Areas, all others of which are left out, and intents of what is short and sounds alike."""
STEP_SHARE = 0.3  # of follow-ups: those that lean on one reply, not on the kind of question
MOST_TURNS = 4
_AREAS = {
    "small_talk": (small_talk, chatting),
    "refrain": (refrain, program),
    "arithmetic": (arithmetic, sums, parts_of_numbers, number_facts, too_hard),
    "geography": (geography, places),
    "words": (words, synonyms, word_forms, letters, repeating),
    "calendar": (calendar, dates),
    "measures": (measures, conversions),
    "colours": (colours,),
    "counting": (counting, sequences),
    "animals": (animals, animal_words),
    "facts": (facts, lone_facts),
    "kinds": (kinds, comparisons),
    "nature": (nature,),
    "famous": (famous,),
    "daily": (body, household, jobs),
    "culture": (arts, pastimes, school, public_life),
    "computing": (computing,),
}
GROUPS = {area: tuple(intent for module in modules for intent in module.INTENTS) for area, modules in _AREAS.items()}
"""Intents by the area they belong to; areas are what training and tests draw evenly from."""


def is_held_out(question: str) -> bool:
    return zlib.crc32(question.encode()) % 1000 < 1000 * HELD_OUT_SHARE


@cache
def exchanges(held_out: bool) -> dict[str, dict[str, tuple[QAPair, ...]]]:
    """Every exchange of one side: area -> intent -> exchanges."""
    return {
        area: {
            intent.name: tuple(e for e in intent.exchanges() if is_held_out(e.question) == held_out)
            for intent in intents
        }
        for area, intents in GROUPS.items()
    }


def draw_exchange(rng: random.Random, held_out: bool = False, emphasis: Mapping[str, float] | None = None) -> QAPair:
    """An area evenly, an intent of it by the root of its number of facts, an exchange; `emphasis` multiplies the weights of
    the areas and intents that it names."""
    emphasis = emphasis or {}
    areas = tuple(GROUPS)
    area = rng.choices(areas, [emphasis.get(area, 1.0) for area in areas])[0] if emphasis else rng.choice(areas)
    intents = [i for i in GROUPS[area] if exchanges(held_out)[area][i.name]]
    intent = rng.choices(intents, weights=[len(i.facts) ** 0.5 * emphasis.get(i.name, 1.0) for i in intents])[0]
    return rng.choice(exchanges(held_out)[area][intent.name])


def draw_follow_up(rng: random.Random, held_out: bool = False) -> QAPair:
    """A question that leans on the turn before: an intent's own short form, a request to repeat or a step of a dialogue.

    All turns are of the same side; a dialogue may have `MOST_TURNS`.
    """
    while True:
        if rng.random() < STEP_SHARE:
            step = rng.choice(dialogues.STEPS)
            found = draw_step(step, rng.choice(step.wordings), rng, held_out)
        else:
            found = _any_follow_up(draw_exchange(rng, held_out), rng)
        if found and is_held_out(found.question) == held_out:
            return found


def draw_step(step: dialogues.FollowUpStep, wording: str, rng: random.Random, held_out: bool = False) -> QAPair | None:
    """The step in this wording with what was said before it; None where that side has nothing that leads there."""
    before = _leading_to(rng.choice(step.after), rng, held_out, MOST_TURNS - 1)
    return before and QAPair("dialogue", wording, step.answer, step.key, before)


def _leading_to(answer: str, rng: random.Random, held_out: bool, turns: int) -> QAPair | None:
    """A turn that ends in this answer, with up to `turns` - 1 turns before it."""
    alone = _by_answer(held_out).get(answer, ())
    steps = [step for step in dialogues.STEPS if step.answer == answer] if turns > 1 else []
    if steps and (not alone or rng.random() < 0.5):
        step = rng.choice(steps)
        wordings = [wording for wording in step.wordings if is_held_out(wording) == held_out]
        before = wordings and _leading_to(rng.choice(step.after), rng, held_out, turns - 1)
        if before:
            return QAPair("dialogue", rng.choice(wordings), answer, step.key, before)
    if answer == unknown.ANSWER:
        return QAPair("unknown", next(unknown.questions(rng, held_out)), answer, ())
    return rng.choice(alone) if alone else None


def drilled_answers() -> list[str]:
    """The answers to what is drilled and to small talk, in order, each once."""
    wanted = (many for area, side in exchanges(False).items() for name, many in side.items()
              if area == "small_talk" or name in _DRILLED_INTENTS)  # fmt: skip
    return list(dict.fromkeys(exchange.answer for many in wanted for exchange in many))


@cache
def _by_answer(held_out: bool) -> dict[str, tuple[QAPair, ...]]:
    """The questions that stand alone by those answers that a dialogue goes on from."""
    wanted = {answer for step in dialogues.STEPS for answer in step.after}
    found: dict[str, list[QAPair]] = {}
    for many in (many for area in exchanges(held_out).values() for many in area.values()):
        for exchange in many:
            if exchange.answer in wanted:
                found.setdefault(exchange.answer, []).append(exchange)
    return {answer: tuple(several) for answer, several in found.items()}


def _any_follow_up(before: QAPair, rng: random.Random) -> QAPair | None:
    """A follow-up of either side; None where the wording drawn names a slot that the fact drawn does not have."""
    intent = _intent(before.intent)
    if not intent.follow_ups or rng.random() >= 0.7:
        return QAPair("repeat", rng.choice(follow_ups.REPEATS), before.answer, before.key, before)
    fact, wording = rng.choice(intent.facts), rng.choice(intent.follow_ups)
    if any(name not in fact.slots for name in slot_names(wording)):
        return None
    return QAPair(intent.name, wording.format(**fact.slots), fact.answer, fact.key, before)


def draw_wrapped(question: str, rng: random.Random) -> str:
    """A training question, maybe in polite wrapping; never one whose whole text is held out."""
    while is_held_out(text := wrapping.wrap(question, rng)):
        pass
    return text


def unknowns(rng: random.Random) -> Iterator[str]:
    """Training questions that Wren does not know, without end, worded as loosely as those that it knows."""
    for question in unknown.questions(rng):
        yield wrapping.wrap(question, rng)


@cache
def _intent(name: str) -> Intent:
    return next(i for intents in GROUPS.values() for i in intents if i.name == name)


def answers() -> list[str]:
    """Every answer Wren may give, sorted."""
    taught = {fact.answer for intents in GROUPS.values() for intent in intents for fact in intent.facts}
    return sorted(taught | dialogues.answers() | {unknown.ANSWER})


def spoken_answers(count: int) -> Iterator[tuple[str, str, str]]:
    """What is spoken in Wren's voice: every answer, then plain sentences up to `count`, so that its units meet all sounds."""
    known = answers()
    yield from (("answer", text, "") for text in known)
    rng = random.Random(3)
    sentences = [e.question for side in exchanges(False).values() for many in side.values() for e in many]
    strings = diverse.strings(rng, dictionary_words(), sorted(set(_words_of(known))), sentences)
    for _ in range(count - len(known)):
        yield "diverse", next(strings), ""


def utterances(seed: int) -> Iterator[tuple[str, str, str]]:
    """What is spoken in the questioners' voices, without end: (kind, text, question).

    kind is "domain" (question: the wording inside its polite wrapping), "unknown" or "diverse" (question: empty). No text comes
    twice.
    """
    rng = random.Random(seed)
    strange = unknowns(random.Random(seed + 1))
    sentences = [e.question for side in exchanges(False).values() for many in side.values() for e in many]
    domain_words = sorted({word for sentence in sentences for word in sentence.split()} | set(_words_of(answers())))
    strings = diverse.strings(random.Random(seed + 2), dictionary_words(), domain_words, sentences)
    seen: set[str] = set()
    while True:
        draw, question = rng.random(), ""
        if draw < 0.50:
            question = (draw_exchange(rng, emphasis=SPOKEN_EMPHASIS) if rng.random() < 0.9 else draw_follow_up(rng)).question
            kind, text = "domain", wrapping.wrap(question, rng)
        elif draw < 0.60:
            kind, text = "unknown", next(strange)
        else:
            kind, text = "diverse", next(strings)
        text = spoken_form(text)
        if text in seen or is_held_out(text) or (question and is_held_out(question)):
            continue
        seen.add(text)
        yield kind, text, question


def drills(seed: int) -> Iterator[tuple[str, str, str]]:
    """As `utterances`: questions of few words that sound alike, mostly bare, and rows of such words that mean nothing."""
    rng = random.Random(seed)
    emphasis = dict.fromkeys(GROUPS, 0.0) | DRILLED | _DRILLED_INTENTS
    seen: set[str] = set()
    while True:
        kind, question = "diverse", ""
        if rng.random() < 0.75:
            kind, question = "domain", draw_exchange(rng, emphasis=emphasis).question
            text = wrapping.wrap(question, rng) if rng.random() < 0.25 else question
        else:
            words = rng.choice((letters.ALPHABET, _NUMBERS, _SIGNS, calendar.DAYS))
            text = " ".join(rng.choice(words) for _ in range(rng.randint(2, 5))).lower()
        text = spoken_form(text)
        if text in seen or is_held_out(text) or (question and is_held_out(question)):
            continue
        seen.add(text)
        yield kind, text, question


def drills_again(seed: int) -> Iterator[tuple[str, str, str]]:
    """The same, but that a text comes again after a thousand others."""
    return chain.from_iterable(islice(drills(at), 1000) for at in count(seed))


def words_apart() -> list[str]:
    """The words of what is short and sounds alike: letters, numbers, days, months, and what is asked about them."""
    asked = "plus minus times equals and what is today tomorrow then say repeat letter word the comes next after before"
    tens = " ".join(in_words(n) for n in range(30, 101, 10))
    names = [name.lower() for name in (*calendar.DAYS, *calendar.MONTHS)]
    plain = (*tens.split(), *names, *asked.split(), "hello", "goodbye")
    return list(dict.fromkeys((*letters.ALPHABET, *_NUMBERS, *plain, *repeating.SHORT, *words.SPELLED[::4])))


_NUMBERS = [in_words(n) for n in range(21)]
_SIGNS = [*_NUMBERS[:13], "plus", "minus", "times", "equals", "plus", "minus"]


def _words_of(texts: list[str]) -> Iterator[str]:
    for text in texts:
        yield from re.findall(r"[a-z][a-z']*", text.lower())


@cache
def dictionary_words() -> tuple[str, ...]:
    """The words of the pronunciation dictionary that ships with pocketsphinx (a-z only, 2 to 12 letters)."""
    import pocketsphinx

    path = Path(pocketsphinx.get_model_path()) / "en-us" / "cmudict-en-us.dict"
    words = (line.split(maxsplit=1)[0] for line in path.read_text(encoding="utf-8").splitlines() if line)
    return tuple(w for w in words if w.isalpha() and w.isascii() and 2 <= len(w) <= 12)
