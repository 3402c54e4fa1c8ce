"""A run: what a reply is measured for, what the judge adds, and going on after a stop."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
import soundfile
from rich.progress import Progress

from engine import audio_files
from engine.evaluation import judges, judging, scoring
from engine.evaluation.answers import EvaluationRun
from engine.evaluation.cases import Case, cases, check, split
from engine.evaluation.evaluate import EvaluationPlan, Times, measure, opened, write
from engine.evaluation.judges import Once
from engine.evaluation.judging import judge_replies
from engine.evaluation.sets import EvalItem, QuestionSet
from engine.lm.sampling import Sampling
from tests.engine.random_spoken_lm import RATE, RandomSpokenLM, tone

ITEMS = tuple(EvalItem(f"q{i}", "hello" * (i + 1), "talk", answer="One x.", key=("one",)) for i in range(3))


class CountingLM(RandomSpokenLM):
    """Counts the typed questions it is asked."""

    asked = 0

    def typed(self, text):
        CountingLM.asked += 1
        return super().typed(text)


@pytest.fixture(autouse=True)
def model(tmp_path, monkeypatch):
    """In a folder of its own, with weights that can change."""
    model = CountingLM()
    model.folder = tmp_path / "model"
    model.folder.mkdir()
    (model.folder / "lm.safetensors").write_bytes(b"weights")
    CountingLM.asked = 0
    return model


class Parrot:
    """A judge that hears the same in everything."""

    def __init__(self, said="one two", name="parrot"):
        self.said, self.name, self.count = said, name, 0

    def transcribe(self, samples, rate):
        assert samples.ndim == 1 and samples.size and rate == RATE
        self.count += 1
        return self.said


FIXED = Case("fixed:2")


def answered(model, folder, items=ITEMS, case=FIXED, **options):
    with Progress(disable=True) as progress:
        return EvaluationRun(model, folder, **options).answer(QuestionSet("mine", tuple(items)), case, progress)


def judged(model, folder, items, judge, predictor=None, results=None):
    with Progress(disable=True) as progress:
        run, questions = EvaluationRun(model, folder, keep_sound=True), QuestionSet("mine", tuple(items))
        results = results or run.answer(questions, Case("fixed:2"), progress)
        return judge_replies(run, results, [questions], judge, predictor, progress)


def test_spoken_questions_can_be_asked_more_quietly(tmp_path):
    sound = tmp_path / "mine.wav"
    soundfile.write(sound, np.tile(tone(3), 30), RATE)
    (tmp_path / "mine.jsonl").write_text(json.dumps({"audio": "mine.wav", "text": "one"}) + '\n{"text": "typed"}\n')
    (questions,) = opened([str(tmp_path / "mine.jsonl")], "random", 0, print, peak=-40)
    spoken, typed = questions.items
    samples = spoken.question.sound().samples
    assert np.abs(samples).max() == pytest.approx(0.01, abs=1 / 32768) and len(np.unique(samples)) < 700
    assert typed.question.sound() is None
    assert not audio_files.at_peak(np.zeros(5, np.float32), -40).any()


def test_a_reply_is_measured(model, tmp_path):
    reviewed, *_ = answered(model, tmp_path / "other", case=Case("spark:k=4,last@2+review"))
    assert reviewed.accepted + reviewed.rejected > 0
    result, *_ = answered(model, tmp_path / "run", case=Case("fixed:2", seed=3))
    assert (result.set, result.schedule, result.seed, result.sampling) == ("mine", "fixed:2", 3, "greedy")
    assert result.text and result.tokens == 24 and result.text_tokens + result.speech_tokens == 23
    assert result.speech_depth == 2 and 2 < result.mean_depth < 4 and result.accepted == 0
    assert result.tokens_per_second > 0 and result.first_audio > 0 and result.first_token > 0 and result.memory > 0
    shape = model.decoder.config
    each = 2 * shape.layers * shape.kv_heads * shape.head_dim * 4
    assert result.positions == 24
    assert each * len(model.typed("hello")) < result.kv_bytes <= each * (len(model.typed("hello")) + 24)
    assert result.speech is None and not (tmp_path / "run" / "replies").exists()


def test_a_run_goes_on_where_it_stopped(model, tmp_path):
    first = answered(model, tmp_path, ITEMS[:2])
    assert CountingLM.asked == 3  # one to warm up
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"weights": "cut of')
    second = answered(model, tmp_path)
    assert CountingLM.asked == 5 and second[:2] == first
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 3
    assert answered(model, tmp_path) == second and CountingLM.asked == 5
    assert answered(model, tmp_path, case=Case("fixed:2", seed=1))[0].seed == 1 and CountingLM.asked == 9
    changed = answered(model, tmp_path, [replace(ITEMS[0], text="another one")])
    assert CountingLM.asked == 11 and changed[0].asked == "another one"
    (model.folder / "lm.safetensors").write_bytes(b"other weights")
    assert answered(model, tmp_path, ITEMS[:1])[0].weights != first[0].weights and CountingLM.asked == 13


def test_what_is_right_follows_the_key_as_it_is_now(model, tmp_path):
    item = replace(ITEMS[0], key=("nothing like it",))
    assert judged(model, tmp_path, [item], Parrot("one two"))[0].right_in_speech is False
    item = replace(item, aliases=(("two",),))
    again, *_ = judged(model, tmp_path, [item], Parrot("one two"))
    assert again.right_in_speech and CountingLM.asked == 2  # nothing was asked again
    assert json.loads((tmp_path / "results.jsonl").read_text().splitlines()[-1])["right_in_speech"] is True
    item = replace(item, key=(again.text,))
    assert answered(model, tmp_path, [item])[0].right
    assert answered(model, tmp_path, [replace(item, before="hello")])[0].ids != again.ids  # another conversation


def test_what_another_run_keeps_is_left_alone(model, tmp_path):
    (tmp_path / "results.jsonl").write_text('{"weights": "x", "layer": 3}\n')
    with pytest.raises(OSError, match="results.jsonl is not of such a run .*line 1.*another folder"):
        answered(model, tmp_path)
    assert (tmp_path / "results.jsonl").read_text() == '{"weights": "x", "layer": 3}\n'


def test_what_failed_is_asked_again(model, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(type(model), "typed", Mock(side_effect=ValueError("Not now.")))
        assert answered(model, tmp_path, ITEMS[:1])[0].failed == "Not now."
    assert not answered(model, tmp_path, ITEMS[:1])[0].failed


def test_sampling_and_seeds_change_replies(model, tmp_path):
    warm = Sampling(temperature=1.0)
    one, two = (answered(model, tmp_path, ITEMS[:1], Case(seed=seed), sampling=warm)[0] for seed in (0, 1))
    assert one.ids != two.ids and "temperature=1" in one.sampling
    assert answered(model, tmp_path, ITEMS[:1])[0].sampling == "greedy"


def test_a_question_that_leans_on_one_before_is_asked_after_it(model, tmp_path):
    answered(model, tmp_path, ITEMS[:1])
    CountingLM.asked = 0
    answered(model, tmp_path, [replace(ITEMS[0], id="two", before="before that")])
    assert CountingLM.asked == 3  # warm-up, the one before, and it


def test_spoken_questions_and_failures_are_told_apart(model, tmp_path, any_sound_is_speech):
    sound, silence = tmp_path / "sound.wav", tmp_path / "silence.wav"
    soundfile.write(sound, np.tile(tone(3), 30), RATE)
    soundfile.write(silence, np.zeros(RATE), RATE)
    item = EvalItem("q1", "one two three", key=("nothing",), audio=sound, voice="somebody")
    heard, failed = answered(model, tmp_path / "run", [item, replace(item, id="q2", audio=silence)])
    assert heard.heard and heard.heard_errors == scoring.word_errors(heard.heard, item.text) and heard.right is False
    assert failed.failed.endswith(".") and failed.right is None
    (unnamed,) = answered(model, tmp_path / "run", [replace(item, id="q3", text="")])
    assert unnamed.heard_errors is None  # nobody knows what was asked


def test_only_the_taught_answer_is_right_about_the_unknown(model, tmp_path):
    item = EvalItem("q1", "hello", answer="whatever", key=("whatever",))
    (asked,) = answered(model, tmp_path, [item])
    (unknown,) = answered(model, tmp_path, [replace(item, area="unknown", id="q2")])
    (said,) = answered(model, tmp_path, [replace(item, area="unknown", id="q3", answer=asked.text.upper())])
    assert asked.right is False and unknown.right is False and said.right is True


def test_the_judge_hears_each_reply_once(model, tmp_path):
    judge = Parrot()
    found = judged(model, tmp_path, ITEMS, judge)
    assert [r.speech for r in found] == ["one two"] * 3 and all(r.right_in_speech for r in found)
    assert found[0].speech_errors == scoring.word_errors("one two", found[0].text)
    asked = CountingLM.asked
    assert judged(model, tmp_path, ITEMS, judge) == found and judge.count == 3 and CountingLM.asked == asked
    other = Parrot("nothing", "other")
    assert not any(r.right_in_speech for r in judged(model, tmp_path, ITEMS, other)) and other.count == 3
    sounds = list((tmp_path / "replies").rglob("*.flac"))
    assert len(sounds) == 3 and CountingLM.asked == asked
    sounds[0].unlink()
    judged(model, tmp_path, ITEMS, other)
    assert sounds[0].is_file()  # its question was asked again


def test_the_judge_hears_the_same_sound_once():
    judge, sound = Parrot(), np.linspace(-1, 1, 100)
    once = Once(judge)
    assert once.name == judge.name
    assert [once.transcribe(one, RATE) for one in (sound, sound.copy(), -sound)] == ["one two"] * 3 and judge.count == 2


def test_opinion_scores_come_from_a_command(model, tmp_path):
    script = tmp_path / "mos.py"
    script.write_text("import sys, wave\nprint('score:', wave.open(sys.argv[1]).getnframes() / 1000)")
    found = judged(model, tmp_path / "run", ITEMS[:1], None, judging.command(f"{sys.executable} {script}"))
    frames = len(soundfile.read(next((tmp_path / "run").rglob("*.flac")))[0])
    assert found[0].mos == pytest.approx(frames / 1000) and found[0].speech is None


@pytest.mark.parametrize(
    "code, sentence",
    [
        ("print('none')", "printed no number"),
        ("print('nan')", "no number"),
        ("import sys; sys.exit('no model')", "code 1: no model"),
    ],
)
def test_a_command_that_gives_no_score_is_a_sentence(model, tmp_path, code, sentence):
    script = tmp_path / "mos.py"
    script.write_text(code)
    with pytest.raises(ValueError, match=sentence):
        judged(model, tmp_path / "run", ITEMS[:1], None, judging.command(f"{sys.executable} {script}"))
    assert (tmp_path / "run" / "results.jsonl").read_text().count("\n") == 1  # what was finished is kept


def test_no_command_and_no_program_are_sentences():
    with pytest.raises(ValueError, match="is empty"):
        judging.command(" ")
    with pytest.raises(ValueError, match="cannot be run"):
        judging.command("no-such-program-here")(np.zeros(100, np.float32), RATE)


def test_a_whole_evaluation_writes_tables_and_plots(model, tmp_path, monkeypatch):
    monkeypatch.setattr(judges, "make", lambda *_: Parrot())
    forms = "full,fixed:2,spark:k=4,last@3+review,spark:k=4,last@1+review"
    plan = EvaluationPlan([QuestionSet("mine", ITEMS)], cases(forms, "none", "0,1"), tmp_path / "run", "pocketsphinx")
    times = Times()
    with Progress(disable=True) as progress:
        results = measure(model, plan, progress, times)
    assert len(results) == 4 * 2 * 3 and set(times.parts) == {"answering", "judging"}
    written = write(results, plan.folder, ["About it."], times)
    assert {path.name for path in written} == {
        "results.jsonl", "summary.md", "depth-wer.png", "depth-speed.png", "acceptance.png",
    }  # fmt: skip
    assert all(path.stat().st_size > 1000 for path in written)
    text = (plan.folder / "summary.md").read_text()
    assert text.startswith("About it.") and "| mine | spark:k=4,last@1+review | none | 3 |" in text
    assert "Difference to `full`" in text
    first = json.loads((plan.folder / "results.jsonl").read_text().splitlines()[0])
    assert first["schedule"] == "full" and first["speech"] == "one two" and len(first["ids"]) == 24


def test_without_a_judge_no_sound_is_kept(model, tmp_path):
    with Progress(disable=True) as progress:
        results = measure(model, EvaluationPlan([QuestionSet("mine", ITEMS)], cases("full"), tmp_path), progress)
    written = write(results, tmp_path)
    assert not (tmp_path / "replies").exists() and {path.suffix for path in written} == {".jsonl", ".md", ".png"}
    assert "WER of speech" not in (tmp_path / "summary.md").read_text()


def test_schedules_and_poolings_are_split_where_one_ends():
    forms = ["full", "spark:k=4,first@8", "spark:even@9+review", "fixed:3", "full"]
    assert split(",".join(forms)) == forms
    assert split("none, input:0.8,w=2,dual:0.8,9@0.7") == ["none", "input:0.8,w=2", "dual:0.8,9@0.7"]
    found = cases("full,spark:k=2,first@2", "none,input:0.80", "0,1")
    assert len(found) == 8 and found[0] == Case() and found[-1] == Case("spark:even@2", "input:0.8", 1)
    assert str(found[-1]) == "spark:even@2 · input:0.8 · seed 1" and str(Case()) == "full"


@pytest.mark.parametrize(
    "forms, word", [(("deep",), "schedule"), (("full", "much"), "pooling"), (("full", "none", "0,x"), "seeds")]
)
def test_a_form_that_cannot_be_read_is_a_sentence(forms, word):
    with pytest.raises(ValueError, match=word):
        cases(*forms)


def test_a_case_the_model_cannot_run_is_refused():
    check(cases("fixed:2,full", "deep:1@0.7"), 4, (1, 2))
    for forms in (("fixed:3",), ("full", "deep:4@0.7")):
        with pytest.raises(ValueError, match=r"\."):
            check(cases(*forms), 4, (1, 2))


def test_sets_of_one_name_are_refused(tmp_path):
    for name in ("a", "b"):
        folder = tmp_path / name / "same"
        folder.mkdir(parents=True)
        (folder / "q.jsonl").write_text('{"text": "x"}\n')
    with pytest.raises(ValueError, match="'same'"):
        opened([str(tmp_path / "a" / "same"), str(tmp_path / "b" / "same")], "wren", 0, print)


def test_a_judge_that_is_not_there_is_a_sentence(tmp_path):
    for wanted, sentence in (("ear", "There is no judge"), (f"whisper:{tmp_path}", "holds no Whisper"), ("whisper:", "no judge")):
        with pytest.raises(ValueError, match=sentence):
            judges.check(wanted)
    judges.check("none")
    assert judges.make("none", ["mine"], tmp_path, []) is None


def test_the_judge_of_other_sets_expects_the_replies(tmp_path):
    judge = judges.make("pocketsphinx", ["mine"], tmp_path, ["hello world", "good evening"])
    assert judge.name != judges.make("pocketsphinx", ["mine"], tmp_path, ["hello world"]).name
    with pytest.raises(ValueError, match="no word that the judge knows"):
        judges.make("pocketsphinx", ["mine"], tmp_path, ["zyzzyx"])
