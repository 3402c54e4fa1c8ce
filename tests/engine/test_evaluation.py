"""Scoring, the judge of speech, and the test sets that ship."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import soundfile

from engine.edit_distance import edit_distance
from engine.evaluation import judge, scoring, sets
from engine.evaluation.bigrams import END, START, arpa
from engine.evaluation.judge import Recogniser, read_pronunciations

FOLDER = sets.folder_of("wren")
SIZES = {"typed": 300, "spoken": 240, "cousins": 200, "neural": 220, "people": 150, "unknown": 150}
UNEVEN = ("people",)
"""Its areas are what recorded words allow to ask."""


@pytest.mark.parametrize(
    "a, b, edits",
    [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("same", "same", 0)],
)
def test_edit_distance(a, b, edits):
    assert edit_distance(a, b) == edit_distance(b, a) == edits
    assert edit_distance(list(a), tuple(b)) == edits


def test_words_are_compared_without_case_punctuation_and_accents():
    assert scoring.words("  It's PARIS, d’accord: naïve 'quoted' café!") == [
        "it's", "paris", "d'accord", "naive", "quoted", "cafe",
    ]  # fmt: skip
    assert scoring.same("Hello, world.", "hello world") and not scoring.same("Hello", "hello world")


def test_right_needs_every_word_of_the_key_in_order():
    assert scoring.right("The capital of France is Paris.", ["paris"])
    assert scoring.right("Sure: New Delhi!", ["new delhi"])
    assert scoring.right("Book is spelled b, o, o, k.", ["b", "o", "o", "k"])
    assert not scoring.right("Book is spelled b, o, k.", ["b", "o", "o", "k"])
    assert not scoring.right("Three, two, one.", ["one", "two", "three"])
    assert not scoring.right("Comparison.", ["paris"]) and not scoring.right("", ["paris"])


def test_word_errors_count_edits_against_the_reference():
    assert scoring.word_errors("the cat sat", "The cat sat.") == (0, 3)
    assert scoring.word_errors("a cat sat down", "The cat sat.") == (2, 3)
    assert scoring.word_errors("", "one two") == (2, 2)


def bigram_model(text):
    """ARPA text -> single words' and pairs' log10 shares and factors."""
    singles, pairs = {}, {}
    for line in text.splitlines():
        match line.split():
            case [share, word] if share.startswith("-"):
                singles[word] = (float(share), None)
            case [share, word, factor] if share.startswith("-") and _is_number(factor):
                singles[word] = (float(share), float(factor))
            case [share, first, second] if share.startswith("-"):
                pairs[first, second] = float(share)
    return singles, pairs


def _is_number(text):
    return text.lstrip("-").replace(".", "").isdigit()


def test_bigram_shares_add_up_to_one_after_every_word():
    singles, pairs = bigram_model(arpa([["a", "cat"], ["a", "dog"], ["the", "cat", "sat"], ["a", "cat"]]))
    assert singles.keys() == {START, END, "a", "the", "cat", "dog", "sat"}
    for first in singles.keys() - {END}:
        seconds = singles.keys() - {START}
        shares = [10 ** pairs.get((first, word), singles[first][1] + singles[word][0]) for word in seconds]
        assert sum(shares) == pytest.approx(1, abs=1e-3), first
    assert pairs["a", "cat"] > pairs["a", "dog"] > singles["a"][1] + singles["sat"][0]


def items_by(voice):
    return [item for item in sets.read(FOLDER, "spoken") if item.voice == voice]


def test_the_judge_understands_clear_speech_and_no_noise():
    items = items_by("flite:rms")
    recogniser = Recogniser((item.text for item in items), read_pronunciations(FOLDER / "pronunciations.txt"))
    edits = count = 0
    for item in items[:8]:
        samples, rate = soundfile.read(item.audio, dtype="float32")
        heard = recogniser.transcribe(samples, rate)
        wrong, said = scoring.word_errors(heard, item.text)
        edits, count = edits + wrong, count + said
    assert edits / count < 0.2
    assert recogniser.transcribe(samples, rate) == heard  # nothing is carried over
    assert recogniser.transcribe(np.repeat(samples, 3), 3 * rate)  # any rate
    noise = np.random.default_rng(0).normal(0, 0.02, rate).astype(np.float32)
    wrong, said = scoring.word_errors(recogniser.transcribe(noise, rate), items[0].text)
    assert wrong >= said / 2
    assert recogniser.transcribe(np.zeros(0, np.float32), rate) == ""


def test_the_judge_says_which_words_it_cannot_know(monkeypatch):
    monkeypatch.setattr(judge, "_dictionary", lambda: {"hello": ("HH AH L OW",)})
    recogniser = Recogniser(["Hello zyzzyx.", "Hello wrenish."], {"wrenish": "R EH N IH SH"})
    assert recogniser.missing == ("zyzzyx",)


def test_every_answer_can_be_judged():
    answers = (FOLDER / "answers.txt").read_text(encoding="utf-8").splitlines()
    pronunciations = read_pronunciations(FOLDER / "pronunciations.txt")
    assert len(answers) > 1000 and len(answers) == len(set(answers))
    assert not {w for a in answers for w in scoring.words(a)} - pronunciations.keys() - judge._dictionary().keys()


@pytest.mark.parametrize("name", SIZES)
def test_a_set_is_well_formed(name):
    items = sets.read(FOLDER, name)
    assert len(items) == SIZES[name]
    assert len({item.id for item in items}) == len({(item.text, item.before) for item in items}) == len(items)
    for item in items:
        assert item.answer and item.key and scoring.right(item.answer, item.key), item
        assert item.text == " ".join(item.text.lower().split()) and scoring.words(item.text), item
        assert (item.audio is None) == (item.voice == "")
        if item.audio:
            sound = soundfile.info(item.audio)
            assert (sound.samplerate, sound.channels) == (16_000, 1) and 0.5 < sound.duration < 10, item
    areas = Counter(item.area for item in items)
    assert name in UNEVEN or max(areas.values()) - min(areas.values()) <= 1
    spoken = sum(item.audio is not None for item in items)
    assert spoken == {"typed": 0, "unknown": 50}.get(name, len(items))


def test_the_sets_are_small_enough_to_ship_and_hold_no_stray_sound():
    used = {item.audio for name in sets.NAMES for item in sets.read(FOLDER, name)} - {None}
    there = set(FOLDER.rglob("*.ogg"))
    assert used == there and sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 6e6


def test_there_are_follow_ups_that_lean_on_a_turn_before():
    items = [item for item in sets.read(FOLDER, "typed") if item.before]
    assert len(items) == 25 and {item.area for item in items} == {"follow_up"}


def test_an_unknown_set_is_a_sentence():
    with pytest.raises(ValueError, match="typed, spoken"):
        sets.read(FOLDER, "nonsense")


def test_nothing_of_the_sets_is_trained_on():
    texts = pytest.importorskip("engine.training.texts", exc_type=ImportError)
    from engine.training import kept_out
    from engine.training.domain import unknown, wrapping

    trained = {e.question for area in texts.exchanges(False).values() for many in area.values() for e in many}
    for name in ("typed", "spoken", "cousins", "neural"):
        for item in sets.read(FOLDER, name):
            cores = set(wrapping.unwrapped(item.text))
            assert not cores & trained and any(map(texts.is_held_out, cores)), item
            assert item.before is None or texts.is_held_out(item.before)
    heard = {item.voice for item in sets.read(FOLDER, "spoken")}
    for name, voices in (("cousins", kept_out.COUSINS), ("neural", kept_out.NEURAL), ("people", kept_out.PEOPLE)):
        assert {item.voice for item in sets.read(FOLDER, name)} == set(voices) and not heard & set(voices)
    templates = set(unknown.TEMPLATES)
    assert not templates & set(unknown.HELD_OUT_TEMPLATES)


def test_follow_ups_and_wrapped_questions_stay_on_their_side():
    import random

    texts = pytest.importorskip("engine.training.texts", exc_type=ImportError)
    rng = random.Random(1)
    for held_out in (False, True):
        for _ in range(60):
            drawn = texts.draw_follow_up(rng, held_out)
            assert texts.is_held_out(drawn.question) == texts.is_held_out(drawn.before.question) == held_out
    question = texts.draw_exchange(rng).question
    assert not any(texts.is_held_out(texts.draw_wrapped(question, rng)) for _ in range(300))
