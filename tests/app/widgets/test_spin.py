"""Numbers typed with either mark, in whatever language the system speaks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest

from app.widgets.spin import Decimal, Whole, named


@pytest.fixture(params=["de_DE", "fr_FR", "en_US", "C"])
def language(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


def type_in(qtbot, box, text: str):
    qtbot.addWidget(box)
    box.show()
    box.activateWindow()
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)
    return box


def decimal(**properties):
    return named(Decimal(minimum=0.0, maximum=2.0, value=0.7, **properties), "Temperature")


@pytest.mark.parametrize("typed, understood", [("0.85", 0.85), ("0,85", 0.85), (",5", 0.5), ("1.", 1.0), ("2", 2.0)])
def test_both_marks_are_understood_and_what_was_is_shown(qtbot, language, typed, understood):
    box = type_in(qtbot, decimal(), typed)
    assert box.value() == understood and box.text() == f"{understood:.2f}" and not box.refusal


@pytest.mark.parametrize("typed", ["1.000,5", "1,000.5", "1 000", "1'000", "8.5", "-1", "..", "-"])
def test_what_cannot_be_read_for_certain_is_refused_with_a_sentence(qtbot, language, typed):
    box = decimal()
    said = []
    box.refused.connect(said.append)
    type_in(qtbot, box, typed)
    assert box.value() == 0.7 and box.text() == "0.70"
    assert said == [box.refusal] and f"“{typed}”" in box.refusal and box.refusal.endswith("0.70 stays.")
    assert box.property("role") == "invalid"
    type_in(qtbot, box, "0,2")
    assert box.value() == 0.2 and not box.refusal and box.property("role") == ""


def test_a_whole_number_has_no_mark(qtbot, language):
    for typed in ("1.000", "1,000", "1 000", "99999999999999999999", "5000"):
        box = type_in(qtbot, named(Whole(minimum=2, maximum=999, value=4), "Period"), typed)
        assert box.value() == 4 and typed in box.refusal, typed
    assert type_in(qtbot, box, "12").value() == 12


def test_units_and_the_name_of_the_least_value_may_stand_in_the_field(qtbot, language):
    box = decimal(suffix=" s")
    assert box.text() == "0.70 s"
    assert type_in(qtbot, box, "1,5").text() == "1.50 s"
    box = decimal(specialValueText="0 (greedy)")
    box.setValue(0)
    assert box.text() == "0 (greedy)"
    assert type_in(qtbot, box, "0,3").value() == 0.3
    assert type_in(qtbot, box, "0").text() == "0 (greedy)"


def test_digits_count_when_the_number_is_complete(qtbot):
    box, seen = decimal(), []
    box.valueChanged.connect(seen.append)
    type_in(qtbot, box, "0.85")
    assert seen == [0.85]
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert seen == [0.85, 1.85]
    box.selectAll()
    QTest.keyClicks(box, "x")  # no number has it
    assert box.text() == "1.85"
