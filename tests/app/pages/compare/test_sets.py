"""A set of questions from end to end: real renders, a pause, another program that goes on, and the items of a test."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.engine_client.channel import EngineThread
from app.listening import rendered_set
from app.pages.compare.page import ComparePage
from app.pages.compare.prompt_card import SET
from app.pages.compare.set_fields import FOLDER, LINES, SHIPPED
from tests.app.pages.compare.test_page import PATIENCE, Sink
from tests.app.random_voice import RandomVoice

QUESTIONS = "one\ntwo\nthree\nfour"


class Desk:
    """A page that keeps its sets in `folder`, driven as the window drives it."""

    def __init__(self, qtbot, folder) -> None:
        self.engine = EngineThread(Sink(), lambda name: RandomVoice(chunks=6))
        self.page = ComparePage(self.engine, lambda: None, models=list, sets_folder=folder)
        qtbot.addWidget(self.page)
        self.page.resize(1180, 900)
        self.page.show()
        self.page.entered()
        self.engine.start()
        self.engine.load("any")
        self.until(lambda: self.page.bar.render_button.isEnabled())
        self.sets, self.card = self.page.sets, self.page.sets.card

    def until(self, condition) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self.page.bar.sentence
            for report in self.engine.reports():
                self.page.take(report)
            self.page.tick()
            QTest.qWait(5)

    def choose(self, text: str = QUESTIONS) -> None:
        self.page.set_schedules(["full", "fixed:2"])
        self.page.prompt.kind.setCurrentIndex(SET)
        self.page.prompt.set.source.setCurrentIndex(LINES)
        self.page.prompt.set.text.setPlainText(text)

    def click(self, button) -> None:
        assert button.isVisible() and button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def close(self) -> None:
        self.engine.close()
        self.page.close_sound()


@pytest.fixture
def desk(qtbot, tmp_path):
    made = Desk(qtbot, tmp_path)
    yield made
    made.close()


def test_a_set_is_paused_and_another_program_goes_on_with_it(desk, qtbot, tmp_path):
    desk.choose()
    desk.click(desk.page.bar.render_button)
    desk.until(lambda: desk.sets.rendering.set is not None and desk.sets.rendering.set.done >= 2)
    assert not desk.page.bar.render_button.isEnabled() and "of 8 replies are rendered" in desk.card.sentence.text()
    desk.click(desk.card.pause)
    desk.until(lambda: not desk.sets._background.is_busy)
    done = desk.sets.rendering.set.done
    assert 2 <= done < 8 and desk.page.bar.render_button.isEnabled()
    desk.close()

    other = Desk(qtbot, tmp_path)
    try:
        other.until(lambda: other.card.isVisible())
        assert other.sets.rendering.set.done == done and not other.sets.is_busy
        asked = []
        other.sets.blind_requested.connect(lambda items, about: asked.append((items, about)))
        other.click(other.card.go_on)
        other.until(lambda: other.sets.rendering.set.state == "finished" and other.card.blind.isVisible())
        assert not other.card.go_on.isVisible() and "All 8 replies" in other.card.sentence.text()
        assert len(other.sets.rendering.set.replies) == 8
        other.click(other.card.blind)
        other.until(lambda: asked)
        items, about = asked[0]
        assert [item.prompt for item in items] == QUESTIONS.split() and about["Set"] == "Written questions"
        assert all([clip.schedule for clip in item.clips] == ["full", "fixed:2"] for item in items)
        other.click(other.card.discard)
        other.until(lambda: not other.card.isVisible() and not other.sets._background.is_busy)
        assert rendered_set.newest(tmp_path) is None
    finally:
        other.close()


def test_another_model_does_not_go_on_with_it(desk):
    desk.choose()
    desk.click(desk.page.bar.render_button)
    desk.until(lambda: desk.sets.rendering.set is not None and desk.sets.rendering.set.done >= 2)
    desk.click(desk.card.pause)
    desk.until(lambda: not desk.sets._background.is_busy and desk.card.go_on.isVisible())
    mine, desk.page._model = desk.page._model, replace(desk.page._model, name="Another")
    desk.click(desk.card.go_on)
    desk.until(lambda: f"begun with {mine.name}" in desk.card.problem.text() and desk.card.go_on.isVisible())
    done = desk.sets.rendering.set.done
    assert not desk.sets.is_busy
    desk.page._model = mine
    desk.click(desk.card.go_on)
    desk.until(lambda: desk.sets.rendering.set.done > done)


def test_where_every_reply_fails_it_pauses_and_can_be_tried_again(desk):
    desk.choose("\n".join(map(str, range(6))))
    desk.click(desk.page.bar.render_button)
    desk.until(lambda: desk.sets.rendering.set is not None)
    desk.click(desk.card.pause) if desk.card.pause.isVisible() else desk.sets.pause()
    desk.until(lambda: not desk.sets._background.is_busy)
    found = desk.sets.rendering.set
    variants, done = found.variants, found.done
    found.variants = [replace(variant, schedule="fixed:7") for variant in variants]  # as if the memory was gone
    desk.sets.go_on()
    desk.until(lambda: "one reply after the other fails" in desk.card.problem.text() and desk.card.go_on.isVisible())
    assert found.done < found.total and len(found.failed) >= 5 > done // 2 - 1
    found.variants = variants
    desk.click(desk.card.go_on)
    desk.until(lambda: found.done == found.total and desk.card.go_on.isVisible())
    assert desk.card.go_on.text() == "Try again" and "of 12 are rendered" in desk.card.sentence.text()
    desk.click(desk.card.go_on)
    desk.until(lambda: len(found.replies) == 12 and found.state == "finished")
    assert not found.failed


def test_what_cannot_be_a_set_is_said(desk, tmp_path):
    desk.choose("   ")
    assert not desk.page.bar.render_button.isEnabled()
    desk.page.prompt.set.source.setCurrentIndex(FOLDER)
    assert not desk.page.bar.render_button.isEnabled()
    desk.page.prompt.set.set_folder(tmp_path)
    desk.click(desk.page.bar.render_button)
    desk.until(lambda: "no sound file" in desk.page.bar.sentence)
    assert not desk.card.isVisible() and desk.page.bar.render_button.isEnabled()
    desk.page.prompt.set.source.setCurrentIndex(SHIPPED)
    assert desk.page.prompt.is_spoken


def test_a_full_disk_pauses_it_and_nothing_is_lost(desk, monkeypatch):
    desk.choose()
    desk.click(desk.page.bar.render_button)
    desk.until(lambda: desk.sets.rendering.set is not None and desk.sets.rendering.set.done >= 2)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(rendered_set, "append", full)
        desk.until(lambda: not desk.sets.is_busy)
        desk.until(lambda: "No space left" in desk.card.problem.text())
    done = desk.sets.rendering.set.done
    desk.until(desk.card.go_on.isVisible)
    desk.click(desk.card.go_on)
    desk.until(lambda: desk.sets.rendering.set.state == "finished")
    assert done < 8 == len(desk.sets.rendering.set.replies)
