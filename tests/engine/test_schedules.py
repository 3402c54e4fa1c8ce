"""Schedules: text forms, depths, and what is refused."""

from __future__ import annotations

import pytest

from engine.schedules import Fixed, Full, ScheduleError, Spark, check, mean_depth, parse, presets

FORMS = ["full", "fixed:9", "spark:even@9", "spark:odd@9", "spark:triple@9", "spark:k=4,first@9", "spark:k=4,last@9"]


@pytest.mark.parametrize("text", FORMS + [f"{form}+review" for form in FORMS if form.startswith("spark")])
def test_round_trip(text):
    assert str(parse(text)) == text
    assert parse(f"  {text.upper()} ") == parse(text)


def test_named_forms_are_the_short_ones():
    assert parse("spark:k=2,first@9") == parse("spark:even@9") == Spark(2, "first", 9)
    assert parse("spark:k=2,last@9") == parse("spark:odd@9")
    assert str(parse("spark:k=3,first@9+review")) == "spark:triple@9+review"


@pytest.mark.parametrize(
    "text",
    ["", "deep", "fixed", "fixed:", "fixed:-1", "fixed:0", "spark:even", "spark:even@x", "spark:k=1,first@9"]
    + ["spark:k=4@9", "spark:k=4,middle@9", "full+review", "fixed:9+review", "spark:even@9+magic", "spark:even@0"],
)
def test_refusals_are_sentences(text):
    with pytest.raises(ScheduleError) as error:
        parse(text)
    assert str(error.value).endswith(".") and len(str(error.value).split()) > 5


def depths(text, length, layers, places=None):
    schedule = parse(text)
    return [schedule.depth(i, length, layers) or layers for i in range(places or length)]


def test_published_depths():
    assert depths("spark:triple@22", 4, 28) == [28, 22, 22, 28]
    assert mean_depth(parse("spark:triple@22"), 4, 28) == 25
    assert mean_depth(parse("spark:even@36"), 26, 40) == mean_depth(parse("spark:odd@36"), 26, 40) == 38
    assert mean_depth(parse("full"), 26, 40) == 40
    assert mean_depth(parse("fixed:25"), 4, 28) == 25


@pytest.mark.parametrize(
    ("text", "length", "wanted"),
    [
        ("spark:even@9", 5, "L.L.L"),
        ("spark:odd@9", 5, ".L.LL"),
        ("spark:odd@9", None, ".L.L."),
        ("spark:k=4,last@9", 7, "...L..L"),
        ("spark:k=4,first@9", 7, "L...L.."),
        ("spark:k=4,last@9", 1, "L"),
        ("spark:k=4,first@9+review", 7, "...L..."),
        ("spark:even@12", 3, "LLL"),
        ("fixed:9", 3, "..."),
    ],
)
def test_places_of_the_refresh(text, length, wanted):
    assert "".join("L" if d == 12 else "." for d in depths(text, length, 12, len(wanted))) == wanted


def test_check():
    check(parse("full"), 12, ())
    check(parse("spark:even@9"), 12, {3, 9})
    for text, heads in (("spark:even@12", {12}), ("fixed:20", {9}), ("spark:even@6", {3, 9}), ("fixed:6", ())):
        with pytest.raises(ScheduleError, match=str(parse(text).layer)):
            check(parse(text), 12, heads)


def test_presets_run_on_their_model():
    offered = presets(12, {3, 9, 12})
    assert [type(p.schedule) for p in offered[:2]] == [Full, Spark] and Fixed(9) in [p.schedule for p in offered]
    for preset in offered:
        check(preset.schedule, 12, {3, 9})
        assert preset.name and preset.description and parse(str(preset.schedule)) == preset.schedule
    assert len({p.name for p in offered}) == len(offered)
    assert [p.schedule for p in presets(12, ())] == [Full()]
