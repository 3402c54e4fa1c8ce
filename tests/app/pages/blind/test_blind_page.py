"""A listener with a keyboard takes each test on the real page, and nothing on it tells what is played."""

from __future__ import annotations

import csv
import difflib
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from scipy import stats

from app.listening import results
from app.listening.plan import ListeningItem, ReplyClip
from app.pages.blind.report import FILES, save_copy
from tests.app.pages.blind.listener import (
    FIRST,
    RATE,
    SECOND,
    Loudspeaker,
    answer,
    chooses_second,
    finds_x,
    go_through,
    hear,
    items,
    number,
    press,
    show,
    start,
)
from tests.rig.processes import ROOT

PATIENCE = 60000  # milliseconds


def wait_with(qtbot):
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE)


def finish(qtbot, page):
    qtbot.waitUntil(lambda: page.summary is not None and page.summary.isVisible(), timeout=PATIENCE)
    return page.summary.report


def log_of(folder: Path) -> Path:
    (log,) = folder.glob(f"*/{results.LOG}")
    return log


def records_of(folder: Path) -> list[dict]:
    return results.read(log_of(folder))


def tree(root: QWidget) -> list[str]:
    """Everything that an object in the widget tree says about itself; values without words of their own are left out."""
    QApplication.processEvents()  # layouts settle
    said = []
    for thing in [root, *root.findChildren(QObject)]:
        meta = thing.metaObject()
        names = [meta.property(i).name() for i in range(meta.propertyCount())]
        names += [bytes(name.data()).decode() for name in thing.dynamicPropertyNames()]
        for name in names:
            with suppress(RuntimeError):  # a few types of Qt's own have no Python form
                said.append(f"{name}={thing.property(name)}")
        if isinstance(thing, QWidget):
            face = QAccessible.queryAccessibleInterface(thing)
            if face is not None:
                said += [face.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description)]
                said += [face.text(QAccessible.Text.Value), face.text(QAccessible.Text.Help)]
    return [line for line in said if " at 0x" not in line and not line.startswith("remainingTime=")]


@pytest.mark.parametrize("method", ["preference", "ccr", "abx"])
def test_a_whole_test_by_keys(qtbot, tmp_path, method):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path / "tests", items())
    full = []
    page.full_page.connect(full.append)
    start(qtbot, page, method, 16)
    assert full == [True]

    def choose(sounds, shown):
        if method == "abx":
            return finds_x(sounds, shown) * (1 if shown % 4 else -1)
        value = chooses_second(sounds, shown)
        if method == "ccr":
            return value * (1 + shown % 3)
        return value if "broken" in sounds or shown % 5 else 0

    go_through(page, playback, method, choose, wait_with(qtbot))
    report = finish(qtbot, page)
    summary, result = report.summary, report.summary.result
    assert full == [True, False] and not page.is_running

    answers = [one for one in records_of(tmp_path / "tests") if one["kind"] == "answer"]
    asked = [one for one in answers if one["role"] == "test"]
    assert [one["trial"] for one in answers] == list(range(1, 19)) and len(asked) == 16
    if method == "abx":
        right = sum((one["value"] == -1) == (one["X"] == "A") for one in asked)
        assert (result.k, result.n) == (right, 16)
        assert result.p == pytest.approx(stats.binomtest(right, 16, alternative="greater").pvalue)
        assert summary.attention.identical_right is None
    else:
        scores = [one["value"] if one["B"] == SECOND else -one["value"] for one in asked]
        assert summary.ties == scores.count(0)
        if method == "ccr":
            assert min(scores) > 0 and result.mean == pytest.approx(sum(scores) / 16)
            assert (result.low, result.high) == pytest.approx(tuple(stats.ttest_1samp(scores, 0).confidence_interval()))
        else:
            n = 16 - summary.ties
            assert 0 < summary.ties and (result.k, result.n) == (n, n)
            assert result.p == pytest.approx(stats.binomtest(n, n).pvalue)
        assert summary.attention.passed and summary.attention.identical_right == 1
    written = {name: (report.folder / name).read_bytes() for name in FILES}
    page_text = written["report.html"].decode()
    for _, value in summary.figures:
        assert value.replace("<", "&lt;") in page_text
    assert summary.sentence.replace("<", "&lt;") in page_text and "Wilson" in page_text or method == "ccr"
    assert written["report.pdf"].startswith(b"%PDF") and written["report.pdf"].count(b"/Type /Page\n") == 1
    rows = list(csv.DictReader(written["answers.csv"].decode("utf-8-sig").splitlines()))
    assert len(rows) == 18 and {row["A"] for row in rows} >= {FIRST, SECOND}
    copied = save_copy(report, tmp_path)
    assert {file.name for file in copied.iterdir()} == set(FILES)


