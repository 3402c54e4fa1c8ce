"""The schedule picker uses only what the model can run, and says why."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.engine_client.commands import ModelFacts
from app.widgets.schedules.picker import CUSTOM, SchedulePicker

MODEL = ModelFacts("m", ".", 8, (2, 6), 26, 25.0, 1024)


def test_presets_and_text_say_the_same(qtbot):
    picker = SchedulePicker("full")
    qtbot.addWidget(picker)
    used = []
    picker.chosen.connect(used.append)
    picker.set_model(MODEL)
    assert picker.names.currentText() == "Full depth" and "8.0 of 8 layers" in picker.sentence
    picker.choose("spark:k=2,first@6")
    assert picker.names.currentText() == "SPAR-K Even" and used[-1] == "spark:even@6"
    picker.choose("spark:k=5,last@2")
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
        picker.choose(text)
        assert words in picker.sentence and "spark:even@6 stays in use" in picker.sentence
    assert used == []


def test_what_is_typed_is_used_when_its_entry_ends(qtbot):
    picker = SchedulePicker("full")
    qtbot.addWidget(picker)
    picker.set_model(MODEL)
    used, pooled = [], []
    picker.chosen.connect(used.append)
    picker.pooling_chosen.connect(pooled.append)
    picker.form.clear()
    qtbot.keyClicks(picker.form, "spark:even@66")  # on the way there it says spark:even@6
    assert used == [] and "full is used" in picker.sentence
    qtbot.keyClick(picker.form, Qt.Key.Key_Return)
    assert used == [] and "full stays in use" in picker.sentence
    qtbot.keyClick(picker.form, Qt.Key.Key_Backspace)
    qtbot.keyClick(picker.form, Qt.Key.Key_Return)
    assert used == ["spark:even@6"]
    box = picker.editor.pooling
    box.clearEditText()
    qtbot.keyClicks(box, "input:0.85")
    assert pooled == [] and "none is used" in box.in_words()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert pooled == ["input:0.85"]


def test_what_was_asked_for_on_the_command_line_falls_back_if_the_model_cannot(qtbot):
    picker = SchedulePicker("fixed:7")
    qtbot.addWidget(picker)
    used = []
    picker.chosen.connect(used.append)
    picker.set_model(MODEL)
    assert used == ["full"] and "full stays in use" in picker.sentence


def test_in_a_high_panel_its_rows_stay_together(qtbot, qapp):
    picker = SchedulePicker("full")
    qtbot.addWidget(picker)
    picker.set_model(MODEL)
    picker.resize(372, 340)  # room for all of it, in every look
    picker.show()
    qtbot.waitExposed(picker)
    qapp.processEvents()
    before = [part.geometry() for part in (picker.edit, picker.names, picker.form, picker.pattern)]
    picker.resize(372, 700)
    qapp.processEvents()
    assert before == [part.geometry() for part in (picker.edit, picker.names, picker.form, picker.pattern)]
