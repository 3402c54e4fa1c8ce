"""The test set of recorded people: what is asked, and how words are cut out and joined. The recordings are not needed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import soundfile

from engine.evaluation import scoring, sets
from engine.training import kept_out, people, recordings

RATE = recordings.SAMPLE_RATE
KEPT = ("asterisk-core-sounds-en-wav", "Jakobovski/free-spoken-digit-dataset", "spoken_mnist", "klettres")
EDGE = round(recordings.EDGE_SECONDS * RATE)


@pytest.fixture(scope="module")
def asked():
    return people.questions()


def test_the_set_that_ships_is_what_is_asked(asked):
    shipped = [(item.voice, item.text, item.answer, item.key) for item in sets.open_set("people").items]
    assert shipped == [(one.voice, one.text, one.answer, one.key) for one in asked]


def test_there_are_sums_and_other_questions_of_many_people(asked):
    areas = Counter(one.area for one in asked)
    assert areas["addition"] + areas["subtraction"] == 90 and len(asked) == 150
    assert {one.voice for one in asked} == set(kept_out.PEOPLE) == recordings.SPEAKERS.keys()
    assert len({one.voice for one in asked if not one.borrowed}) >= 5


def test_saying_the_question_again_is_no_right_answer(asked):
    assert not [one.text for one in asked if one.area not in ("greeting", "repeating") and scoring.right(one.text, one.key)]
    assert all(scoring.right(one.answer, one.key) for one in asked)


def test_a_voice_says_its_own_words_and_borrows_signs_alone(asked):
    for one in asked:
        own = [word for word in one.words if not (one.borrowed and word in ("plus", "minus"))]
        assert all(recordings.SPEAKERS[one.voice].place(word, 0) for word in own)


def test_a_word_is_cut_out_and_brought_to_one_level(tmp_path):
    at = np.arange(24_000) / 24_000
    tone = np.where((at > 0.3) & (at < 0.7), 0.02 * np.sin(2 * np.pi * 300 * at), 0)
    tone += np.random.default_rng(0).normal(0, 1e-4, len(tone))
    soundfile.write(tmp_path / "word.wav", tone, 24_000)
    word = recordings.word(tmp_path, recordings.RecordedSpeaker("somebody", lambda text, take: f"{text}.wav"), "word").samples
    assert len(word) / RATE == pytest.approx(0.4 + 2 * recordings.EDGE_SECONDS, abs=0.03)
    assert 20 * np.log10(word[EDGE:-EDGE].std()) == pytest.approx(recordings.LEVEL, abs=0.1)
    assert abs(word[0]) < 1e-3 and abs(word[-1]) < 1e-3


def test_words_are_joined_with_pauses_and_without_clicks():
    tone = (0.3 * np.sin(2 * np.pi * 200 * np.arange(RATE // 4) / RATE)).astype(np.float32)
    fade = np.ones(len(tone), np.float32)
    fade[:EDGE] = fade[::-1][:EDGE] = np.linspace(0, 1, EDGE)
    whole = people.joined([tone * fade] * 3, np.random.default_rng(1))
    pauses = len(whole) - 2 * EDGE - 3 * (len(tone) - 2 * EDGE)
    assert 2 * people.PAUSE_SECONDS[0] * RATE - 2 <= pauses <= 2 * people.PAUSE_SECONDS[1] * RATE + 2
    assert np.abs(np.diff(whole)).max() < 1.2 * np.abs(np.diff(tone)).max()
    assert np.abs(people.joined([4 * tone], np.random.default_rng(1))).max() == pytest.approx(people.LOUDEST)


@pytest.mark.parametrize(
    "name", ("asterisk-core-sounds-en-wav", "Jakobovski/free-spoken-digit-dataset", "spoken_mnist", "klettres")
)
def test_what_is_kept_for_tests_is_refused(name):
    with pytest.raises(ValueError, match="kept for the test sets"):
        kept_out.check_corpus(name)
    for voice in ("piper:joe", "allison", "flite:awb", "apart:kokoro:af_sarah"):
        with pytest.raises(ValueError, match="kept for the test sets"):
            kept_out.check_voice(voice)
    kept_out.check_corpus("tuxpaint-stamps-default")
    kept_out.check_voice("kokoro:af_heart")


def test_kokoro_is_told_phones_in_its_own_signs():
    kokoro = pytest.importorskip("engine.training.kokoro")
    assert kokoro.signs("hˈəʊ  dʒˈeɪn", british=True) == "hˈQ ʤˈAn"
    assert kokoro.signs("tʃˈɜːɹi ˈoʊpən wˈɔːɾɚ", british=False) == "ʧˈɜɹi ˈOpən wˈɔTəɹ"
    assert set(kept_out.allowed(kokoro.VOICES)) == set(kokoro.VOICES) - kept_out.VOICES and len(kokoro.VOICES) == 28