def test_nothing_on_the_page_tells_what_is_played(qtbot, tmp_path):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path / "tests", items(1))
    start(qtbot, page, "preference", 8)
    header = records_of(tmp_path / "tests")[0]
    assert header["kind"] == "test" and header["seed"] >= 0
    page.trial.progress.setFixedWidth(160)  # two digits are wider than one
    seen = defaultdict(set)  # what was played -> what the page said
    shown = 0
    while page.is_running and number(page) != shown:
        shown = number(page)
        assert len([one for one in records_of(tmp_path / "tests") if one["kind"] == "answer"]) == shown - 1
        assert len({len(clip) for clip in playback.clips}) == 1, "no length gives a clip away"
        page.trial.progress.setText("Trial")  # the number, which changes for an honest reason
        page.trial.test_bar.setValue(0)
        stages = [tree(page.trial)]
        press(page, Qt.Key.Key_1)
        playback.listen(0.2)
        page.trial.refresh()
        stages.append(tree(page.trial))
        sounds = hear(page, playback)
        stages.append(tree(page.trial))
        rest = tree(page.window())  # what is hidden, too: the set-up knows the conditions, but not the order
        page.trial.progress.setText(f"Trial {shown}")
        said = "\n".join(line for stage in stages for line in stage)
        for word in (FIRST, SECOND, "spark", "broken", "degraded", "identical", "test=", ".wav"):
            assert word not in said, [line for line in said.splitlines() if word in line]
        seen[tuple(sounds)].add("\n".join([said, *rest]))
        answer(page, "preference", 1)
        qtbot.waitUntil(lambda shown=shown: number(page) != shown or not page.is_running, timeout=PATIENCE)
    said, *others = set().union(*seen.values())
    differences = [list(difflib.unified_diff(said.splitlines(), other.splitlines(), n=0)) for other in others]
    assert len(seen) >= 3 and not differences, "the page says the same whatever is played"
    names = [str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*")]
    assert not any(word in name for name in names for word in (FIRST, SECOND, "spark"))
    finish(qtbot, page)


def test_all_of_each_clip_must_be_heard(qtbot, tmp_path):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path, items())
    start(qtbot, page, "preference", 8)
    trial = page.trial
    press(page, Qt.Key.Key_A)
    press(page, Qt.Key.Key_Return)
    assert trial.answers.value is None and number(page) == 1 and "Listen to A and B" in trial.hint.text()
    press(page, Qt.Key.Key_1)
    playback.listen(0.3)
    trial.refresh()
    assert 0 < trial.position.value() < 1000 and not trial.clips[0].is_heard
    press(page, Qt.Key.Key_Space)
    playback.listen()
    trial.refresh()
    assert playback.calls[-1] == ("pause",) and not trial.clips[0].is_heard
    press(page, Qt.Key.Key_Space)
    playback.listen()
    trial.refresh()
    assert trial.clips[0].is_heard and not trial.answers.isEnabled()
    press(page, Qt.Key.Key_1)
    assert playback.calls[-2:] == [("stop",), ("play", 0)] and playback.position == 0, "again from the start"
    press(page, Qt.Key.Key_2)
    playback.listen()
    trial.refresh()
    assert trial.answers.isEnabled() and not trial.confirm.isEnabled()
    press(page, Qt.Key.Key_A)
    press(page, Qt.Key.Key_B)
    assert trial.answers.value == 1 and trial.confirm.isEnabled()
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: number(page) == 2, timeout=PATIENCE)
    assert trial.answers.value is None and not trial.answers.isEnabled()
    assert not any(button.is_heard for button in trial.clips[:2])


