"""The page from end to end: real Wren, real renders, no device."""

from __future__ import annotations

import csv
import json
import time
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.engine_client.channel import EngineThread
from app.engine_client.commands import Ended, Interrupted, RenderQuestion
from app.pages.compare.page import ComparePage
from app.pages.compare.prompt_card import BUNDLED, GIVEN, RECORDED
from tests.app.pages.compare.sounds import noise, pull
from tests.app.pages.welcome.card import FakeCard
from tests.app.random_voice import RandomVoice

PATIENCE = 120  # seconds; the machine may be busy


class Sink:
    def play(self, turn, record):
        pass


def ignore(**_) -> None:
    """What a stream of our own need not do."""


class Desk:
    """A shown page with its engine, driven as the window drives it."""

    def __init__(self, qtbot, load=None, recorder=lambda: None, models=list) -> None:
        self.engine = EngineThread(Sink(), load)
        self.page = ComparePage(self.engine, lambda: None, recorder, models=models)
        self.reports = []
        qtbot.addWidget(self.page)
        self.page.resize(1180, 900)
        self.page.show()
        self.page.entered()
        self.engine.start()
        self.engine.load("wren")
        self.until(lambda: self.page.prompt.bundled.count() and self.page.bar.render_button.isEnabled())

    def until(self, condition) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self.page.bar.sentence
            for report in self.engine.reports():
                self.reports.append(report)
                self.page.take(report)
            self.page.tick()
            QTest.qWait(5)

    def render(self, *schedules: str) -> None:
        self.page.set_schedules(list(schedules))
        QTest.mouseClick(self.page.bar.render_button, Qt.MouseButton.LeftButton)
        self.until(lambda: self.page.results.shown is not None)

    def close(self) -> None:
        self.engine.close()
        self.page.close_sound()


@pytest.fixture
def desk(qtbot):
    made = Desk(qtbot)
    yield made
    made.close()


@pytest.fixture
def random_desk(qtbot):
    made = Desk(qtbot, lambda name: RandomVoice(chunks=8))
    yield made
    made.close()


def is_rendering(desk, place):
    rendering = desk.page.rendering
    return lambda: rendering.is_running and len(rendering.jobs[place].record.tokens) > 5


