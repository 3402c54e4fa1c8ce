"""The coming pattern, drawn and in words."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from app.engine_client.commands import ModelFacts
from app.widgets import theme
from app.widgets.schedules.pattern_view import PatternView
from engine.schedules import parse

MODEL = ModelFacts("m", ".", 8, (2, 6), 16, 25.0, 1024)


@pytest.fixture
def view(qtbot):
    made = PatternView()
    qtbot.addWidget(made)
    made.resize(320, 56)
    return made


def test_the_pattern_is_what_the_model_will_do(view):
    view.show_schedule(parse("spark:k=4,last@2"), MODEL)
    assert view.depths == [2, 2, 2, 8] * 4 and view.refreshes == [3, 7, 11, 15]
    assert view.accessibleDescription() == "Mean depth over a chunk: 3.5 of 8 layers, 44 %."
    view.show_schedule(parse("full"), MODEL)
    assert view.depths == [8] * 16 and view.refreshes == []
    assert not view.grab().isNull()
    view.show_schedule(parse("spark:k=4,last@2+review"), MODEL)
    assert "if every draft is kept" in view.accessibleDescription()


def test_what_an_entropy_decides_is_not_promised(view):
    view.show_schedule(parse("entropy:2<0.5"), MODEL)
    assert view.depths == [2] * 16 and view.refreshes == []
    assert "not known beforehand: 2 to 8 layers" in view.accessibleDescription()


def test_text_counts_where_it_exits_early_too(view):
    view.show_schedule(parse("spark:k=3,first@2+text"), MODEL)
    assert view.depths[:4] == [8, 2, 2, 8]
    assert view.accessibleDescription() == "Mean depth over text and speech: 4.0 of 8 layers, 50 %."


def test_what_becomes_of_the_layers_above_is_seen(view):
    pictures = {}
    for form in ("fixed:2", "fixed:2+propagate", "fixed:2+hole", "entropy:2<0.5"):
        view.show_schedule(parse(form), MODEL)
        picture = view.grab().toImage()
        pictures[form] = tuple(picture.pixelColor(5, y).rgb() for y in range(14, 40))
    assert len(set(pictures.values())) == 4
    assert len(set(pictures["fixed:2"])) == len(set(pictures["fixed:2+hole"])) == 1
    assert QColor(theme.KINDS["speech"]).rgb() not in {pixel for column in pictures.values() for pixel in column}
