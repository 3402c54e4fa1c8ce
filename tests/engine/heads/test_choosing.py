"""What is proposed for a wanted loss, and by which figures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.progress import Progress

from engine import schedules
from engine.evaluation import judges, judging
from engine.evaluation.sets import EvalItem, QuestionSet
from engine.heads.choosing import Candidate, best, candidates, compare, held_out, table
from engine.heads.recording import split
from engine.schedules import Full, ScheduleError, Spark
from tests.engine.random_spoken_lm import RandomSpokenLM

ASKED = QuestionSet("mine", tuple(EvalItem(str(i), "hello" * (i + 1), key=("one",)) for i in range(3)))
ONE = Candidate(Spark(4, "last", 2), 3.0, 0.9, 0.9, 0.05, 0.5, True, 1.3, 1.2)


def compared(model, folder, tried, judge="none"):
    with Progress(disable=True) as progress:
        return {str(one.schedule): one for one in compare(model, tried, ASKED, folder, judge, progress)}


@pytest.fixture
def model(tmp_path):
    model = RandomSpokenLM(heads="random", limit=60)
    model.folder = tmp_path
    return model


def test_a_few_layers_are_tried_with_every_period():
    tried = candidates(12, range(3, 12))
    assert tried[0] == Full() and {one.layer for one in tried[1:]} == {3, 6, 8, 11}
    assert {one.period for one in tried[1:] if not one.review} == {2, 4, 8}
    assert [one.layer for one in tried if one.review] == [3, 6, 8, 11]
    assert {one.layer for one in candidates(12, range(3, 12), (5,))} == {None, 5}
    with pytest.raises(ScheduleError):
        candidates(12, (3, 4), (5,))


def test_without_a_judge_the_loss_is_what_changes(model, tmp_path):
    found = compared(model, tmp_path / "run", candidates(4, (1, 2, 3), (2,)))
    full, trusting, reviewed = (found[form] for form in ("full", "spark:k=4,last@2", "spark:k=4,last@2+review"))
    assert full.loss == 0 and full.agreement == 1 and full.predicted == 1 and full.measured == 1 and full.depth == 4
    assert reviewed.loss == 0 and reviewed.agreement == 1 and reviewed.acceptance < 0.5
    assert reviewed.depth > 4 and reviewed.predicted < 1  # drafts that are thrown away cost layers, too
    assert trusting.depth < 4 and trusting.predicted > 1 and not trusting.judged
    assert 20 < trusting.loss < 60 and trusting.acceptance == reviewed.acceptance
    assert found["spark:odd@2"].loss < trusting.loss < found["spark:k=8,last@2"].loss


def test_with_a_judge_the_loss_is_in_errors_and_answers(model, tmp_path, monkeypatch):
    class Judge:
        name = "judge"
        count = 0

        def transcribe(self, samples, rate):
            Judge.count += 1
            return "one" if Judge.count <= 3 else "nothing"

    monkeypatch.setattr(judges, "make", lambda *_: Judge())
    monkeypatch.setattr(judging, "Once", lambda judge: judge)  # this one changes its mind about the same sound
    found = compared(model, tmp_path / "run", [Full(), Spark(2, "first", 2)], "pocketsphinx")
    assert found["spark:even@2"].judged and found["spark:even@2"].loss == pytest.approx(100)


def test_the_fastest_within_the_loss_is_proposed():
    full = replace(ONE, schedule=Full(), loss=0.0, predicted=1.0)
    risky = replace(ONE, schedule=Spark(8, "last", 1), loss=5.0, predicted=2.0)
    surer = replace(ONE, schedule=Spark(4, "last", 3), loss=0.1)
    found = [full, ONE, risky, surer]
    assert best(found, 1.0) == surer and best(found, 5.0) == risky and best(found, 0.05) == full
    assert schedules.parse(str(best(found, 1.0).schedule)) == surer.schedule


def test_the_table_has_a_line_for_each():
    text = table([replace(ONE, schedule=Full(), wer=None), ONE])
    assert len(text.splitlines()) == 4 and len({line.count("|") for line in text.splitlines()}) == 1
    assert "| spark:k=4,last@2 | 2 | 4 | 3.00 | 90.0% |" in text


def test_no_head_has_learned_from_the_questions():
    asked = QuestionSet("mine", tuple(EvalItem(str(i), "x") for i in range(40)))
    numbers = [int(item.id) for item in held_out(asked, 5).items]
    assert len(numbers) == 5 and set(numbers) <= set(split(range(40), 40)[2])
