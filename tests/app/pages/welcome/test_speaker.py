"""The lists of devices and the speaker step."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from app.audio.list_devices import DeviceList
from app.pages.welcome import speaker_step
from app.pages.welcome.chime import SECONDS


def test_the_list_follows_what_is_plugged_in_and_keeps_the_choice(stage):
    box = stage.go(1).device
    assert [box.itemText(index) for index in range(box.count())] == ["System default (Built-in)", "Built-in", "USB"]
    assert stage.sound.watch.shown
    stage.qtbot.keyClick(box, Qt.Key.Key_End)
    assert stage.sound.choices == [{"input": "USB"}]
    stage.sound.watch.devices = DeviceList(("Built-in",), (), "Built-in", "")
    stage.dialog.step.tick()
    assert box.currentText() == "USB" and box.count() == 3
    stage.go(3)
    assert not stage.sound.watch.shown


def test_who_hears_nothing_is_offered_the_next_speaker(stage):
    step = stage.go(2)
    step.play.click()
    first = stage.play(SECONDS + 0.5)
    assert np.abs(first).max() > 0.05
    step.tick()
    assert not step.is_playing
    step.no.click()
    assert step.other.text() == "Try “USB”" and stage.focus is step.other and "volume" in step.advice.text
    old = stage.sound.player
    step.other.click()
    assert stage.sound.choices == [{"output": "USB"}] and step.is_playing
    step.tick()
    assert stage.sound.player is old and old.is_done  # not on the old one
    stage.sound.plug()
    step.tick()
    assert np.abs(stage.play(1)).max() > 0.05
    step.yes.click()
    assert step.is_done and stage.number == 3


def test_a_speaker_that_does_not_open_or_takes_nothing(stage, monkeypatch):
    step = stage.go(2)
    monkeypatch.setattr(speaker_step, "PATIENCE", -1.0)
    step.play.click()
    step.tick()
    step.tick()
    assert "takes no sound" in step.trouble.text and not step.is_playing
    step._answer(False)
    step.other.click()
    step.tick()
    step.tick()
    assert "does not open" in step.trouble.text and not step.is_playing


def test_a_speaker_that_dies_while_it_plays(stage):
    step = stage.go(2)
    step.play.click()
    stage.sound.output._lost = "The speaker is gone."
    stage.sound.output.close()
    step.tick()
    step.tick()
    assert not step.is_playing and step.trouble.text == "The speaker is gone." and not step.play.isEnabled()
