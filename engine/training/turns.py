"""What the language model learns from: turns, strung together into short conversations of one fixed length.

A row is a sequence of positions. Each holds a token id or, where the user speaks, a row of listener features. Only what Wren
itself would say is learned (`weight` > 0).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.models.wren.listener_config import ListenerConfig
from engine.models.wren.text import spoken_form
from engine.models.wren.vocabulary import Vocabulary
from engine.training import corpus, hearsay, texts
from engine.training.domain import dialogues, follow_ups, unknown
from engine.training.domain.intent import QAPair
from engine.training.pieces import FEATURE, MARK_WEIGHT, TEXT_WEIGHT, TrainingPiece, learned
from engine.training.replies import Writer, early_stop

UNKNOWN_SHARE = 0.22  # of typed questions
EMPHASIS = {
    "arithmetic": 4.0, "small_talk": 5.0, "refrain": 2.0, "facts": 2.0, "geography": 2.0, "words": 2.0, "daily": 2.0,
    "culture": 2.0, "famous": 2.0, "nature": 2.0, "kinds": 2.0,
    "addition": 9.0, "subtraction": 4.0, "multiplication": 4.0, "addition_to_hundred": 2.0, "subtraction_to_hundred": 2.0,
    "too_hard": 2.0,
}  # fmt: skip
"""Areas and intents that are harder than the others are typed more often."""


@dataclass(frozen=True)
class Mix:
    """How often each kind of turn is drawn."""

    transcribed: float = 0.20
    written: float = 0.60
    spoken: float = 0.11
    typed: float = 0.06
    follow_up: float = 0.03


class Turns:
    """Draws turns; `spoken` are clips with their features, `units` the speech of each answer; `mix` may be changed.

    `writer` says how text and speech of a reply stand together.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        spoken: list[tuple[corpus.SpeechClip, np.ndarray]],
        units: dict[str, list[int]],
        text_chunk: int,
        speech_chunk: int,
        mix: Mix,
        seed: int,
        writer: Writer = early_stop,
    ) -> None:
        self._v, self._units, self._writer = vocabulary, units, writer
        self._text_chunk, self._speech_chunk = text_chunk, speech_chunk
        self.mix, self._rng = mix, random.Random(seed)
        self._noise = np.random.default_rng(seed)
        self._clips = spoken
        self._domain = [c for c in spoken if c[0].kind != "diverse" and self._exchange(c[0])]
        self._follow_ups = [c for c in spoken if c[0].kind == "domain" and not self._exchange(c[0])]
        self._unknown = texts.unknowns(random.Random(seed))
        self._encode = cache(lambda text: tuple(vocabulary.encode(text)))

    def draw(self) -> TrainingPiece:
        mix = self.mix
        kinds = (self._transcribed, self._written, self._spoken, self._typed, self._follow_up)
        return self._rng.choices(kinds, (mix.transcribed, mix.written, mix.spoken, mix.typed, mix.follow_up))[0]()

    def _transcribed(self) -> TrainingPiece:
        """Listening alone: what was said, in text."""
        clip, features = self._rng.choice(self._clips)
        return self._question(features) + self._only_text(clip.text)

    def _written(self) -> TrainingPiece:
        """Knowing alone: a typed question with its answer in text, a quarter of the length of one that is spoken."""
        if self._rng.random() < 0.1:
            return self._written_turn(texts.draw_follow_up(self._rng))
        question, answer = self._typed_exchange()
        return self._words(question) + self._only_text(answer)

    def _written_turn(self, exchange: QAPair) -> TrainingPiece:
        """With what it leans on."""
        if exchange.before is None:
            return self._words(texts.draw_wrapped(exchange.question, self._rng)) + self._only_text(exchange.answer)
        return self._written_turn(exchange.before) + self._words(exchange.question) + self._only_text(exchange.answer)

    def _spoken(self) -> TrainingPiece:
        clip, features = self._rng.choice(self._domain)
        answer = self._exchange(clip)
        assert answer is not None  # so `_domain` was chosen
        return self._question(features) + self._heard(clip.text) + self._reply(answer)

    def _typed(self) -> TrainingPiece:
        question, answer = self._typed_exchange()
        return self._typed_question(question) + self._reply(answer)

    def _typed_exchange(self) -> tuple[str, str]:
        rng = self._rng
        if rng.random() < UNKNOWN_SHARE:
            return next(self._unknown), unknown.ANSWER
        exchange = texts.draw_exchange(rng, emphasis=EMPHASIS)
        return texts.draw_wrapped(exchange.question, rng), exchange.answer

    def _follow_up(self) -> TrainingPiece:
        """Two turns of which the second leans on the first, the second spoken where a clip of it is there."""
        rng = self._rng
        if self._follow_ups and rng.random() < 0.5:
            clip, features = rng.choice(self._follow_ups)
            if found := self._leaning(clip.question):
                asked = self._question(features) + self._heard(clip.text)
                return self._first_turn(found.before) + asked + self._reply(found.answer)
        while (exchange := self._leaning()) is None:
            pass
        return self._first_turn(exchange.before) + self._typed_question(exchange.question) + self._reply(exchange.answer)

    def _leaning(self, question: str | None = None) -> QAPair | None:
        """A turn that leans on the one before, of these words where they are given; None where they make no sense."""
        return texts.draw_follow_up(self._rng) if question is None else follow_up_of(question, self._rng)

    def _first_turn(self, exchange: QAPair | None) -> TrainingPiece:
        """The turn before, with what that leans on."""
        assert exchange is not None  # of a turn that leans on one
        if exchange.before is None:
            return self._typed_question(texts.draw_wrapped(exchange.question, self._rng)) + self._reply(exchange.answer)
        return self._first_turn(exchange.before) + self._typed_question(exchange.question) + self._reply(exchange.answer)

    def _exchange(self, clip: corpus.SpeechClip) -> str | None:
        """The answer to a clip that can be answered alone."""
        if clip.kind == "unknown":
            return unknown.ANSWER
        found = answer_table().get(clip.question)
        return found.answer if found else None

    def _question(self, features: np.ndarray) -> TrainingPiece:
        """A spoken question up to its last sample; now and then another speaker's, or a moment of it is lost."""
        if self._noise.random() < hearsay.SHARE:
            features = hearsay.of_another_speaker(features, ListenerConfig.floor, self._noise)
        features = features.copy()
        if self._noise.random() < 0.3:
            features[self._noise.random(len(features)) < 0.05] = 0
        opening = learned(self._given(self._v.spoken))
        return opening + TrainingPiece((FEATURE,) * len(features), (0.0,) * len(features), (features,))

    def _typed_question(self, text: str) -> TrainingPiece:
        return self._words(text) + learned(self._given(self._v.reply))

    def _words(self, text: str) -> TrainingPiece:
        return learned(self._given(self._v.typed, *self._encode(spoken_form(text))))

    def _only_text(self, text: str) -> TrainingPiece:
        v = self._v
        return learned([*self._given(v.write), *self._text(text), (v.end, MARK_WEIGHT)])

    def _heard(self, text: str) -> TrainingPiece:
        return learned([*self._given(self._v.reply), *self._text(text), (self._v.answer, MARK_WEIGHT)])

    def _reply(self, answer: str) -> TrainingPiece:
        speech = [self._v.unit_ids[unit] for unit in self._units[answer]]
        return self._writer(self._v, self._encode(answer), speech, self._text_chunk, self._speech_chunk)

    def _text(self, text: str) -> list[tuple[int, float]]:
        return [(token, TEXT_WEIGHT) for token in self._encode(text)]

    @staticmethod
    def _given(*ids: int) -> list[tuple[int, float]]:
        return [(token, 0.0) for token in ids]


