"""Where replies differ."""

from __future__ import annotations

from app.pages.compare.difference import first_difference, mark, same_words
from engine.events import Token


def differing(line):
    return [word.text for word in line if word.differs]


def test_words_that_are_only_in_one_are_marked_in_it():
    one, two = mark(["Kingston is the capital of Jamaica.", "Well, kingston is a capital, of Jamaica"])
    assert differing(one) == ["the"] and differing(two) == ["Well,", "a"]
    assert " ".join(word.text for word in one) == "Kingston is the capital of Jamaica."


def test_the_first_is_marked_where_any_other_differs():
    one, two, three = mark(["a b c d", "a x c d", "a b c"])
    assert (differing(one), differing(two), differing(three)) == (["b", "d"], ["x"], [])
    assert mark([]) == [] and mark([""]) == [[]]


def test_same_words_means_case_and_punctuation_aside():
    assert same_words(["It is four.", "it is four"]) and not same_words(["four", "five"])
    assert not same_words(["?", "!"])


def token(index, id):
    return Token(index, id, "speech", 8, False, 0, 1.0, 0.0)


def test_where_tokens_part():
    first = [token(0, 5), token(1, 6), token(2, 7)]
    assert first_difference(first, first) is None
    assert first_difference(first, first[:2]) == 2
    assert first_difference(first, [token(0, 5), token(1, 9)]) == 1
