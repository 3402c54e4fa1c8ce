"""What files are called."""

from __future__ import annotations

import time

import pytest

from app.core.turn import ChatTurn
from app.storage import file_names

NOON = time.mktime((2026, 11, 29, 12, 0, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("What is two plus two?", "2026-11-29 What is two plus two"),
        ("", "2026-11-29 turn 3"),
        ("../../etc/passwd", "2026-11-29 etc passwd"),
        ('a\nb\t"c" <d> \\ C: *', "2026-11-29 a b c d C"),
        ("?.", "2026-11-29 turn 3"),
        ("\ud800 naïve 你好 🎈", "2026-11-29 naïve 你好 🎈"),
        ("word " * 40, "2026-11-29 " + " ".join(["word"] * 12)),
        ("x" * 300, "2026-11-29 " + "x" * 60),
    ],
)
def test_a_turn_is_named_by_its_day_and_its_question(words, wanted, tmp_path):
    turn = ChatTurn(67, "full", False, typed=words, place=3, began=NOON)
    stem = file_names.name_of_turn(turn)
    assert stem == wanted
    (tmp_path / f"{stem}.wav").touch()
    assert file_names.free(tmp_path, stem, ".wav").name == f"{stem} (2).wav"
