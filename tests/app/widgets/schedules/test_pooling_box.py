"""Choosing a pooling: what the model can run, in presets and as text."""

from __future__ import annotations

import pytest

from app.widgets.schedules.picker import SchedulePicker
from app.widgets.schedules.pooling_box import PoolingBox
from tests.app.widgets.schedules.test_editor import MODEL


@pytest.fixture
def box(qtbot):
    made = PoolingBox()
    qtbot.addWidget(made)
    made.set_layers(8)
    return made


def test_presets_and_text_choose_what_the_model_can_run(box):
    chosen = []
    box.chosen.connect(chosen.append)
    assert [box.itemText(place) for place in range(3)] == ["none", "input:0.9", "input:0.8"]
    box.setCurrentIndex(2)
    assert chosen == ["input:0.8"] and "words that get lost" in box.in_words()
    box.choose("deep: 5 @ 0.7")
    assert chosen[-1] == "deep:5@0.7" == box.text and "before layer 5 where they are 0.7 alike" in box.in_words()
    for text, words in (("deep:8@0.7", "choose a lower layer"), ("most of it", "not a pooling"), ("input:2", "at most 1")):
        box.choose(text)
        assert words in box.problem and words in box.in_words() and box.text == "deep:5@0.7"
    assert len(chosen) == 2
    box.choose("none")
    assert chosen[-1] == "none" and not box.problem


def test_another_model_that_cannot_run_it_goes_back_to_none(box):
    box.choose("dual:0.8,6@0.7")
    chosen = []
    box.chosen.connect(chosen.append)
    box.set_layers(40)
    assert chosen == [] and box.text == "dual:0.8,6@0.7"
    box.set_layers(4)
    assert chosen == ["none"] and box.currentText() == "none"


def test_the_picker_shows_it_where_speech_is_merged(qtbot):
    picker = SchedulePicker("full")
    qtbot.addWidget(picker)
    picker.set_model(MODEL)
    picker.show()
    chosen = []
    picker.pooling_chosen.connect(chosen.append)
    assert picker.pooling == ""
    picker.editor.pooling.choose("input:0.8")
    assert chosen == ["input:0.8"] and picker.pooling == "input:0.8"
    picker.choose_pooling("none")
    assert chosen[-1] == "none" and picker.pooling == ""
