"""The schedule picker uses only what the model can run, and says why."""

from __future__ import annotations

from app.engine_commands import ModelFacts
from app.schedules.picker import CUSTOM, SchedulePicker

MODEL = ModelFacts("m", ".", 8, (2, 6), 26, 25.0, 1024)


def test_presets_and_text_say_the_same(qtbot):
    picker = SchedulePicker("full")
    qtbot.addWidget(picker)
    used = []
    picker.chosen.connect(used.append)
    picker.set_model(MODEL)
    assert picker.names.currentText() == "Full depth" and "8.0 of 8 layers" in picker.sentence
    picker.form.setText("spark:k=2,first@6")
    assert picker.names.currentText() == "SPAR-K Even" and used[-1] == "spark:even@6"
    picker.form.setText("spark:k=5,last@2")
    assert picker.names.currentText() == CUSTOM and used[-1] == "spark:k=5,last@2"
    picker.names.activated.emit(0)
    assert picker.form.text() == "full" == used[-1]


def test_an_invalid_one_shows_its_sentence_and_is_not_used(qtbot):
    picker = SchedulePicker("spark:even@6")
    qtbot.addWidget(picker)
    picker.set_model(MODEL)
    used = []
    picker.chosen.connect(used.append)
    for text, words in (("spark:even@5", "no exit head"), ("spark:even@9", "8 layers"), ("nonsense", "not a schedule")):
        picker.form.setText(text)
        assert words in picker.sentence and "spark:even@6 is used" in picker.sentence
    assert used == []


def test_what_was_asked_for_on_the_command_line_falls_back_if_the_model_cannot(qtbot):
    picker = SchedulePicker("fixed:7")
    qtbot.addWidget(picker)
    used = []
    picker.chosen.connect(used.append)
    picker.set_model(MODEL)
    assert used == ["full"] and "full is used" in picker.sentence
