"""Sets whose sounds are made: recordings that went a bad way, and sounds in which nobody speaks."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from rich.progress import Progress

from engine.audio_files import recording
from engine.evaluation import sets, wear
from engine.evaluation.answers import EvaluationRun
from engine.evaluation.cases import Case
from engine.evaluation.metrics import QUALITY
from engine.evaluation.summary import report, rows
from tests.engine.random_spoken_lm import RandomSpokenLM

FOLDER = sets.folder_of("wren")
WORN, NOTHING = sets.read(FOLDER, "worn"), sets.read(FOLDER, "nothing")


@pytest.fixture(scope="module")
def clear():
    return recording(sets.read(FOLDER, "people")[0].audio)


def energy(samples: np.ndarray, rate: int, above: float) -> float:
    """The share of it above so many Hz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return power[np.fft.rfftfreq(len(samples), 1 / rate) > above].sum() / power.sum()


def test_every_kind_of_wear_meets_many_voices_and_no_question_twice():
    assert Counter(item.area for item in WORN) == dict.fromkeys(wear.KINDS, 36)
    assert len({item.audio for item in WORN}) == len({item.id for item in WORN}) == len(WORN)
    for kind in wear.KINDS:
        assert len({item.voice for item in WORN if item.area == kind}) >= 10
    assert all(item.is_spoken and item.question.is_spoken and item.key for item in WORN)


def test_a_worn_question_is_the_same_every_time():
    item = WORN[40]
    first, again = item.question.sound(), sets.read(FOLDER, "worn")[40].question.sound()
    assert np.array_equal(first.samples, again.samples) and first.samples.dtype == np.float32
    assert not np.array_equal(first.samples, recording(item.audio).samples)


def test_the_telephone_has_no_high_tones(clear):
    narrow, coarse = wear.worn(clear, "8 kHz"), wear.worn(clear, "u-law")
    assert energy(clear.samples, clear.rate, 4100) > 1e-4 > 100 * energy(narrow.samples, narrow.rate, 4100)
    assert len(narrow.samples) == len(clear.samples)
    assert energy(coarse.samples, coarse.rate, 4100) < 1e-5
    assert 20 * np.log10(np.abs(coarse.samples).max()) == pytest.approx(wear.LOUD, abs=0.5)


def test_noise_is_ten_decibels_below_the_voice(clear):
    noisy = wear.worn(clear, "noise")
    gain = np.dot(noisy.samples, clear.samples) / np.dot(clear.samples, clear.samples)
    rest = noisy.samples - gain * clear.samples
    assert 20 * np.log10(gain * clear.samples.std() / rest.std()) == pytest.approx(wear.NOISE, abs=0.5)
    assert np.abs(noisy.samples).max() == pytest.approx(np.abs(clear.samples).max(), rel=1e-3)


def test_a_room_sounds_on_and_a_quiet_voice_is_quiet(clear):
    echoing = wear.worn(clear, "room")
    after = echoing.samples[len(clear.samples) :]
    assert len(after) == pytest.approx(wear.REVERBERATION * clear.rate, abs=2) and after.any()
    assert 20 * np.log10(np.abs(wear.worn(clear, "quiet").samples).max()) == pytest.approx(wear.QUIET, abs=0.1)


def run(folder, model, items):
    asked = sets.QuestionSet("nothing", tuple(items))
    with Progress(disable=True) as progress:
        return EvaluationRun(model, folder).answer(asked, Case(), progress)


def test_where_nobody_speaks_no_answer_is_the_right_one(tmp_path):
    assert len(NOTHING) == 84 and len({item.id for item in NOTHING}) == 84
    items = [*NOTHING[::9], NOTHING[-1]]
    results = run(tmp_path / "refuses", RandomSpokenLM(limit=20), items)
    assert all(result.failed and result.right for result in results)
    [row] = rows(results, QUALITY)
    assert row.figures["right"].value == 1 and "Could not be answered" not in report(results)


def test_an_answer_to_nothing_is_wrong(tmp_path, any_sound_is_speech):
    results = run(tmp_path, RandomSpokenLM(limit=20), NOTHING[:3])
    assert [result.right for result in results] == [False] * 3 and not any(result.failed for result in results)


def test_another_reason_for_no_answer_is_not_right(tmp_path, monkeypatch):
    from engine.evaluation import answers
    from engine.headless import AskError

    def stops(*arguments):
        raise AskError("The model stopped without an answer.")

    monkeypatch.setattr(answers, "ask", stops)
    results = run(tmp_path, RandomSpokenLM(limit=20), NOTHING[:2])
    assert not any(result.right for result in results) and "Could not be answered" in report(results)
