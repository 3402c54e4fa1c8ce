"""Typed questions become the words that would be spoken."""

from dataclasses import replace

import pytest

from engine.models.wren.numbers import in_words
from engine.models.wren.text import LONGEST, spoken_form
from engine.models.wren.wren import Wren
from engine.resources import resources_folder

ALIKE = [
    ("What's 12 x 7?", "what's twelve times seven"),
    ("12+7", "twelve plus seven"),
    ("3x4x5", "three times four times five"),
    ("8 / 2 =", "eight divided by two equals"),
    ("Capital of FRANCE!!", "capital of france"),
    ("How do you spell “café”?", "how do you spell cafe"),
    ("1,200 grams", "one thousand two hundred grams"),
    ("a text-to-speech model", "a text to speech model"),
    ("it’s  50% off", "it's fifty percent off"),
    ("5 − 3", "five minus three"),
    ("5 -3", "five minus three"),
    ("8/2", "eight divided by two"),
    ("1, 2 and 3.", "one two and three"),
    ("at 12:30, covid-19", "at twelve thirty covid nineteen"),
    ("what is 9999 plus 0?", "what is nine thousand nine hundred ninety nine plus zero"),
]
"""What a Wren reads that was taught plain numbers, and what one reads that was taught all."""


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [
        *ALIKE,
        ("12,000 plus 45678", "twelve thousand plus forty five thousand six hundred seventy eight"),
        ("-3 plus 5", "minus three plus five"),
        ("what is −3 + 5", "what is minus three plus five"),
        ("5 + -3", "five plus minus three"),
        ("5*-3", "five times minus three"),
        ("5 minus -3", "five minus minus three"),
        ("what is 12.5 plus .5", "what is twelve point five plus zero point five"),
        ("3.50 dollars", "three point five dollars"),
        ("0.125 in percent", "zero point one two five in percent"),
        ("50% of 10", "fifty percent of ten"),
        ("12.5 % more", "twelve point five percent more"),
        ("½ of 8 and 1/4 of 8", "half of eight and a quarter of eight"),
        ("10²", "ten squared"),
        ("2^3", "two cubed"),
        ("2**10", "two to the power of ten"),
        ("√ 9", "the square root of nine"),
        ("at 3:05, not 12:00", "at three oh five not twelve o'clock"),
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
        ("1,00,000 plus 1", "1,00"),
        ("1.200 grams", "1.200"),
        ("3.14159", "3.14159"),
        ("1000000 plus 1", "1000000"),
        ("31/12", "31/12"),
        ("2024-05-06", "2024-05-06"),
        ("on 6.5.2024", "6.5.2024"),
        ("1/2", "1/2"),
        ("3 / 4 of 8", "3 / 4"),
        ("5/0", "5/0"),
        ("x^2", "x^"),
        ("2⁵", "⁵"),
        ("⅞ of 8", "⅞"),
        ("√x", "√"),
        ("(2+3)*4", ")*4"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused_with_a_sentence_that_names_it(typed, what):
    with pytest.raises(ValueError, match="question has") as refused:
        spoken_form(typed)
    assert f"“{what}”" in str(refused.value) and str(refused.value).endswith(".")


@pytest.mark.parametrize("typed", ["10² plus 1", "3 * 2^3", "√9 - √4"])
def test_a_power_beside_other_arithmetic_is_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match="power or a root beside other arithmetic.*\\.$"):
        spoken_form(typed)


def test_every_number_up_to_the_largest_can_be_said():
    assert in_words(999_999) == "nine hundred ninety nine thousand nine hundred ninety nine"
    assert in_words(100_000) == "one hundred thousand" and in_words(20_010) == "twenty thousand ten"
    with pytest.raises(ValueError, match="999,999"):
        in_words(1_000_000)


@pytest.mark.parametrize("taught", [False, True])
def test_a_wren_reads_the_numbers_that_it_was_taught(taught):
    model = Wren(resources_folder() / "wren")
    model.config = replace(model.config, all_numbers=taught)
    if taught:
        assert model.typed("-5 + 3").ids == model.typed("minus five plus three").ids
    else:
        with pytest.raises(ValueError, match="negative numbers"):
            model.typed("-5 + 3")
