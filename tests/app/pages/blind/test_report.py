"""A report says what may be said, on one page, whatever the prompts are."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont

from app.listening import results
from app.listening.plan import ListeningItem, ReplyClip, make_plan
from app.listening.results import StoredTest, TrialAnswer
from app.listening.summary import summarise
from app.pages.blind.report import write
from tests.app.pages.blind.listener import FIRST, SECOND, items


def taken(folder, method, value, count=16, given=None) -> StoredTest:
    """A test whose answers are `value(trial)`."""
    given = given or items()
    plan = make_plan(method, (FIRST, SECOND), len(given), count, share=0.8, seed=7)
    test = results.start(folder, plan, given, {"Model": "Wren"})
    for trial in plan.trials:
        test.record(trial, TrialAnswer(value(trial), 1.0, (0.5,) * len(trial.sources)))
    return test


def towards_second(trial) -> int:
    """The honest listener to whom the second condition sounds better."""
    if trial.role == "identical":
        return 0
    return 1 if trial.b == "second" or trial.a == "broken" else -1


def test_one_page_however_long_the_prompts_are(qapp, tmp_path):
    long = "<b>why</b> & how " + "very " * 60 + "long"
    given = [ListeningItem(f"{number} {long}", item.clips) for number, item in enumerate(items(40))]
    test = taken(tmp_path, "preference", towards_second, 80, given)
    report = write([test], summarise(test), QFont())
    pdf = (report.folder / "report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") == 1 and len(pdf) > 5000
    page = (report.folder / "report.html").read_text()
    assert "&lt;b&gt;why&lt;/b&gt; &amp; how" in page and "and 28 more" in page
    assert "80 of 80" in page and "p &lt; 0.001" in page and "95.4 % to 100.0 %" in page and str(test.plan.seed) in page
    assert results.read(report.folder / results.LOG)[0]["about"] == {"Model": "Wren"}


def test_a_report_that_needs_more_than_a_page_has_more(qapp, tmp_path):
    """A panel of twenty: nothing is cut off at the foot of the first."""
    tests = [taken(tmp_path / str(number), "preference", towards_second) for number in range(20)]
    (tmp_path / "all").mkdir()
    pdf = (write(tests, summarise(*tests), QFont(), tmp_path / "all").folder / "report.pdf").read_bytes()
    assert pdf.count(b"/Type /Page\n") > 1


def test_what_may_be_said(tmp_path):
    clear = summarise(taken(tmp_path, "preference", towards_second))
    assert clear.headline == f"{SECOND} was preferred" and clear.attention.passed
    assert "at least" not in clear.headline and any("80 %" in caveat for caveat in clear.caveats)
    ties = summarise(taken(tmp_path, "preference", lambda trial: 0, 40))
    assert ties.headline == "Too few to conclude" and ties.ties == 40 and ties.result.p is None
    assert not ties.attention.passed and "failed" in ties.attention.sentence
    habit = summarise(taken(tmp_path, "preference", lambda trial: 1))
    assert habit.headline == "No preference shown" and "does not show that the two sound equally good" in habit.sentence
    other = summarise(taken(tmp_path, "ccr", lambda trial: -2 * towards_second(trial)))
    assert other.headline == f"{FIRST} was rated better" and other.result.mean == -2
    guess = summarise(taken(tmp_path, "abx", lambda trial: 1 if trial.number % 2 else -1))
    assert guess.headline in ("No difference shown", "A difference was heard") and 0 < guess.result.p < 1
    right = summarise(taken(tmp_path, "abx", lambda trial: -1 if trial.x == "A" else 1))
    assert right.headline == "A difference was heard" and right.result.p == 0.5**16
    few = summarise(taken(tmp_path, "abx", lambda trial: -1 if trial.x == "A" else 1, 14))
    assert few.headline == "Too few to conclude" and "fewer than 16" in few.sentence


def test_identical_sound_is_told(tmp_path):
    first = [(item.prompt, item.clips[0]) for item in items()]
    same = [ListeningItem(prompt, (clip, ReplyClip(clip.samples, 8000, "", SECOND))) for prompt, clip in first]
    summary = summarise(taken(tmp_path, "preference", lambda trial: 0, given=same))
    assert any("16 trials both conditions had made exactly the same sound" in caveat for caveat in summary.caveats)


def test_no_result_before_the_end(tmp_path):
    plan = make_plan("ccr", (FIRST, SECOND), 4, 16)
    test = results.start(tmp_path, plan, items())
    with pytest.raises(ValueError, match="every trial"):
        summarise(test)
    assert [one.answered for one in results.unfinished(tmp_path)] == [0]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / results.LOG).write_bytes(b"\xff no log")
    assert len(results.unfinished(tmp_path)) == 1 and not results.unfinished(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="cannot|not a blind test"):
        results.resume(tmp_path / "other")