def test_a_share_can_be_enough_and_tab_reaches_everything(qtbot, tmp_path):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path, items())
    start(qtbot, page, "preference", 8, share=0.5)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        press(page, key)
        playback.listen(0.3)
    page.trial.refresh()
    assert page.trial.answers.isEnabled()
    press(page, Qt.Key.Key_N)
    reached = []
    for _ in range(12):
        reached.append(page.focusWidget().accessibleName())
        press(page, Qt.Key.Key_Tab)
    wanted = {"Play A", "Play B", "A is better", "No difference", "B is better", "Confirm the answer", "Pause the test"}
    assert wanted <= set(reached), reached
    page.trial.answers.buttons[2].setFocus()
    press(page, Qt.Key.Key_Return)
    assert page.trial.answers.value == 1 and number(page) == 1, "Enter on an answer chooses it"
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: number(page) == 2, timeout=PATIENCE)


def test_too_few_and_inattentive(qtbot, tmp_path):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path, items())
    start(qtbot, page, "preference", 8)
    assert not page.setup.isVisible()
    go_through(page, playback, "preference", lambda sounds, shown: 1, wait_with(qtbot))  # always B
    summary = finish(qtbot, page).summary
    assert summary.headline == "Too few to conclude" and "Too few to conclude: 8 preferences" in summary.sentence
    assert summary.result.k == 4, "a habit of the hand is no preference: the order is balanced"
    assert summary.attention.identical_right == 0 and summary.attention.broken == 1
    broken = next(one for one in records_of(tmp_path) if one.get("role") == "broken")
    assert summary.attention.passed == (broken["A"] == "degraded copy")
    assert page.summary.headline.text() == summary.headline


def test_the_log_only_grows_and_a_pause_loses_nothing(qtbot, tmp_path):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path, items())
    start(qtbot, page, "ccr", 8)
    before = log_of(tmp_path).read_bytes()
    for _ in range(4):
        go_through(page, playback, "ccr", chooses_second, wait_with(qtbot), trials=1)
        now = log_of(tmp_path).read_bytes()
        assert now.startswith(before) and now.count(b"\n") == before.count(b"\n") + 1
        before = now
    press(page, Qt.Key.Key_Escape)
    assert not page.is_running and page.summary is None
    qtbot.waitUntil(lambda: page.setup.resume.isVisible(), timeout=PATIENCE)
    assert "4 of 10" in page.setup._found.text()
    page.setup.resume.click()
    qtbot.waitUntil(lambda: page.is_running, timeout=PATIENCE)
    assert number(page) == 5
    go_through(page, playback, "ccr", chooses_second, wait_with(qtbot))
    assert finish(qtbot, page).summary.result.n == 8
    assert log_of(tmp_path).read_bytes().startswith(before)
    page.summary.again.click()
    qtbot.waitUntil(lambda: page.setup.isVisible() and not page.setup.resume.isVisible(), timeout=PATIENCE)


def test_an_answer_that_cannot_be_saved_is_asked_for_again(qtbot, tmp_path, monkeypatch):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path, items())
    start(qtbot, page, "preference", 8)

    def full_disk(path, record):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(results, "append", full_disk)
        answer(page, "preference", chooses_second(hear(page, playback), 1))
        qtbot.waitUntil(lambda: "No space left" in page.trial.hint.text(), timeout=PATIENCE)
    assert number(page) == 1 and page.trial.confirm.isEnabled()
    press(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: number(page) == 2, timeout=PATIENCE)
    assert [one["trial"] for one in records_of(tmp_path) if one["kind"] == "answer"] == [1]


def test_a_killed_test_goes_on(qtbot, tmp_path):
    """The program is killed in the middle, its last line is cut short, and another start goes on."""
    command = [sys.executable, "-m", "tests.app.pages.blind.endless_listener", str(tmp_path), "5"]
    child = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline().strip() == "answered"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    log = log_of(tmp_path)
    kept = [one for one in records_of(tmp_path) if one["kind"] == "answer"]
    assert len(kept) >= 5
    with log.open("ab") as file:
        file.write(b'{"kind": "answer", "trial": ')
    before = log.read_bytes()

    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path, [])
    qtbot.waitUntil(lambda: page.setup.resume.isVisible(), timeout=PATIENCE)
    page.setup.resume.click()
    qtbot.waitUntil(lambda: page.is_running, timeout=PATIENCE)
    assert number(page) == len(kept) + 1
    go_through(page, playback, "preference", chooses_second, wait_with(qtbot))
    summary = finish(qtbot, page).summary
    assert (summary.result.k, summary.result.n) == (40, 40) and summary.attention.passed
    assert log.read_bytes().startswith(before)
    plan = results.resume(log.parent).plan
    answers = [one for one in records_of(tmp_path) if one["kind"] == "answer"]
    assert [one["trial"] for one in answers] == [trial.number for trial in plan.trials]
    names = {"first": FIRST, "second": SECOND, "broken": "degraded copy"}
    assert [(one["A"], one["B"]) for one in answers] == [(names[trial.a], names[trial.b]) for trial in plan.trials]


