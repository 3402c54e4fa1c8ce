"""What is asked in training and what is kept for testing."""

import random
from ctypes.util import find_library
from itertools import islice

import pytest

from engine.models.wren.text import spoken_form
from engine.training import apart, texts
from engine.training.domain import unknown
from engine.training.voices import ACCENTS, Espeak, letters_aloud


@pytest.fixture(scope="module")
def spoken():
    return list(islice(texts.utterances(seed=5), 3000))


def test_no_training_text_is_held_out(spoken):
    held_out = {e.question for side in texts.exchanges(True).values() for many in side.values() for e in many}
    assert len(held_out) > 1000
    assert not held_out & ({text for _, text, _ in spoken} | {question for _, _, question in spoken})


def test_spoken_texts_are_many_and_of_every_kind(spoken):
    assert len({text for _, text, _ in spoken}) == len(spoken)
    shares = {kind: sum(k == kind for k, _, _ in spoken) / len(spoken) for kind in ("domain", "unknown", "diverse")}
    assert all(share > 0.05 for share in shares.values()) and sum(shares.values()) == pytest.approx(1)


def test_texts_are_written_as_they_are_spoken(spoken):
    assert all(spoken_form(text) == " ".join(text.split()) for _, text, _ in spoken)


def test_a_question_has_one_answer_and_the_answer_its_key():
    found = {}
    for side in (False, True):
        for many in texts.exchanges(side).values():
            for exchanges in many.values():
                for e in exchanges:
                    assert found.setdefault(e.question, e.answer) == e.answer
                    assert all(key in e.answer.lower() for key in e.key)
    assert len(found) > 80_000


def test_areas_are_drawn_evenly():
    rng = random.Random(0)
    area_of = {i.name: area for area, intents in texts.GROUPS.items() for i in intents}
    drawn = [area_of[texts.draw_exchange(rng).intent] for _ in range(2200)]
    assert min(drawn.count(area) for area in texts.GROUPS) > 0.6 * 2200 / len(texts.GROUPS)


def test_unknown_questions_of_the_two_sides_share_no_template():
    assert not set(unknown.TEMPLATES) & set(unknown.HELD_OUT_TEMPLATES)
    assert unknown.ANSWER in texts.answers()


def test_what_is_said_word_by_word_is_made_of_its_words_and_comes_again():
    words = texts.words_apart()
    found = [text for _, text, _ in islice(apart.only(texts.drills_again(1), words), 1500)]
    assert set(words).issuperset(word for text in found for word in text.split())
    assert {"a", "seven", "wednesday", "plus", "say"} <= {word for text in found for word in text.split()}
    assert len(set(found)) < 1500 and not any(texts.is_held_out(text) for text in found)


def test_drills_are_short_bare_and_never_held_out():
    found = list(islice(texts.drills(1), 600))
    assert len({text for _, text, _ in found}) == 600
    assert not any(texts.is_held_out(text) or (question and texts.is_held_out(question)) for _, text, question in found)
    asked = [text == question for kind, text, question in found if kind == "domain"]
    assert 0.6 < sum(asked) / len(asked) < 0.9 and len(asked) > 400
    assert sum(sum(len(word) == 1 for word in text.split()) > 1 for _, text, _ in found) > 60  # rows of letters
    assert sum({"plus", "minus"} & {*text.split()} != set() for _, text, _ in found) > 60


@pytest.mark.parametrize(
    ("text", "aloud"),
    [("go on with a b c", "go on with eigh b c"), ("x y z a", "x y z eigh"), ("the letter a is", "the letter eigh is"),
     ("what comes after a", "what comes after eigh"), ("am i a bird", "am i a bird"), ("a dog and a cat", "a dog and a cat")],
)  # fmt: skip
def test_the_letter_is_no_article(text, aloud):
    assert letters_aloud(text) == aloud


@pytest.mark.skipif(not find_library("espeak-ng"), reason="espeak-ng is not installed: it is needed for training only")
def test_voices_say_the_letter():
    espeak = Espeak()
    for accent in ACCENTS:
        assert espeak.ipa(letters_aloud("a"), accent).strip("ˈ") in ("eɪ", "eː")
