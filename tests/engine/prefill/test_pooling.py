"""Pooling choices as text: what can be read is printed back, what cannot be run is a sentence."""

from __future__ import annotations

import pytest

from engine.prefill.pooling import NONE, DeepPooling, InputPooling, Pooling, PoolingError, check, parse, presets

FORMS = {
    "none": NONE,
    "input:0.8": Pooling(InputPooling(0.8)),
    "input:0.95,w=2": Pooling(InputPooling(0.95, 2)),
    "input:1": Pooling(InputPooling(1.0)),
    "deep:9@0.7": Pooling(deep=DeepPooling(9, 0.7)),
    "deep:9@0.7,w=1": Pooling(deep=DeepPooling(9, 0.7, 1)),
    "dual:0.8,9@0.7": Pooling(InputPooling(0.8), DeepPooling(9, 0.7)),
    "dual:0.8,w=4,9@0.7": Pooling(InputPooling(0.8, 4), DeepPooling(9, 0.7)),
    "dual:0.8,9@0.7,w=5": Pooling(InputPooling(0.8), DeepPooling(9, 0.7, 5)),
    "dual:0.125,w=2,11@0.75,w=6": Pooling(InputPooling(0.125, 2), DeepPooling(11, 0.75, 6)),
}


@pytest.mark.parametrize("text", FORMS)
def test_forms_round_trip(text):
    assert parse(text) == FORMS[text] and str(parse(text)) == text


def test_usual_windows_are_the_papers_and_spaces_do_not_matter():
    assert parse("input:0.8").input.window == 1 and parse("deep:9@0.7").deep.window == 3
    assert str(parse(" Dual: 0.80, w=1, 9 @ 0.7, w=3 ")) == "dual:0.8,9@0.7"


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "not a pooling"),
        ("input", "not a pooling"),
        ("input:0.8,9@0.7", "not a pooling"),
        ("dual:0.8", "not a pooling"),
        ("deep:0.7", "not a pooling"),
        ("input:much", "not a threshold"),
        ("input:0", "above 0"),
        ("input:1.01", "above 0"),
        ("input:nan", "above 0"),
        ("deep:9@-0.7", "above 0"),
        ("input:0.8,w=0", "window of 0"),
        ("dual:0.8,9@0.7,w=-1", "window of -1"),
        ("deep:0@0.7", "at least 1"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(text, words):
    with pytest.raises(PoolingError, match=words):
        parse(text)


def test_the_layer_must_be_the_models():
    check(parse("dual:0.8,3@0.7"), 4)
    with pytest.raises(PoolingError, match="0 to 3: choose a lower"):
        check(parse("deep:4@0.7"), 4)


@pytest.mark.parametrize("layers, deep", [(32, 29), (28, 25), (40, 36), (12, 8)])
def test_presets_run_and_stand_where_the_papers_do_or_was_measured(layers, deep):
    found = presets(layers)
    for preset in found:
        check(preset.pooling, layers)
    assert {preset.pooling.deep.layer for preset in found if preset.pooling.deep} == {deep}
    assert found[0].pooling == NONE and len({str(preset.pooling) for preset in found}) == len(found)
    assert [str(preset.pooling) for preset in presets(1)] == ["none", "input:0.9", "input:0.8"]


def test_a_decimal_comma_is_understood_where_nothing_else_can_be_meant():
    meant = {
        "input:0,85": "input:0.85",
        "deep:8@0,7": "deep:8@0.7",
        "dual:0,85,8@0,7": "dual:0.85,8@0.7",
        "dual:1,8@0,7,w=5": "dual:1,8@0.7,w=5",
        "input:1,w=2": "input:1,w=2",
    }
    assert {typed: str(parse(typed)) for typed in meant} == meant
