"""Items beside each other while they fit, then below each other."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.widgets.flow import Flow


def box(width: int, height: int = 20, grows: bool = False) -> QFrame:
    made = QFrame()
    made.setMinimumSize(width, height)
    policy = QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Fixed
    made.setSizePolicy(policy, QSizePolicy.Policy.Preferred if grows else QSizePolicy.Policy.Fixed)
    return made


@pytest.fixture
def lay_out(qtbot):
    def make(flow: Flow, width: int, height: int = 400) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(flow)
        layout.addStretch()
        qtbot.addWidget(holder)
        holder.resize(width, height)
        holder.show()
        return holder

    return make


def places(*widgets: QWidget) -> list[tuple[int, int, int, int]]:
    return [widget.geometry().getRect() for widget in widgets]


def test_lines_break_where_the_width_ends_and_join_again(lay_out):
    boxes = [box(100), box(100, 30), box(100)]
    holder = lay_out(Flow(*boxes, spacing=10), 320)
    assert places(*boxes) == [(0, 5, 100, 20), (110, 0, 100, 30), (220, 5, 100, 20)]
    holder.resize(319, 400)
    assert places(*boxes) == [(0, 5, 100, 20), (110, 0, 100, 30), (0, 40, 100, 20)]
    boxes[1].hide()
    holder.resize(210, 400)
    assert places(boxes[0], boxes[2]) == [(0, 0, 100, 20), (110, 0, 100, 20)]


def test_what_expands_shares_what_is_left_and_is_as_high_as_its_line(lay_out):
    left, right, small = box(100, 40, grows=True), box(100, 20, grows=True), box(50)
    policy = right.sizePolicy()
    policy.setHorizontalStretch(3)
    right.setSizePolicy(policy)
    holder = lay_out(Flow(left, small, right), 350)
    assert places(left, small, right) == [(0, 0, 120, 40), (130, 10, 50, 20), (190, 0, 160, 40)]
    holder.resize(200, 400)
    assert places(left, small, right) == [(0, 0, 140, 40), (150, 10, 50, 20), (0, 50, 200, 20)]


def test_a_group_goes_to_the_next_line_as_a_whole_before_it_breaks(lay_out):
    title, one, two = box(100), box(100), box(100)
    flow = Flow(title)
    flow.add_stretch()
    flow.add(Flow(one, two))
    holder = lay_out(flow, 400)
    assert places(title, one, two) == [(0, 0, 100, 20), (190, 0, 100, 20), (300, 0, 100, 20)]
    holder.resize(310, 400)
    assert places(title, one, two) == [(0, 0, 100, 20), (0, 30, 100, 20), (110, 30, 100, 20)]
    holder.resize(150, 400)
    assert places(title, one, two) == [(0, 0, 100, 20), (0, 30, 100, 20), (0, 60, 100, 20)]
    assert flow.heightForWidth(150) == 80 and flow.minimumSize().width() == 100


def test_a_sentence_gets_the_height_that_its_width_needs(lay_out):
    words, button = QLabel("word " * 60), QPushButton("Go")
    words.setWordWrap(True)
    holder = lay_out(Flow(button, words), 200, 600)
    assert words.width() == 200 and words.height() >= words.heightForWidth(200) > 5 * button.height()
    assert holder.minimumSizeHint().width() < 200