@cache
def answer_table() -> dict[str, QAPair]:
    """Every question of the training side that stands alone."""
    return {e.question: e for side in texts.exchanges(False).values() for many in side.values() for e in many}


@cache
def _follow_up_table() -> dict[str, list[tuple[str, str, str]]]:
    """Short form -> (intent, area, answer) of what it may stand for."""
    table: dict[str, list[tuple[str, str, str]]] = {}
    for area, intents in texts.GROUPS.items():
        for intent in intents:
            for fact in intent.facts:
                for wording in intent.follow_ups:
                    try:
                        table.setdefault(wording.format(**fact.slots), []).append((intent.name, area, fact.answer))
                    except KeyError:  # this fact has no such slot
                        continue
    return table


@cache
def _step_table() -> dict[str, list[dialogues.FollowUpStep]]:
    """Wording -> the steps of dialogues that it may be."""
    table: dict[str, list[dialogues.FollowUpStep]] = {}
    for step in dialogues.STEPS:
        for wording in step.wordings:
            table.setdefault(wording, []).append(step)
    return table


def follow_up_of(question: str, rng: random.Random) -> QAPair | None:
    """A turn before which `question` makes sense, and what it then means; None for an unknown short form."""
    if question in follow_ups.REPEATS:
        before = texts.draw_exchange(rng)
        return QAPair("repeat", question, before.answer, before.key, before)
    meanings, steps = _follow_up_table().get(question, []), _step_table().get(question, [])
    if steps and rng.random() * (len(meanings) + len(steps)) < len(steps):
        return texts.draw_step(rng.choice(steps), question, rng)
    if not meanings:
        return None
    intent, area, answer = rng.choice(meanings)
    found = texts.exchanges(False)[area][intent]
    return QAPair(intent, question, answer, (), rng.choice(found)) if found else None


def rows(turns: Turns, length: int, pool: int = 24) -> Iterator[TrainingPiece]:
    """Conversations of at most `length` positions, filled with the turns that fit best."""
    waiting = [turns.draw() for _ in range(pool)]
    while True:
        row = waiting.pop(0)
        while True:
            fitting = [i for i, turn in enumerate(waiting) if len(row) + len(turn) <= length]
            if not fitting:
                break
            row = row + waiting.pop(max(fitting, key=lambda i: len(waiting[i])) if len(row) > length // 2 else fitting[0])
        waiting += [turns.draw() for _ in range(pool - len(waiting))]
        if len(row) <= length:
            yield row
