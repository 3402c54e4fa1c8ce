"""Oracle interventions over a set: words' places, outcomes that are kept, and what is shown of them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from rich.progress import Progress

from engine import audio_files
from engine.audio_files import write
from engine.dialogue import Dialogue
from engine.evaluation import scoring, sets
from engine.evaluation.oracle import measure, report, words
from engine.evaluation.oracle.measure import NOTHING, Intervention, Oracle, interventions
from engine.evaluation.sets import open_set
from engine.events import TurnFinished
from engine.models.spoken_lm import PromptPiece
from tests.engine.random_spoken_lm import POSITION, RATE, LevelListener, RandomSpokenLM

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")


@pytest.fixture
def model(tmp_path):
    model = RandomSpokenLM(limit=40)
    model.folder = tmp_path
    return model


@pytest.fixture
def questions(tmp_path):
    """Two spoken questions of 2 s with noise for words, and one that is typed."""
    folder = tmp_path / "noise"
    folder.mkdir()
    lines = [{"id": "typed", "text": "typed", "key": "one"}]
    for index in range(2):
        noise = np.random.default_rng(index).normal(0, 0.2, 2 * RATE).astype(np.float32)
        write(folder / f"{index}.wav", noise, RATE)
        lines.append({"id": f"q{index}", "text": "one two three", "key": "x", "audio": f"{index}.wav"})
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return open_set(str(folder))


TIMES = dict.fromkeys(("q0", "q1"), ((0.1, 0.6), (0.6, 0.7), (1.0, 1.8)))


def measured(oracle, questions, wanted, times=TIMES):
    with Progress(disable=True) as progress:
        return oracle.measure(questions, times, wanted, progress)


def test_a_position_is_the_words_that_its_middle_is_in():
    times = [(0.0, 0.2), (0.2, 0.34), (0.34, 0.35), (0.36, 9.0)]
    assert words.positions(times, 10, 20) == [range(2), range(2, 3), range(4, 20)]
    assert words.positions([(0.2, 0.6), (0.5, 0.8)], 10, 20) == [range(2, 6), range(6, 8)]  # never two words'
    assert words.positions([], 10, 20) == []


def test_positions_per_second_are_the_listeners(model):
    assert measure.positions_per_second(model) == RATE / POSITION


def test_without_intervention_the_answer_is_the_dialogues(model, questions, tmp_path):
    found = measured(Oracle(model, tmp_path / "out"), questions, [NOTHING])
    assert [outcome.id for outcome in found] == ["q0", "q1"]
    for outcome, item in zip(found, questions.items[1:], strict=True):
        turn = Dialogue(model).open_turn()
        turn.feed(*audio_files.read(item.audio))
        last = list(turn.reply())[-1]
        assert isinstance(last, TurnFinished) and outcome.text
        assert outcome.heard_errors[1] == 3 and outcome.states == outcome.kept == 14
        for found, told in ((outcome.heard, last.stats.heard), (outcome.text, last.stats.text)):
            assert found.split() == told.replace("\ufffd", "").split()  # half a character is shown in one, left out in the other


def test_an_intervention_changes_the_words_alone_and_counts_what_it_keeps(model, questions, tmp_path):
    wanted = interventions([0, 2], [1, 9])
    assert len(wanted) == 1 + 2 * 2 * 3 and wanted[0] == NOTHING
    found = measured(Oracle(model, tmp_path / "out"), questions, wanted)
    by_place = {(outcome.id, outcome.intervention): outcome for outcome in found}
    assert len(by_place) == 2 * len(wanted)
    for outcome in found:
        assert outcome.states == 14 and outcome.kept == (3 if outcome.keep == 1 else 14)
        if outcome.keep == 9:  # every word has fewer
            untouched = by_place[outcome.id, NOTHING]
            assert (outcome.heard, outcome.text) == (untouched.heard, untouched.text)
    replies = {(outcome.heard, outcome.text) for outcome in found if outcome.id == "q0"}
    assert len(replies) > 1


def test_every_intervention_is_made_where_and_how_it_says(model, questions, tmp_path, monkeypatch):
    made, real = [], measure.prefill

    def prefill(decoder, cache, states, words, layer, keep, method, generator):
        made.append(Intervention(layer, method, keep))
        return real(decoder, cache, states, words, layer, keep, method, generator)

    monkeypatch.setattr(measure, "prefill", prefill)
    wanted = interventions([0, 2], [1, 2])
    measured(Oracle(model, tmp_path / "out"), questions, wanted)
    assert made == 2 * wanted[1:]


def test_a_run_goes_on_where_it_stopped(model, questions, tmp_path, monkeypatch):
    folder, wanted = tmp_path / "out", interventions([1], [1])
    first = measured(Oracle(model, folder), questions, wanted[:2])
    path = folder / "oracle.jsonl"
    whole = path.read_text()
    path.write_text(whole + whole.splitlines()[0][:30])  # killed in the middle of a line
    asked = []
    real = Oracle._ask
    monkeypatch.setattr(Oracle, "_ask", lambda self, place, *rest: asked.append(place) or real(self, place, *rest))
    again = measured(Oracle(model, folder), questions, wanted)
    assert len(asked) == 2 * (len(wanted) - 2) and [one for one in again if one in first] == first
    asked.clear()
    assert measured(Oracle(model, folder), questions, wanted) == again and not asked
    moved = {name: times[:2] for name, times in TIMES.items()}
    measured(Oracle(model, folder), questions, wanted[:1], moved)
    assert len(asked) == 2  # other words' times are another measurement
    assert len(path.read_text().splitlines()) == 2 * len(wanted) + 2


def test_what_cannot_be_measured_is_a_sentence(model, questions, tmp_path):
    with pytest.raises(ValueError, match="words' times"):
        measured(Oracle(model, tmp_path / "out"), questions, [NOTHING], {})
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="another folder"):
        Oracle(model, tmp_path / "file")
    with pytest.raises(ValueError, match="align"):
        words.read(tmp_path / "words.jsonl")
    (tmp_path / "words.jsonl").write_text('{"id": "a", "times": [[0, 1]]}\n{"id": "b"}\n')
    with pytest.raises(ValueError, match="Line 2"):
        words.read(tmp_path / "words.jsonl")


def test_a_listeners_marks_are_no_words(questions, tmp_path):
    class Marking(LevelListener):
        def finish(self):
            piece = super().finish()
            return PromptPiece(states=torch.cat([piece.states, piece.states]), marks=tuple(range(len(piece))))

    model = RandomSpokenLM(limit=40, listener=Marking)
    model.folder = tmp_path
    item = questions.items[1]
    states, found = Oracle(model, tmp_path / "out")._listen(item.audio, ((0.0, 1.0), (1.0, 2.0)))
    assert len(states) == 2 + 20 + 1 + 2 and found == [range(2, 12)]  # one is in the midst of the second word


def outcome(id, intervention, text, right, errors, kept):
    place = ("w", "set", id, "one two", 0, intervention.layer, intervention.method, intervention.keep, 0)
    return measure.Outcome(*place, heard="h", text=text, right=right, heard_errors=errors, states=10, kept=kept)


def test_damage_is_added_up_by_layer_and_shown(tmp_path):
    merge, drop = Intervention(0, "uniform-merge", 1), Intervention(3, "random-drop", 1)
    found = report.damages(
        [
            outcome("a", NOTHING, "yes", True, (0, 2), 10),
            outcome("a", merge, "yes", True, (1, 2), 2),
            outcome("a", drop, "no", False, (2, 2), 2),
            outcome("b", NOTHING, "ok", False, (1, 4), 10),
            outcome("b", merge, "so", None, (1, 4), 4),
            outcome("b", drop, "ok", False, None, 2),
        ]
    )
    assert [one.intervention for one in found] == [NOTHING, merge, drop]
    assert [one.wer for one in found] == [pytest.approx(1 / 6), pytest.approx(2 / 6), 1.0]
    assert [one.right for one in found] == [0.5, 1.0, 0.0] and [one.same for one in found] == [1.0, 0.5, 0.5]
    assert found[1].kept == pytest.approx(0.3)
    text = report.markdown(found)
    assert "2 questions: word error rate of what was heard 16.7%, right answers 50.0%" in text
    assert "| 0 | - | - | 33.3% | - | - | 100.0% | - | - | 50.0% |" in text
    assert "| 3 | 100.0% | - | - | 0.0% | - | - | 50.0% | - | - |" in text
    report.draw(found, tmp_path / "oracle.png")
    assert (tmp_path / "oracle.png").read_bytes().startswith(b"\x89PNG")


def test_the_shipped_words_fit_their_questions():
    folder = sets.folder_of("wren")
    times, items = words.read(folder / "words.jsonl"), {item.id: item for item in sets.read(folder, "spoken")}
    assert set(times) <= set(items) and len(times) > 0.9 * len(items)
    for name, spans in times.items():
        assert len(spans) == len(scoring.words(items[name].text))
        flat = [time for span in spans for time in span]
        assert flat == sorted(flat) and flat[0] >= 0


def test_a_recording_is_aligned_word_by_word():
    pytest.importorskip("pocketsphinx")
    folder = sets.folder_of("wren")
    known, item = words.read(folder / "words.jsonl"), sets.read(folder, "spoken")[1]
    samples, rate = audio_files.read(item.audio)
    aligner = words.aligner(folder)
    found = aligner.align(item.text, samples, rate)
    assert np.allclose(found, known[item.id], atol=0.051)
    longer = aligner.align(item.text, np.concatenate([np.zeros(rate, np.float32), samples]), rate)
    assert np.allclose(np.array(longer) - 1, found, atol=0.08)
    assert aligner.align("zzqx grblf", samples, rate) is None
