"""A program without a console says in a box why it failed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from app.desktop import no_console


def without_a_console(work: Callable[[], int], boxes: list[str]) -> int:
    stream, sys.stderr = sys.stderr, None
    try:
        return no_console.run(work, boxes.append)
    finally:
        assert sys.stderr is None
        sys.stderr = stream


def said(*lines: str, code: int = 1) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return code


def test_our_sentences_are_shown_without_the_rest():
    boxes = []
    assert without_a_console(lambda: said("qt.qpa: noise", "refrain: It hangs.", "refrain: End it."), boxes) == 1
    assert boxes == ["It hangs.\nEnd it."]


def test_without_a_sentence_all_is_shown_and_never_too_much():
    boxes = []
    without_a_console(lambda: said(*(f"{number} line" for number in range(9000))), boxes)
    assert boxes[0].endswith("8999 line")
    assert len(boxes[0]) <= 2000
    without_a_console(lambda: 3, boxes)
    assert "code 3" in boxes[1]


def test_success_is_silent():
    boxes = []
    assert without_a_console(lambda: said("refrain: careful", code=0), boxes) == 0
    assert boxes == []


def test_a_defect_is_shown_and_raised():
    boxes = []
    with pytest.raises(ZeroDivisionError):
        without_a_console(lambda: 1 // 0, boxes)
    assert "log" in boxes[0]


def test_with_a_console_nothing_changes(capsys):
    assert no_console.run(lambda: said("refrain: no", code=2), lambda text: pytest.fail(text)) == 2
    assert capsys.readouterr().err == "refrain: no\n"