def test_wren_answers_a_spoken_question_with_two_schedules(desk, tmp_path):
    page, results = desk.page, desk.page.results
    assert page.variants.schedules() == ["full", "spark:even@8"]  # what is worth comparing on this model
    assert not any(row.models.isVisible() for row in page.variants.rows), "there is one model only"
    assert not any(row.pooling.isVisible() for row in page.variants.rows), "a typed question has no speech"
    page.prompt.kind.setCurrentIndex(BUNDLED)
    asked = []
    page.blind_requested.connect(asked.append)
    desk.render("full", "spark:k=4,last@3+review")

    full, review = results.shown.replies
    assert full.text and full.samples.any() and full.prompt == page.prompt.prompt()[1]
    assert full.speech_depth == 12 > review.speech_depth
    assert [card.reply for card in results.cards] == [full, review]
    assert full.text.split()[0] in results.cards[0].text
    assert results.cards[1].strip.accessibleName() and results.cards[0].lane.seconds > 0.5
    assert results.table.cell(0, "Speech depth") == "12.0" and results.table.cell(0, "Refreshes") == "0"
    assert results.table.cell(1, "Rejected") == str(review.stats.rejected)
    desk.until(lambda: all(reply.predicted for reply in results.shown.replies))
    for place, reply in enumerate(results.shown.replies):
        assert results.table.cell(place, "Tokens/s by depth") == f"{reply.predicted.by_depth:.1f}"
        assert results.table.cell(place, "Tokens/s by costs") == f"{reply.predicted.by_costs:.1f}"
    assert [card.reply for card in results.cards] == list(results.shown.replies) and results.cards[0].reply.record is full.record
    assert results.table.cell(0, "Gain") == f"{results.shown.clips.levels[0].gain_db:+.1f} dB"
    assert "speaker" in page.bar.sentence  # there is none here

    QTest.mouseClick(results.blind, Qt.MouseButton.LeftButton)
    assert [reply.schedule for reply in asked[0]] == [full.schedule, review.schedule]
    gain = results.shown.clips.levels[0].gain
    assert asked[0][0].samples == pytest.approx(full.samples * gain) and asked[0][0].rate == full.rate

    page.export_to(tmp_path / "out")
    page.export_to(tmp_path / "out.zip")
    desk.until(lambda: not page._background.is_busy)
    folder = tmp_path / "out"
    names = ["1-full.wav", "2-spark-k-4-last-3-review.wav", "comparison.json", "costs.csv"]
    assert sorted(file.name for file in folder.iterdir()) == names
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert sorted(packed.namelist()) == [f"out/{name}" for name in names]
    samples, rate = soundfile.read(folder / "1-full.wav", dtype="float32")
    assert rate == full.rate and samples == pytest.approx(np.clip(full.samples, -1, 1), abs=1e-4)
    with (folder / "costs.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [line["schedule"] for line in lines] == ["full", "spark:k=4,last@3+review"]
    assert float(lines[1]["tokens_per_s_by_costs"]) == pytest.approx(results.shown.replies[1].predicted.by_costs, abs=1e-3)
    assert float(lines[0]["tokens_per_s_by_depth"]) > 0
    assert float(lines[1]["mean_speech_depth"]) == pytest.approx(review.speech_depth, abs=1e-3)
    whole = json.loads((folder / "comparison.json").read_text())
    assert whole["variants"][0]["model"].lower() == "wren" and len(whole["variants"][0]["tokens"]) == len(full.record.tokens)
    page.export_to(folder)
    desk.until(lambda: "already" in page.bar.sentence)
    page.export_to(tmp_path / "nowhere" / "out.zip")
    desk.until(lambda: "no such file" in page.bar.sentence.lower())
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


def test_keys_switch_play_loop_and_seek(random_desk):
    desk, results = random_desk, random_desk.page.results
    desk.render("full", "spark:even@4", "fixed:2")
    mixer = desk.page._switcher.mixer
    lane = results.cards[0].lane
    assert not results.keep.isChecked(), "their words differ"
    assert results.cards[2].button.toolTip() == "Hear this one (3)"
    results.keep.setChecked(True)
    QTest.keyClick(lane, Qt.Key.Key_Space)
    assert not mixer.is_playing, "there is no speaker"
    desk.page._switcher._stream = SimpleNamespace(latency=0.0, abort=ignore, close=ignore)
    QTest.keyClick(lane, Qt.Key.Key_Space)
    assert mixer.is_playing and results.play.text() == "Pause"
    pull(mixer, 30)
    desk.page.tick()
    here = mixer.position
    assert 0 < results.cards[2].lane.position == pytest.approx(here, abs=0.1)
    QTest.keyClick(lane, Qt.Key.Key_3)
    assert mixer.chosen == 2 and results.cards[2].lane.is_active and not results.cards[0].lane.is_active
    QTest.keyClick(results.cards[1].strip, Qt.Key.Key_2)
    assert mixer.chosen == 1
    QTest.keyClick(lane, Qt.Key.Key_4)
    assert mixer.chosen == 1
    QTest.keyClick(lane, Qt.Key.Key_Right)
    assert mixer.position == pytest.approx(here + 1)
    QTest.keyClick(lane, Qt.Key.Key_Left)
    QTest.keyClick(lane, Qt.Key.Key_Left)
    assert mixer.position == pytest.approx(here - 1)
    QTest.keyClick(lane, Qt.Key.Key_Home)
    QTest.keyClick(lane, Qt.Key.Key_Left)
    assert mixer.position == 0
    QTest.keyClick(lane, Qt.Key.Key_L)
    assert mixer.loop == (0, pytest.approx(mixer.clips.seconds)) and results.loop.isChecked()
    QTest.keyClick(lane, Qt.Key.Key_L)
    assert mixer.loop is None
    QTest.keyClick(lane, Qt.Key.Key_Space)
    assert not mixer.is_playing

    middle = lane.rect().center()
    QTest.mouseClick(results.cards[2].lane, Qt.MouseButton.LeftButton, pos=middle)
    assert mixer.chosen == 2 and mixer.position == pytest.approx(mixer.clips.seconds / 2, rel=0.01)
    QTest.mousePress(lane, Qt.MouseButton.LeftButton, pos=middle)
    for x in (middle.x() + 30, round(middle.x() * 1.5)):
        place = QPointF(x, middle.y())
        none = Qt.KeyboardModifier.NoModifier
        drag = QMouseEvent(
            QEvent.Type.MouseMove, place, lane.mapToGlobal(place), Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, none
        )
        QApplication.sendEvent(lane, drag)
    QTest.mouseRelease(lane, Qt.MouseButton.LeftButton, pos=place.toPoint())
    begin, end = mixer.loop
    assert begin == pytest.approx(mixer.clips.seconds / 2, rel=0.02) and end == pytest.approx(1.5 * begin, rel=0.02)
    assert results.loop.isChecked() and mixer.position == pytest.approx(begin)
    results.seek(2.0)
    assert mixer.loop is None and mixer.position == 2.0
    QTest.keyClick(desk.page.prompt.text, Qt.Key.Key_1)
    assert mixer.chosen == 2 and desk.page.prompt.text.text().endswith("1"), "typing is typing"
    desk.page.left()
    assert not mixer.is_playing


def test_cancel_keeps_what_is_done(random_desk):
    desk, page = random_desk, random_desk.page
    page.set_schedules(["full", "spark:even@4", "fixed:2"])
    page.start()
    desk.until(is_rendering(desk, 1))
    assert 0.3 < page.rendering.progress < 1 and page.bar.cancel.isVisible()
    QTest.mouseClick(page.bar.cancel, Qt.MouseButton.LeftButton)
    assert not page.rendering.is_running
    desk.until(lambda: page.results.shown is not None)
    assert [card.reply.schedule for card in page.results.cards] == ["full"]
    assert "cancelled" in page.bar.sentence and page.bar.render_button.isEnabled()
    desk.render("full", "fixed:2")
    assert len(page.results.cards) == 2


def test_a_live_turn_interrupts_and_the_renders_come_out_the_same(random_desk):
    desk, page = random_desk, random_desk.page
    desk.render("full", "spark:even@4")
    before = [list(reply.record.ids) for reply in page.results.shown.replies]
    page.start()
    desk.until(is_rendering(desk, 0))
    turn = desk.engine.ask("hello", "full")
    desk.until(lambda: any(isinstance(report, Interrupted) for report in desk.reports))
    assert "waits for the conversation" in page.bar.sentence
    desk.until(lambda: page.results.shown is not None)
    [live] = [report.record for report in desk.reports if isinstance(report, Ended) and report.turn == turn]
    assert live.state == "finished"
    assert [list(reply.record.ids) for reply in page.results.shown.replies] == before


def test_schedules_that_cannot_run_are_refused_and_there_are_two_to_four(random_desk):
    page, card = random_desk.page, random_desk.page.variants
    card.rows[1].form.setText("spark:even@5")
    assert "2:" in card.problem and "no exit head" in card.problem and not page.bar.render_button.isEnabled()
    card.rows[1].form.setText("spark:k=2,first@4")
    assert not card.problem and card.schedules() == ["full", "spark:even@4"] and page.bar.render_button.isEnabled()
    assert not any(row.remove.isEnabled() for row in card.rows)
    for _ in range(2):
        QTest.mouseClick(card.add, Qt.MouseButton.LeftButton)
    assert len(card.rows) == 4 and not card.add.isEnabled()
    QTest.mouseClick(card.rows[0].remove, Qt.MouseButton.LeftButton)
    assert len(card.rows) == 3 and [row.number.text() for row in card.rows] == ["1", "2", "3"]
    page.prompt.text.setText("  ")
    assert not page.bar.render_button.isEnabled()


def test_the_last_turn_of_the_talk_can_be_the_question(random_desk, any_sound_is_speech):
    desk, page = random_desk, random_desk.page
    wanted = []
    page.last_turn_requested.connect(lambda: wanted.append(True))
    page.prompt.kind.setCurrentIndex(GIVEN)
    assert wanted and not page.bar.render_button.isEnabled()
    page.set_prompt(RenderQuestion(samples=noise(1, rate=16000), rate=16000), "what I said")
    desk.render("full", "fixed:2")
    assert page.results.shown.replies[0].prompt == "what I said"
    assert page.results.shown.replies[0].stats.question_seconds == pytest.approx(1)


def test_a_question_in_which_nobody_spoke_is_rendered_only_if_the_user_insists(random_desk):
    desk, page = random_desk, random_desk.page
    wind = RenderQuestion(samples=noise(1, rate=16000), rate=16000)
    page.prompt.kind.setCurrentIndex(GIVEN)
    page.set_prompt(wind, "the wind")
    page.set_schedules(["full", "fixed:2"])
    page.start()
    desk.until(lambda: page.bar.insist.isVisible())
    assert page.bar.sentence.count("no voice") == 1 and page.results.shown is None
    page.set_prompt(wind, "a storm")
    assert not page.bar.insist.isVisible() and not page.bar.sentence  # it has not been refused yet
    page.start()
    desk.until(lambda: page.bar.insist.isVisible())
    QTest.mouseClick(page.bar.insist, Qt.MouseButton.LeftButton)
    assert not page.bar.insist.isVisible()
    desk.until(lambda: page.results.shown is not None)
    assert [reply.schedule for reply in page.results.shown.replies] == ["full", "fixed:2"]


def test_a_question_is_recorded(qtbot):
    card = FakeCard()
    desk = Desk(qtbot, lambda name: RandomVoice(chunks=1), lambda: card.recorder)
    try:
        page = desk.page
        page.prompt.kind.setCurrentIndex(RECORDED)
        assert not page.bar.render_button.isEnabled()
        card.hears(noise(0.5))  # what was before is no part of it
        QTest.mouseClick(page.prompt.record, Qt.MouseButton.LeftButton)
        assert page.prompt.is_recording and not page.bar.render_button.isEnabled()
        for seed in range(2):
            card.hears(noise(0.5, seed))
            page.tick()
        assert not card.recorder.is_taking  # the talk's own reading is another one
        QTest.mouseClick(page.prompt.record, Qt.MouseButton.LeftButton)
        question = page.prompt.prompt()[0]()
        assert np.array_equal(question.samples, np.concatenate([noise(0.5), noise(0.5, 1)])) and question.rate == 48000
        assert page.bar.render_button.isEnabled()
        QTest.mouseClick(page.prompt.record, Qt.MouseButton.LeftButton)
        QTest.mouseClick(page.prompt.record, Qt.MouseButton.LeftButton)
        assert "seconds long" in page.prompt._recording.text() and not page.bar.render_button.isEnabled()
    finally:
        desk.close()


def test_a_recording_ends_with_its_microphone(qtbot):
    card = FakeCard()
    desk = Desk(qtbot, lambda name: RandomVoice(chunks=1), lambda: card.recorder)
    try:
        prompt = desk.page.prompt
        prompt.kind.setCurrentIndex(RECORDED)
        QTest.mouseClick(prompt.record, Qt.MouseButton.LeftButton)
        card.hears(noise(0.5))
        card.recorder.close()
        card.plug()  # another one takes its place
        desk.page.tick()
        assert not prompt.is_recording and "stopped delivering" in prompt._recording.text()
    finally:
        desk.close()


def test_everything_can_be_reached_and_is_named(random_desk):
    random_desk.render("full", "fixed:2")
    page = random_desk.page
    for widget in page.findChildren(QWidget):
        inside = widget.parent().inherits("QAbstractSpinBox") or widget.inherits("QLabel")
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inside:
            assert widget.accessibleName(), widget
