"""Typed questions become the words that would be spoken."""

import pytest

from engine.models.wren.text import LONGEST, spoken_form


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [
        ("What's 12 x 7?", "what's twelve times seven"),
        ("12+7", "twelve plus seven"),
        ("3x4x5", "three times four times five"),
        ("8 / 2 =", "eight divided by two equals"),
        ("Capital of FRANCE!!", "capital of france"),
        ("How do you spell “café”?", "how do you spell cafe"),
        ("1,200 grams", "one thousand two hundred grams"),
        ("a text-to-speech model", "a text to speech model"),
        ("it’s  50% off", "it's fifty percent off"),
        ("number 1234567", "number one two three four five six seven"),
    ],
)
def test_spoken_form(typed, spoken):
    assert spoken_form(typed) == spoken


@pytest.mark.parametrize("typed", ("", "   ", "?!", "你好", "a" * (LONGEST + 1)))
def test_what_cannot_be_read_is_a_sentence(typed):
    with pytest.raises(ValueError, match="question"):
        spoken_form(typed)
