"""A test as one file: taken in another data folder, without models, and added up to what it would be here."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QFont

from app.listening import experiment, results
from app.listening.experiment import ExperimentError
from app.listening.listeners import by_listener
from app.listening.results import StoredTest, TrialAnswer
from app.listening.summary import summarise
from app.pages.blind.report import write
from tests.app.listening.listeners import FIRST, SECOND, by_strength, items, prefers_second
from tests.app.listening.test_ranking import NAMES, STRENGTHS

PAIR = (FIRST, SECOND)


def take(test: StoredTest, answer, seed: int = 0) -> StoredTest:
    chance = np.random.default_rng(seed)
    while (trial := test.next_trial) is not None:
        test.record(trial, TrialAnswer(answer(trial, chance), 1.0, (1.0, 1.0)))
    return test


def sent(folder: Path, test: StoredTest) -> Path:
    path = folder / f"{test.listener}{experiment.ANSWERS_ENDING}"
    experiment.save_answers(path, test.folder)
    return path


@pytest.fixture
def made(tmp_path) -> Path:
    path = tmp_path / "test.refrain-experiment"
    experiment.save(path, experiment.make("preference", PAIR, items(40), 40, 0.8, {"Model": "Wren"}))
    return path


def test_it_comes_back_as_it_was(made):
    first, again = experiment.load(made), experiment.load(made)
    assert (first.method, first.conditions, first.count, first.share) == ("preference", PAIR, 40, 0.8)
    assert first.about == {"Model": "Wren"} and first.id == again.id
    for before, after in zip(items(40), first.items, strict=True):
        assert before.prompt == after.prompt
        for one, other in zip(before.clips, after.clips, strict=True):
            assert np.array_equal(one.samples, other.samples) and (one.rate, one.text) == (other.rate, other.text)


def test_taken_elsewhere_and_added_up_it_is_the_same_report(made, tmp_path, qapp):
    """One listener: to the letter what the report says where the test was taken."""
    there, here = tmp_path / "there", tmp_path / "here"
    here.mkdir()
    test = take(experiment.begin(there, experiment.load(made)), prefers_second(0.8))
    tests, problems = experiment.collect(experiment.load(made), [sent(tmp_path, test)])
    assert not problems and [one.listener for one in tests] == [test.listener]
    one, other = write([test], summarise(test), QFont()), write(tests, summarise(*tests), QFont(), here)
    assert (one.folder / "report.html").read_text() == (other.folder / "report.html").read_text()
    assert (one.folder / "answers.csv").read_text() == (other.folder / "answers.csv").read_text()
    assert one.listener == test.listener and not other.listener
    assert str(tmp_path) not in (other.folder / "report.html").read_text()


def test_several_listeners_are_added_up_and_each_has_a_line(made, tmp_path, qapp):
    tests = [
        take(experiment.begin(tmp_path / str(seed), experiment.load(made)), prefers_second(share), seed)
        for seed, share in enumerate((0.9, 0.9, 0.1))
    ]
    assert len({test.plan.seed for test in tests}) == 3 and len({test.listener for test in tests}) == 3
    found, problems = experiment.collect(experiment.load(made), [sent(tmp_path, test) for test in tests])
    assert len(found) == 3 and not problems
    whole = summarise(*found)
    assert whole.trials == 120 and whole.result.k == sum(summarise(test).result.k for test in tests)
    lines = by_listener(found)
    assert len(lines) == 3 and all("preferred in" in line for _, line in lines)
    assert any("more alike" in caveat for caveat in whole.caveats)
    (tmp_path / "all").mkdir()
    page = (write(found, whole, QFont(), tmp_path / "all").folder / "report.html").read_text()
    assert all(f"Listener {test.listener}" in page for test in tests) and "3 listeners" in page


def test_a_ranking_and_a_mushra_test_travel_too(tmp_path):
    path = tmp_path / "ranking.refrain-experiment"
    experiment.save(path, experiment.make("ranking", NAMES, items(6, NAMES), 60, 1.0, {}))
    answer = by_strength(STRENGTHS, 0.3)
    tests = [take(experiment.begin(tmp_path / str(seed), experiment.load(path)), answer, seed) for seed in range(3)]
    found, problems = experiment.collect(experiment.load(path), [sent(tmp_path, test) for test in tests])
    assert not problems and [NAMES[one] for one in summarise(*found).result.order] == list(NAMES)
    path = tmp_path / "mushra.refrain-experiment"
    experiment.save(path, experiment.make("mushra", NAMES, items(3, NAMES), 3, 1.0, {}))
    test = experiment.begin(tmp_path / "mushra", experiment.load(path))
    while (trial := test.next_trial) is not None:
        test.record_scores(trial, {name: 95 if name == "full" else 40 for name in trial.order}, TrialAnswer(0, 1.0))
    (found,), problems = experiment.collect(experiment.load(path), [sent(tmp_path, test)])
    assert not problems and summarise(found).result == summarise(test).result


def test_answers_that_do_not_count_are_told(made, tmp_path):
    good = take(experiment.begin(tmp_path / "good", experiment.load(made)), prefers_second(0.8))
    half = experiment.begin(tmp_path / "half", experiment.load(made))
    half.record(half.next_trial, TrialAnswer(1, 1.0))
    plan = results.make("preference", PAIR, items(4), 8, 1.0)
    other = take(results.start(tmp_path / "other", plan, items(4)), prefers_second(0.5))
    nonsense, cheated = tmp_path / "nonsense", tmp_path / "cheated"
    nonsense.write_bytes(b"\xff\x00 no log")
    log = sent(tmp_path, good).read_text().splitlines()
    header = json.loads(log[0])
    header["seed"] += 1
    cheated.write_text("\n".join([json.dumps(header), *log[1:]]))
    files = [sent(tmp_path, one) for one in (good, half, other)]
    tests, problems = experiment.collect(
        experiment.load(made), [*files, files[0], nonsense, cheated, tmp_path / "nowhere", tmp_path]
    )
    assert [test.listener for test in tests] == [good.listener]
    said = " ".join(problems)
    for words in ("answered 1 of 48 trials", "who is there already", "holds no answers to this", "another order"):
        assert words in said
    assert said.count("cannot be read") == 2
    assert len(problems) == 7


def test_a_file_that_is_no_experiment_is_refused(made, tmp_path):
    def changed(name: str, change) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
            for one in old.namelist():
                content = old.read(one)
                new.writestr(one, change(json.loads(content)) if one == experiment.PLAN else content)
        return path

    wrong = [
        changed("format", lambda plan: json.dumps({**plan, "format": 9})),
        changed("method", lambda plan: json.dumps({**plan, "method": "guess"})),
        changed("count", lambda plan: json.dumps({**plan, "count": 7})),
        changed("items", lambda plan: json.dumps({**plan, "items": []})),
        changed("path", lambda plan: json.dumps(plan).replace('"sha256": "', '"sha256": "../../x')),
        changed("nothing", lambda plan: "[]"),
    ]
    (tmp_path / "text").write_text("no zip file")
    (tmp_path / "short").write_bytes(made.read_bytes()[:-100])
    for path in (*wrong, tmp_path / "text", tmp_path / "short"):
        with pytest.raises(ExperimentError):
            experiment.load(path)
    with pytest.raises(OSError):
        experiment.load(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="even number"):
        experiment.make("preference", PAIR, items(4), 7, 1.0, {})
