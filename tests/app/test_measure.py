"""What is measured is found, and what fits is left alone."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QWidget,
)

from app.widgets import theme
from app.widgets.name_label import NameLabel
from tests.app.measure import misfits, settle
from tests.app.sentences import sentences

WORDS = "No sentence of the program is cut off."


@pytest.fixture
def shown(qtbot, qapp):
    theme.install(qapp)

    def show(widget: QWidget, width: int, height: int = 60) -> QWidget:
        holder = QWidget()
        qtbot.addWidget(holder)
        holder.resize(600, 300)
        widget.setParent(holder)
        widget.setGeometry(4, 4, width, height)
        holder.show()
        settle(2)
        return holder

    return show


def wrapped() -> QLabel:
    label = theme.label(WORDS)
    label.setWordWrap(True)
    return label


def table() -> QTableWidget:
    made = QTableWidget(1, 1)
    made.setHorizontalHeaderLabels(["tokens/s"])
    made.setItem(0, 0, QTableWidgetItem("1,234"))
    return made


def combo() -> QComboBox:
    made = QComboBox()
    made.addItems(["short", WORDS])
    return made


def scrolled() -> QScrollArea:
    made = QScrollArea(widgetResizable=True)
    made.setWidget(wrapped())
    return made


def tabs() -> QTabWidget:
    made = QTabWidget()
    made.addTab(QWidget(), WORDS)
    return made


@pytest.mark.parametrize("make", [
    lambda: theme.label(WORDS), wrapped, lambda: QPushButton(WORDS), lambda: QCheckBox(WORDS), combo, tabs,
    lambda: QLineEdit(placeholderText=WORDS),
])  # fmt: skip
def test_words_that_are_cut_are_found(shown, make):
    assert not misfits(shown(make(), 460))
    assert WORDS in "".join(misfits(shown(make(), 60, 34)))


def test_a_line_that_is_too_low_is_found(shown):
    assert not misfits(shown(wrapped(), 200, 60))
    assert misfits(shown(wrapped(), 200, 20))


def test_cells_and_headers_are_found_by_their_columns(shown):
    made = table()
    holder = shown(made, 300, 120)
    assert not misfits(holder)
    made.setColumnWidth(0, 30)
    settle(2)
    assert ["'tokens/s' is" in fault or "'1,234' is" in fault for fault in misfits(holder)] == [True, True]


def test_what_lies_outside_is_found_unless_it_can_be_scrolled_to(shown):
    assert not misfits(shown(scrolled(), 120, 60))
    holder = shown(QPushButton("OK"), 80)
    holder.findChild(QPushButton).move(560, 4)
    assert "partly outside" in "".join(misfits(holder))


def test_parts_that_lie_over_one_another_are_found(shown):
    body = QWidget()
    row = QHBoxLayout(body)
    for words in ("one", "two"):
        row.addWidget(QPushButton(words))
    holder = shown(body, 300)
    assert not misfits(holder)
    body.findChildren(QPushButton)[0].setGeometry(row.itemAt(1).geometry())
    assert "lies over" in "".join(misfits(holder))


def test_a_name_may_be_elided_and_is_whole_in_its_tooltip(shown):
    label = NameLabel("USB PnP Sound Device Analog Stereo")
    holder = shown(label, 100)
    assert not misfits(holder)
    assert label.toolTip() == label.text() and not label.is_whole
    label.setText("Built-in")
    assert label.is_whole and not label.toolTip()


@pytest.mark.look
def test_words_and_what_is_fixed_follow_the_text_size(shown, qapp):
    label, button = theme.label(WORDS, scale=1.5), QPushButton("OK")
    theme.fix(label, height=40)
    holder = shown(label, 460)
    button.setParent(holder)
    theme.set_role(label, "muted")
    before = label.font().pointSizeF(), button.font().pointSizeF()
    theme.choose_text_size(qapp, 150)
    try:
        assert label.height() == 60
        assert (label.font().pointSizeF(), button.font().pointSizeF()) == pytest.approx([1.5 * size for size in before])
        assert "pixels wide" in "".join(misfits(holder))
        theme.set_role(label, "danger")
        assert label.font().pointSizeF() == pytest.approx(1.5 * before[0])
    finally:
        theme.choose_text_size(qapp, 100)
    assert label.height() == 40 and label.font().pointSizeF() == before[0]


def test_the_sentences_are_those_of_the_source():
    said = sentences()
    assert len(said) > 300
    assert "What you say here is kept on this machine." in said  # a constant
    assert any(words.startswith("The microphone “USB PnP") for words in said)  # one with a name put in
    assert not any("{" in words for words in said)
