"""Typed questions become the words that would be spoken, for a Wren that was taught plain numbers."""

import pytest

from engine.models.wren.plain_text import spoken_form
from engine.models.wren.text import LONGEST
from tests.engine.models.wren.test_text import ALIKE


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [
        *ALIKE,
    ],
)
def test_spoken_form(typed, spoken):
    assert spoken_form(typed) == spoken


@pytest.mark.parametrize("typed", ("", "   ", "?!", "你好", "a" * (LONGEST + 1)))
def test_what_cannot_be_read_is_a_sentence(typed):
    with pytest.raises(ValueError, match="question"):
        spoken_form(typed)


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("12,5 plus 1", "12,5"),
        ("what is 12.5 plus 1", "12.5"),
        ("1.200 grams", "1.200"),
        ("12,000 plus 1", "12,000"),
        ("half of .5", ".5"),
        ("-3 plus 5", "-3"),
        ("what is −3 plus 5", "-3"),
        ("5 + -3", "-3"),
        ("5 minus -3", "-3"),
        ("1000000 plus 1", "1000000"),
        ("50% of 10", "50% of"),
        ("31/12", "31/12"),
        ("3 / 4 of 8", "3 / 4"),
        ("5/0", "5/0"),
        ("10² plus 1", "10²"),
        ("2^3", "2^3"),
        ("2**3", "2**3"),
        ("½ of 8", "½"),
        ("√9", "√"),
        ("(2+3)*4", ")*4"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused_with_a_sentence_that_names_it(typed, what):
    with pytest.raises(ValueError, match="question has") as refused:
        spoken_form(typed)
    assert f"“{what}”" in str(refused.value) and str(refused.value).endswith(".")
