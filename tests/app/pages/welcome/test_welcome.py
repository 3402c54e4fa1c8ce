"""The first run by keyboard, with devices that work and with devices that fail."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox

from app.engine_client.commands import LoadFailed, ModelFacts, Ready
from app.pages.welcome import microphone_step, privacy
from app.pages.welcome.ready_step import KeyCap, ReadyStep
from app.widgets import theme
from engine.resources import resources_folder
from tests.app.pages.welcome.card import RATE, speech

MODEL = ModelFacts("wren", str(resources_folder() / "wren"), 12, tuple(range(3, 12)), 16, 25.0, 480)
ENTER, SPACE, TAB, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Escape


def test_by_keys_alone_from_the_first_step_to_the_last(stage):
    dialog = stage.dialog
    assert not dialog.back.isEnabled() and stage.focus is dialog.forward
    stage.press(ENTER)
    assert stage.number == 1 and stage.focus is dialog.microphone.record and dialog.forward.text() == "Skip"
    stage.press(SPACE)
    assert dialog.microphone.is_recording
    stage.hear(speech(3.1, 0.3))
    assert dialog.microphone.verdict.is_good and dialog.forward.text() == "Next" and stage.focus is dialog.forward
    stage.press(ENTER)
    assert stage.number == 2 and stage.focus is dialog.speaker.play
    stage.press(ENTER)
    stage.play(0.5)
    assert dialog.speaker.question.isVisible() and stage.focus is dialog.speaker.yes
    stage.press(SPACE)
    assert stage.number == 3 and stage.focus is dialog.forward and dialog.forward.text() == "Start talking"
    dialog.ready.headphones.setFocus()
    stage.press(SPACE)
    stage.press(ENTER)
    assert stage.ended == [True] and not dialog.isVisible()


def test_each_step_and_all_of_them_may_be_skipped(stage):
    for number in range(4):
        assert stage.number == number
        stage.dialog.forward.click()
    assert stage.ended == [False]
    stage.dialog.open()
    stage.press(ESCAPE)
    assert stage.ended == [False, "skipped"]
    stage.dialog.open()
    stage.dialog.skip_all.click()
    stage.dialog.skip_all.click()
    assert stage.ended == [False, "skipped", "skipped"]


def test_back_and_forth(stage):
    stage.go(3)
    stage.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert stage.number == 2
    stage.dialog.back.click()
    assert stage.number == 1
    stage.press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert stage.number == 2


def test_tab_reaches_everything_that_can_be_worked(stage):
    for number in range(4):
        stage.go(number)
        stage.dialog.step.tick()
        widgets = [w for kind in (QAbstractButton, QComboBox) for w in stage.dialog.findChildren(kind)]
        worked = {w for w in widgets if w.isVisible() and w.isEnabled()}
        assert all(w.accessibleName() or w.text() for w in worked)
        reached = set()
        for _ in range(len(worked) + 2):
            reached.add(stage.focus)
            stage.press(TAB)
        assert worked <= reached, number


def test_the_first_step_says_who_answers(stage):
    first = stage.dialog.step
    assert "is being loaded" in first.model.text and first.licence.isHidden()
    stage.conversation.take(LoadFailed("The model is gone."))
    first.tick()
    assert first.model.text == "The model is gone."
    stage.conversation.take(Ready(MODEL, 1.0))
    first.tick()
    assert first.model.text == "The model Wren is ready: 12 layers, early exits after layer 3 to 11."
    assert first.licence.isVisible() and "copied" in first.licence.text


def test_opening_it_stops_what_is_going_on(stage):
    stage.dialog.reject()
    stage.conversation.play((1, "reply"), [speech(5, 0.3)], RATE)
    assert stage.conversation.is_sounding
    stage.conversation.set_hands_free(True)
    stage.dialog.open()
    assert not stage.conversation.is_sounding and not stage.conversation.hands_free
    stage.dialog.reject()
    assert stage.conversation.hands_free


# --- the microphone ---------------------------------------------------------------------------------------------------


def test_what_was_recorded_is_played_back(stage):
    step = stage.go(1)
    before = stage.sound.recorder.take_peak()
    stage.hear(speech(1, 0.9))  # from before the button: not a part of it
    step.record.click()
    said = speech(3.1, 0.3)
    stage.hear(said)
    heard = stage.play(3.5)
    sounding = np.flatnonzero(heard)
    np.testing.assert_allclose(heard[sounding[0] :][: 2 * RATE], said[: 2 * RATE], atol=1e-6)
    assert before == 0 and stage.sound.recorder.take_peak() == pytest.approx(0.9, abs=0.05)  # the meter elsewhere misses nothing
    stage.dialog.step.tick()
    assert not step.is_playing and step.again.isVisible()
    step.again.click()
    assert step.is_playing and stage.play(1).any()
    stage.dialog.next()
    assert not step.is_playing and stage.sound.player.is_done


def test_a_recording_may_end_early_and_be_made_again(stage):
    step = stage.go(1)
    step.record.click()
    stage.hear(speech(1, 0.3))
    assert step.record.text() == "Stop"
    step.record.click()
    assert step.verdict.is_good and step.record.text() == "Record again"
    step.record.click()
    assert step.is_recording and step.verdict is None and not step.is_playing


@pytest.mark.parametrize(("platform", "has_page"), [("darwin", True), ("win32", True), ("linux", False)])
def test_exact_silence_speaks_of_permission(stage, monkeypatch, platform, has_page):
    monkeypatch.setattr(privacy.sys, "platform", platform)
    opened = []
    monkeypatch.setattr(privacy.QDesktopServices, "openUrl", lambda url: opened.append(url.scheme()))
    step = stage.go(1)
    step.record.click()
    stage.hear(np.zeros(RATE * 3 + 960))
    assert step.verdict.kind == "silent" and "privacy" in step.advice.text and not step.is_playing
    assert step.privacy.isVisible() == has_page and not step.again.isVisible()
    if has_page:
        step.privacy.click()
        assert opened


def test_a_muted_microphone_is_said_to_be_muted(stage):
    stage.conversation.set_muted(True)
    step = stage.go(1)
    step.record.click()
    stage.hear(speech(3.1, 0.3))
    assert step.verdict.kind == "muted"


def test_a_microphone_that_dies_while_it_records(stage):
    step = stage.go(1)
    step.record.click()
    stage.hear(speech(1, 0.3))
    stage.sound.input.part, stage.sound.input.error = None, "The microphone is gone."
    step.tick()
    assert not step.is_recording and step.verdict.kind == "missing"
    assert step.trouble.isVisible() and step.trouble.text == "The microphone is gone."
    assert not step.record.isEnabled() and stage.dialog.forward.isEnabled()
    stage.sound.plug()
    stage.sound.input.error = ""
    step.tick()
    assert step.record.isEnabled() and not step.trouble.isVisible()


def test_a_microphone_that_delivers_nothing(stage, monkeypatch):
    step = stage.go(1)
    step.record.click()
    step.tick()
    assert step.is_recording
    monkeypatch.setattr(microphone_step, "PATIENCE", -10.0)
    step.tick()
    assert step.verdict.kind == "missing"


def test_leaving_in_the_middle_of_a_recording(stage):
    step = stage.go(1)
    step.record.click()
    stage.hear(speech(1, 0.3))
    stage.dialog.next()
    assert not step.is_recording and step.verdict is None and not stage.sound.watch.missing


def test_without_any_device_one_can_still_go_on(stage):
    stage.sound.input.part = stage.sound.output.part = None
    step = stage.go(1)
    assert "no microphone" in step.trouble.text and stage.focus is stage.dialog.forward
    step = stage.go(2)
    assert "no speaker" in step.trouble.text and not step.play.isEnabled()
    stage.dialog.next()
    stage.dialog.next()
    assert stage.ended == [False]


@pytest.mark.parametrize("talk, caps", [("F5", ["Hold F5", "Tap F5", "Type", "Esc"]), ("", ["Type", "Esc"])])
def test_the_keys_are_those_of_the_settings(qtbot, talk, caps):
    step = ReadyStep(False, {"talk": talk, "stop": "Esc"})
    qtbot.addWidget(step)
    assert [cap.accessibleName() for cap in step.findChildren(KeyCap)] == caps


@pytest.mark.look
def test_it_looks_alright_in_both_appearances(stage, qapp):
    stage.conversation.transcript.model = MODEL
    for appearance in ("light", "dark"):
        theme.install(qapp, appearance)
        for number in range(4):
            stage.dialog.pages.setCurrentIndex(number)
            stage.dialog.step.tick()
            picture = stage.dialog.grab().toImage()
            colours = {picture.pixel(x, y) for x in range(0, 640, 3) for y in range(0, 480, 3)}
            assert len(colours) > 12, (appearance, number)