def test_a_ranking_by_keys_ends_when_the_order_is_settled(qtbot, tmp_path):
    """A listener to whom louder is better, three conditions, and a program that is closed in between."""
    levels = {"full": 0.3, "spark:k=4,last@8": 0.2, "spark:even@4": 0.1}
    clips = tuple(ReplyClip(np.full(RATE // 2, level, np.float32), RATE, "same", name) for name, level in levels.items())
    given = [ListeningItem(f"Question {number}", clips) for number in range(3)]

    def loudest(clips):
        worth = [0.0 if np.ptp(clip) > 0.01 else float(clip[0]) for clip in clips]
        return int(np.sign(worth[1] - worth[0]))

    def listen(page, playback, trials=10**6):
        for _ in range(trials):
            shown = number(page)
            hear(page, playback)
            answer(page, "ranking", loudest(playback.clips))
            qtbot.waitUntil(lambda shown=shown: number(page) != shown or not page.is_running, timeout=PATIENCE)
            if not page.is_running:
                return

    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path / "tests", given)
    assert page.setup.methods["ranking"].isVisible()
    page.setup.methods["ranking"].click()
    assert page.setup.conditions == tuple(levels) and not page.setup.first.isVisible()
    start(qtbot, page, "ranking", 80)
    assert "of at most" in page.trial.progress.text()
    listen(page, playback, 5)
    page.pause()
    qtbot.waitUntil(page.setup.resume.isVisible, timeout=PATIENCE)
    page.setup.resume.click()
    qtbot.waitUntil(lambda: page.is_running and number(page) == 6, timeout=PATIENCE)
    listen(page, playback)
    report = finish(qtbot, page)
    assert report.summary.headline == "full is the best, spark:even@4 the last" and report.summary.trials < 80
    assert report.summary.attention.passed
    told = (report.folder / "report.html").read_text()
    assert "From the best: full, spark:k=4,last@8, spark:even@4" in told and "Ranking by paired choices" in told
    (rows,) = [list(csv.DictReader((report.folder / "answers.csv").open(encoding="utf-8-sig")))]
    assert len(rows) == len([one for one in records_of(tmp_path / "tests") if one["kind"] == "answer"])
    assert "full" in page.summary.interval.accessibleDescription()


def test_a_mushra_test_by_keys(qtbot, tmp_path):
    """A training page first, a listener who knows loudness from noise, a pause, and the scores in webMUSHRA's columns."""
    wide = 2 * RATE  # Hz: with less, the reference has nothing that the mid anchor has not
    noise = np.random.default_rng(0).standard_normal(wide).astype(np.float32)
    levels = {"full": 0.3, "spark:k=4,last@8": 0.2, "spark:even@4": 0.1}
    clips = tuple(ReplyClip(level * noise, wide, "same", name) for name, level in levels.items())
    given = [ListeningItem(f"Question {number}", clips) for number in range(3)]

    def worth(clip, reference):
        share = float(clip @ reference / (reference @ reference))
        return 100 if np.array_equal(clip, reference) else max(5, round(80 * share))

    def hear_all(page, playback):
        for key in range(Qt.Key.Key_0, Qt.Key.Key_0 + len(playback.clips)):
            press(page, Qt.Key(key))
            playback.listen()
        page.mushra.refresh()

    def rate(page, playback):
        hear_all(page, playback)
        assert not page.mushra.confirm.isEnabled(), "nothing is rated yet"
        for column, clip in zip(page.mushra.columns, playback.clips[1:], strict=True):
            column.slider.setFocus()
            wanted = worth(clip, playback.clips[0])
            QTest.keyClick(column.slider, Qt.Key.Key_Home if wanted < 50 else Qt.Key.Key_End)
            while column.score != wanted:
                QTest.keyClick(column.slider, Qt.Key.Key_Up if column.score < wanted else Qt.Key.Key_Down)
        shown = page.mushra.progress.text()
        qtbot.mouseClick(page.mushra.confirm, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: page.mushra.progress.text() != shown or not page.is_running, timeout=PATIENCE)

    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path / "tests", given)
    page.setup.methods["mushra"].click()
    assert page.setup.conditions[0] == "full" and not page.setup.first.isVisible()
    assert "3 prompts with 5 sounds each" in page.setup.sentence.text()
    page.setup.start.click()
    qtbot.waitUntil(lambda: page.is_running and len(page.mushra.columns) == 5, timeout=PATIENCE)
    assert page.mushra.progress.text() == "Training" and not page.mushra.confirm.isEnabled()
    hear_all(page, playback)
    qtbot.mouseClick(page.mushra.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.mushra.progress.text() == "Prompt 1 of 3", timeout=PATIENCE)
    assert [column.number.text() for column in page.mushra.columns] == ["–"] * 5
    page.mushra.lane.loop_marked.emit(0.2, 0.5)
    assert playback.loop == (0.2, 0.5) and page.mushra.whole.isEnabled()
    page.mushra.whole.click()
    assert playback.loop is None
    slider = page.mushra.columns[0].slider
    QTest.wheelEvent(page.windowHandle(), QPointF(slider.mapTo(page, slider.rect().center())), QPoint(0, -120))
    assert page.mushra.columns[0].score == 50 and page.mushra.columns[0].number.text() == "–", "the wheel rates nothing"
    rate(page, playback)
    page.pause()
    qtbot.waitUntil(page.setup.resume.isVisible, timeout=PATIENCE)
    page.setup.resume.click()
    qtbot.waitUntil(lambda: page.is_running and page.mushra.progress.text() == "Prompt 2 of 3", timeout=PATIENCE)
    rate(page, playback)
    rate(page, playback)
    report = finish(qtbot, page)
    summary = report.summary
    assert summary.attention.passed and summary.result["full"].mean == 100
    assert [round(summary.result[name].mean) for name in list(levels)[1:]] == [53, 27]
    rows = list(csv.DictReader((report.folder / "answers.csv").open(encoding="utf-8-sig")))
    assert len(rows) == 15 and list(rows[0])[2:5] == ["trial_id", "rating_stimulus", "rating_score"]
    assert "ITU-R BS.1534-3" in (report.folder / "report.html").read_text()


def test_an_experiment_goes_to_somebody_else_and_comes_back(qtbot, tmp_path, monkeypatch):
    """Saved here, taken in another data folder without any replies, sent back, and added up here."""
    file, answers = tmp_path / "test.refrain-experiment", tmp_path / "back.refrain-answers"
    wanted = {"Save as an experiment": file, "Save the answers": answers}
    monkeypatch.setattr("app.widgets.save_dialog.ask", lambda parent, title, *_: (wanted[title], ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(answers)], ""))
    here = show(qtbot, Loudspeaker(), tmp_path / "here", items())
    here.set_items(items(), {"Set": "My private folder", "Model": "Wren"})
    here.setup.count.setCurrentIndex(here.setup.count.findData(16))
    qtbot.mouseClick(here.setup.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: file.exists() and "none of the models" in here.setup._said.text(), timeout=PATIENCE)

    playback = Loudspeaker()
    there = show(qtbot, playback, tmp_path / "there", [])
    qtbot.mouseClick(there.setup.panel.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: there.is_running and number(there) == 1, timeout=PATIENCE)
    go_through(there, playback, "preference", chooses_second, wait_with(qtbot))
    report = finish(qtbot, there)
    assert there.summary.answers.isVisible() and report.summary.headline == f"{SECOND} was preferred"
    qtbot.mouseClick(there.summary.answers, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(answers.exists, timeout=PATIENCE)
    sent = answers.read_bytes()
    assert b"My private folder" not in sent
    answers.unlink()
    there.summary.again.click()  # whoever closed it can send them later
    qtbot.waitUntil(there.setup.panel.answers.isVisible, timeout=PATIENCE)
    qtbot.mouseClick(there.setup.panel.answers, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(answers.exists, timeout=PATIENCE)
    assert answers.read_bytes() == sent

    qtbot.mouseClick(here.setup.panel.collect, Qt.MouseButton.LeftButton)
    added = finish(qtbot, here)
    assert added.folder == tmp_path / "test results" and not here.summary.answers.isVisible()
    assert added.summary.sentence == report.summary.sentence
    assert (added.folder / "report.html").read_text() == (report.folder / "report.html").read_text()
    copied = save_copy(added, tmp_path / "copy")
    assert sorted(path.name for path in copied.iterdir()) == ["answers.csv", "report.html", "report.pdf"]

    file.write_bytes(b"no experiment")
    here._show_setup()
    qtbot.mouseClick(here.setup.panel.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "is no experiment, or is damaged" in here.setup.problem.text(), timeout=PATIENCE)
    qtbot.mouseClick(here.setup.panel.collect, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not here._background.is_busy, timeout=PATIENCE)
    assert "is no experiment" in here.setup.problem.text()


def test_a_clip_that_changed_ends_the_test_with_a_sentence(qtbot, tmp_path):
    playback = Loudspeaker()
    page = show(qtbot, playback, tmp_path, items())
    start(qtbot, page, "preference", 8)
    page.pause()
    clip = next(log_of(tmp_path).parent.glob("clips/*.wav"))
    clip.write_bytes(clip.read_bytes()[:-4] + b"\0\0\0\1")
    qtbot.waitUntil(lambda: page.setup.resume.isVisible(), timeout=PATIENCE)
    page.setup.resume.click()
    qtbot.waitUntil(lambda: "not the one this began with" in page.setup.problem.text(), timeout=PATIENCE)
    page.setup.discard.click()
    qtbot.waitUntil(lambda: not page.setup.resume.isVisible(), timeout=PATIENCE)
    assert json.loads(log_of(tmp_path).read_text().splitlines()[-1])["kind"] == "discarded"


def test_without_replies_the_page_asks_for_them(qtbot, tmp_path):
    page = show(qtbot, Loudspeaker(), tmp_path / "none", [])
    asked = []
    page.render_requested.connect(lambda: asked.append(True))
    assert page.setup.render_button.isVisible() and not page.setup.start.isVisible()
    page.setup.render_button.click()
    assert asked
    page.set_items(items(3, same_words=False))
    assert page.setup.start.isEnabled() and not page.setup.methods["abx"].isEnabled()
    assert "same words" in page.setup._descriptions["abx"].text()
    page.setup.second.setCurrentIndex(0)
    assert not page.setup.start.isEnabled() and "two different conditions" in page.setup.sentence.text()
    page.setup.second.setCurrentIndex(1)
    page.setup.sample.click()
    assert page._playback.calls[-2:] == [("load", 1), ("play", 0)]
    page.left()
    assert page._playback.calls[-1] == ("close",)


def test_identical_clips_are_said_before_the_first_trial_and_left_out_where_there_are_others(qtbot, tmp_path):
    different = items(3)
    page = show(qtbot, Loudspeaker(), tmp_path, different)
    setup = page.setup
    same = [replace(one, clips=(one.clips[0], replace(one.clips[1], samples=one.clips[0].samples.copy()))) for one in items(2)]
    assert not setup.identical.isVisible() and not setup.ask_identical.isVisible() and len(setup.asked) == 3
    page.set_items([*different, *same])
    assert "2 prompts have replies that are the same sound" in setup.identical.text() and "left out" in setup.identical.text()
    assert len(setup.asked) == 3 and "over 3 prompts" in setup.sentence.text() and setup.start.text() == "Start the test"
    page.set_items([*different[:2], *same])
    assert len(setup.asked) == 2 and setup.start.text() == "Start the test"
    page.set_items([*different, *same])
    setup.ask_identical.click()
    assert len(setup.asked) == 5 and "left out" not in setup.identical.text()
    page.set_items(same[:1])
    assert "every answer is a guess" in setup.identical.text() and not setup.ask_identical.isVisible()
    assert setup.start.isEnabled() and setup.start.text() == "Start all the same"


def test_a_test_that_is_ready_too_late_waits(qtbot, tmp_path):
    page = show(qtbot, Loudspeaker(), tmp_path, items())
    full = []
    page.full_page.connect(full.append)
    page.setup.start.click()
    page.hide()
    qtbot.waitUntil(lambda: page.setup.start.text() == "Start the test", timeout=PATIENCE)
    assert not page.is_running and not full
    page.show()
    qtbot.waitUntil(lambda: page.setup.resume.isVisible(), timeout=PATIENCE)
