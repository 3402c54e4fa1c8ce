"""The schedule editor: every schedule there and back, only what the model can run, and bad text refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QRadioButton

from app.engine_client.commands import ModelFacts
from app.widgets import theme
from app.widgets.schedules.editor import NO_EXITS, ScheduleEditor
from app.widgets.schedules.pattern_view import in_words
from app.widgets.schedules.picker import SchedulePicker
from app.widgets.words import Words
from engine.schedules import Entropy, Fixed, FrameShape, Full, Spark, parse
from tests.app.measure import TEXT_SIZES, misfits, settle

MODEL = ModelFacts("m", ".", 8, (2, 6), 16, 25.0, 1024)
PLAIN = ["full", "fixed:6", "spark:even@2", "spark:k=5,last@6", "spark:k=4,last@2+review", "entropy:6<0.5"]
OPTIONS = ["full+slice", "fixed:2+text+hole", "entropy:2<1.25+propagate", "spark:even@2+text+review(top-p=0.9)+slice"]
OPTIONS += ["spark:k=4,first@6+review(top-n=7)", "spark:odd@6+review(top-p=0.99995)", "entropy:6<0.00025"]


@pytest.fixture
def editor(qtbot):
    made = ScheduleEditor()
    qtbot.addWidget(made)
    made.set_model(MODEL)
    made.show()
    return made


@pytest.fixture
def chosen(editor):
    seen = []
    editor.chosen.connect(seen.append)
    return seen


def choose(box: QComboBox, data) -> None:
    box.setCurrentIndex(box.findData(data))


@pytest.mark.parametrize("form", PLAIN + OPTIONS)
def test_every_schedule_is_shown_as_it_is(editor, chosen, form):
    editor.show_schedule(parse(form))
    assert editor.form.text() == form and chosen == []
    editor._changed()  # what the controls say is the same schedule
    assert editor.form.text() == form and chosen == []


def test_codes_are_offered_for_a_model_that_speaks_in_frames(editor, chosen):
    assert not editor.frames.isVisible()
    editor.set_model(replace(MODEL, frames=FrameShape(8, 6)))
    assert editor.frames.isVisible() and (editor.frames.codes.count(), editor.frames.layers.count()) == (8, 6)
    choose(editor.frames.codes, 3)
    choose(editor.frames.layers, 2)
    assert chosen == ["full+codes=3", "full+codes=3+code-layers=2"] and editor.form.text() == chosen[-1]
    editor.kinds[Fixed].click()  # what is chosen here holds for every kind
    assert chosen[-1].startswith("fixed:") and chosen[-1].endswith("+codes=3+code-layers=2")
    editor.show_schedule(parse("spark:even@2+codes=5"))
    assert (editor.frames.codes.currentData(), editor.frames.layers.currentData()) == (5, None)


def test_controls_make_the_text_form(editor, chosen):
    groups, options = editor.groups, editor.options
    QTest.mouseClick(editor.kinds[Spark], Qt.MouseButton.LeftButton, pos=editor.kinds[Spark].rect().center() * 0.2)
    choose(editor.layers, 6)
    groups.period.setValue(4)
    choose(groups.refreshes, "last")
    options.review.click()
    assert chosen[-1] == "spark:k=4,last@6+review" == editor.form.text()
    QTest.mouseClick(groups.names[(3, "first")], Qt.MouseButton.LeftButton)
    assert chosen[-1] == "spark:triple@6+review"
    choose(options.keeps, "top-p")
    options.top_p.setValue(0.8)
    assert chosen[-1] == "spark:triple@6+review(top-p=0.8)"
    choose(options.keeps, "top-n")
    assert chosen[-1] == "spark:triple@6+review(top-n=5)" and not options.above.isEnabled()
    options.review.click()
    QTest.mouseClick(groups.names[(2, "last")], Qt.MouseButton.LeftButton)
    assert chosen[-1] == "spark:odd@6" and groups.period.value() == 2
    choose(options.above, "hole")
    options.text.click()
    options.slice.click()
    assert chosen[-1] == "spark:odd@6+text+hole+slice"
    editor.kinds[Fixed].click()
    assert chosen[-1] == "fixed:6+text+hole+slice"
    editor.kinds[Entropy].click()
    groups.threshold.setValue(0.75)
    assert chosen[-1] == "entropy:6<0.75+text+hole+slice" and not options.review.isEnabled()
    editor.kinds[Full].click()
    assert chosen[-1] == "full+slice"
    for control in (editor.layers, groups, options.above, options.review, options.text):
        assert not control.isEnabled()


def test_a_review_catches_up_whatever_was_chosen_for_the_layers_above(editor, chosen):
    editor.show_schedule(parse("spark:even@2+hole"))
    editor.options.review.click()
    assert chosen == ["spark:even@2+review"]


def test_the_words_and_the_picture_say_the_same_of_a_review(editor, chosen):
    groups, depths = editor.groups, [6, 6, 6, 8]
    for form in ("spark:k=4,first@6+review", "spark:k=4,last@6+review"):
        editor.show_schedule(parse(form))
        assert groups.refreshes.currentIndex() == -1 and "after its drafts" in groups.refreshes.placeholderText()
        assert editor.pattern.depths[:4] == depths == [parse(form).depth(at, None, 8) or 8 for at in range(4)]
        assert editor.form.text() == form
    editor.show_schedule(parse("spark:k=4,first@6+review"))
    editor.options.review.click()
    assert groups.refreshes.currentText() == "first at full depth" and chosen == ["spark:k=4,first@6"]
    assert editor.pattern.depths[:4] == [8, 6, 6, 6]


def test_only_the_model_s_exit_heads_are_offered(editor):
    assert [editor.layers.itemData(place) for place in range(editor.layers.count())] == [2, 6]
    editor.set_model(ModelFacts("m", ".", 8, (), 16, 25.0, 1024))
    editor.show_schedule(Full())
    options = editor.options
    for control in (*(editor.kinds[kind] for kind in (Fixed, Spark, Entropy)), editor.layers, editor.groups):
        assert not control.isEnabled()
    for control in (options.above, options.review, options.text, options.slice):
        assert not control.isEnabled()
    assert editor._meaning.text() == NO_EXITS


def test_pasted_text_is_used_or_refused_with_its_sentence(editor, chosen):
    clipboard = QGuiApplication.clipboard()
    clipboard.setText(" spark:k=4,last@2+review\n")
    QTest.mouseClick(editor.paste, Qt.MouseButton.LeftButton)
    assert chosen == ["spark:k=4,last@2+review"] and editor.options.review.isChecked() and editor.groups.period.value() == 4
    for text, words in (("spark:even@5", "no exit head"), ("nonsense", "not a schedule"), ("full+text", "no early exit")):
        clipboard.setText(text)
        QTest.mouseClick(editor.paste, Qt.MouseButton.LeftButton)
        assert words in editor.sentence and "spark:k=4,last@2+review stays in use" in editor.sentence
    assert len(chosen) == 1 and editor.groups.period.value() == 4
    QTest.mouseClick(editor.copy, Qt.MouseButton.LeftButton)
    assert clipboard.text() == "spark:k=4,last@2+review"


def test_typed_text_is_used_on_enter_and_not_rewritten_under_the_cursor(editor, chosen):
    editor.activateWindow()
    editor.form.setFocus()
    editor.form.selectAll()
    QTest.keyClicks(editor.form, "spark:k=2,first@6")
    assert chosen == [] and "Enter" in editor.sentence
    QTest.keyClick(editor.form, Qt.Key.Key_Return)
    assert chosen == ["spark:even@6"] and editor.isVisible()
    assert editor.form.text() in ("spark:k=2,first@6", "spark:even@6")


def test_seed_and_sampling_are_sent(editor, qtbot):
    fields = editor.sampling
    assert not fields.seed.isEnabled() and "Greedy" in fields._sentence.text()
    with qtbot.waitSignal(editor.sampling_chosen) as sampled:
        fields.temperature.setValue(0.7)
    assert sampled.args == [0.7, 1.0] and fields.seed.isEnabled()
    with qtbot.waitSignal(editor.sampling_chosen) as sampled:
        fields.top_p.setValue(0.9)
    assert sampled.args == [0.7, 0.9]
    with qtbot.waitSignal(editor.seed_chosen) as seeded:
        fields.seed.setValue(42)
    assert seeded.args == [42]


def test_everything_has_a_name_and_is_reached_by_tab(editor):
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)
    inner = [box.lineEdit() for box in editor.findChildren(QAbstractSpinBox)]
    found = [widget for kind in kinds for widget in editor.findChildren(kind) if widget not in inner]
    assert len(found) > 20
    for widget in found:
        assert widget.accessibleName() or widget.text(), widget
        if not isinstance(widget, QRadioButton) or widget.isChecked():  # arrow keys go to the others
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget
    editor.activateWindow()
    editor.kinds[Full].setFocus()
    QTest.keyClick(editor.kinds[Full], Qt.Key.Key_Right)
    assert editor.kinds[Fixed].isChecked() and editor.form.text() == "fixed:2"


def test_the_button_opens_the_editor_and_both_say_the_same(qtbot):
    picker = SchedulePicker("full")
    qtbot.addWidget(picker)
    picker.set_model(MODEL)
    picker.show()
    used = []
    picker.chosen.connect(used.append)
    QTest.mouseClick(picker.edit, Qt.MouseButton.LeftButton)
    assert picker.editor.isVisible()
    picker.editor.kinds[Spark].click()
    assert picker.form.text() == used[-1] == picker.editor.form.text() and used[-1].startswith("spark:")
    assert picker.pattern.refreshes
    picker.choose("fixed:6")
    assert picker.editor.kinds[Fixed].isChecked() and picker.editor.layers.currentData() == 6
    with qtbot.waitSignal(picker.seed_chosen) as seeded:
        picker.editor.sampling.seed.setValue(8)
    assert seeded.args == [8]
    QTest.keyClick(picker.editor, Qt.Key.Key_Escape)
    assert not picker.editor.isVisible()


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_the_editor_and_the_picker_can_be_read_whole_on_the_smallest_screen(qtbot, qapp, percent):
    theme.install(qapp, text_size=percent)
    model = ModelFacts("m", ".", 12, tuple(range(3, 12)), 16, 25.0, 1024)
    editor, picker = ScheduleEditor(), SchedulePicker("full")
    for made in (editor, picker):
        qtbot.addWidget(made)
        made.set_model(model)
        made.show()
    for form in ("full", "spark:k=12,first@6+review(top-p=0.85)+text+slice", "entropy:6<0.5", "fixed:6+hole", "spark:even@99"):
        editor.form.setText(form)
        editor._read(form)
        for size in ((776, 456), (1200, 700)):
            editor.resize(*size)
            settle()
            assert (editor.width(), editor.height()) == size and not misfits(editor), form
        picker.choose(form)
        for width in (300, 500):
            picker.resize(width, picker.heightForWidth(width))
            settle()
            assert picker.width() == width and not misfits(picker), form
    theme.choose_text_size(qapp, 100)


def test_no_unit_stands_alone_on_a_line(qtbot, qapp):
    theme.install(qapp)
    words = Words(f"{in_words(parse('spark:even@6'), MODEL)} It took 12 ms and 3 GB.")
    qtbot.addWidget(words)
    for width in range(80, 600, 3):
        laid_out, _ = words._lay_out(width)
        lines = [laid_out.lineAt(place) for place in range(laid_out.lineCount())]
        found = {laid_out.text()[line.textStart() : line.textStart() + line.textLength()].strip() for line in lines}
        assert not {"%", "%.", "ms", "ms and", "GB."} & found, (width, found)
    assert "12 ms and 3 GB." in words.text(), "what is read from it is what was said"
