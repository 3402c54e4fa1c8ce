"""Schedules: text forms, depths, and what is refused."""

from __future__ import annotations

import pytest

from engine.schedules import (
    Entropy,
    Fixed,
    FrameShape,
    Full,
    ScheduleError,
    Spark,
    Tolerance,
    check,
    depth_bounds,
    mean_depth,
    parse,
    presets,
)

FORMS = ["full", "fixed:9", "spark:even@9", "spark:odd@9", "spark:triple@9", "spark:k=4,first@9", "spark:k=4,last@9"]
FORMS += ["entropy:9<0.5", "entropy:9<2", "entropy:36<0.0001"]
EARLY = [form for form in FORMS if form != "full"]
SPARK = [form for form in FORMS if form.startswith("spark")]
POLICIES = [f"{form}{text}{kv}" for form in EARLY for text in ("", "+text") for kv in ("+propagate", "+hole")]
REVIEWS = [f"{form}{text}+review{how}" for form in SPARK for text in ("", "+text") for how in ("", "(top-p=0.9)", "(top-n=5)")]
ALL = FORMS + POLICIES + REVIEWS + [f"{form}+text" for form in EARLY]


@pytest.mark.parametrize("text", ALL + [f"{text}+slice" for text in ALL])
def test_round_trip(text):
    assert str(parse(text)) == text
    assert parse(f"  {text.upper()} ") == parse(text)
    assert eval(repr(parse(text))) == parse(text)


def test_one_printed_order_whatever_order_is_read():
    for text in ("spark:odd@9+slice+review(top-n=3)+text", "spark:odd@9 + text + slice + review(top-n=3)"):
        assert str(parse(text)) == "spark:odd@9+text+review(top-n=3)+slice"
    assert parse("entropy:9<.50") == Entropy(9, 0.5) and str(parse("entropy:9<1e-7")) == "entropy:9<1e-07"
    assert parse(str(Entropy(9, 1e20))) == Entropy(9, 1e20)
    made = Spark(2, "last", 9, True, Tolerance(top_p=1), slice=True)
    assert parse(str(made)) == made and str(made) == "spark:odd@9+review(top-p=1)+slice"


def test_codes_of_frames_are_chosen_in_part():
    for text in ("full+codes=4", "fixed:9+code-layers=3", "spark:even@9+review+slice+codes=2+code-layers=1"):
        assert str(parse(text)) == text
    few = parse("spark:odd@9+code-layers=3+codes=4")
    assert few == Spark(2, "last", 9, codes=4, code_layers=3)
    shape = FrameShape(codebooks=8, layers=6)
    check(few, 12, (9,), shape)
    check(parse("full+codes=8+code-layers=6"), 12, (), shape)
    with pytest.raises(ScheduleError, match="this model does not have"):
        check(few, 12, (9,))
    for text, sentence in (("full+codes=9", "8 codes in a frame"), ("full+code-layers=0", "6 layers that choose")):
        with pytest.raises(ScheduleError, match=sentence):
            check(parse(text), 12, (), shape)
    for text in ("full+codes=", "full+codes=-1", "full+codes=2+codes=3", "full+layers=2"):
        with pytest.raises(ScheduleError):
            parse(text)
    offered = [str(one.schedule) for one in presets(12, (), True, shape)]
    assert offered == ["full", "full+codes=4", "full+code-layers=3"]


def test_named_forms_are_the_short_ones():
    assert parse("spark:k=2,first@9") == parse("spark:even@9") == Spark(2, "first", 9)
    assert parse("spark:k=2,last@9") == parse("spark:odd@9")
    assert str(parse("spark:k=3,first@9+review")) == "spark:triple@9+review"


@pytest.mark.parametrize(
    "text",
    ["", "deep", "fixed", "fixed:", "fixed:-1", "fixed:0", "spark:even", "spark:even@x", "spark:k=1,first@9"]
    + ["spark:k=4@9", "spark:k=4,middle@9", "full+review", "fixed:9+review", "spark:even@9+magic", "spark:even@0"]
    + ["spark:k=0,last@9", "entropy:9", "entropy:9<", "entropy:9<0", "entropy:9<-0.5", "entropy:0<0.5", "entropy:9<1.2.3"]
    + ["entropy:9<0.5+review", "fixed:9+review(top-p=0.9)", "full+text", "full+propagate", "full+hole", "full+text+slice"]
    + ["spark:even@9+review(top-p=0)", "spark:even@9+review(top-p=1.5)", "spark:even@9+review(top-n=0)"]
    + ["spark:even@9+review(top-n=2.5)", "spark:even@9+review()", "spark:even@9+review(0.9)", "spark:even@9+"]
    + ["spark:even@9+review+hole", "spark:even@9+propagate+review(top-n=2)", "spark:even@9+hole+propagate"]
    + ["spark:even@9+review+review(top-n=2)", "fixed:9+text+text", "full+slice+slice", "entropy:9<nan", "entropy:9<1e999"],
)
def test_refusals_are_sentences(text):
    with pytest.raises(ScheduleError) as error:
        parse(text)
    assert str(error.value).endswith(".") and len(str(error.value).split()) > 5


def test_refusals_say_what_to_do():
    for text, words in (
        ("spark:k=1,last@9", "k=2 or more"),
        ("entropy:9<0.5+review", "use a spark: schedule"),
        ("spark:even@9+hole+review", r"\+hole"),
        ("full+text", "use full alone"),
        ("entropy:9<0", "above 0"),
        ("spark:even@9+magic", r"there are .*\+slice"),
    ):
        with pytest.raises(ScheduleError, match=words):
            parse(text)
    with pytest.raises(ScheduleError, match="without a review"):
        Spark(2, "last", 9, tolerance=Tolerance(top_n=2))
    with pytest.raises(ScheduleError, match="either"):
        Tolerance()


def depths(text, length, layers, places=None):
    schedule = parse(text)
    return [schedule.depth(i, length, layers) or layers for i in range(places or length)]


def test_published_depths():
    assert depths("spark:triple@22", 4, 28) == [28, 22, 22, 28]
    assert mean_depth(parse("spark:triple@22"), 4, 28) == 25
    assert mean_depth(parse("spark:even@36"), 26, 40) == mean_depth(parse("spark:odd@36"), 26, 40) == 38
    assert mean_depth(parse("full"), 26, 40) == 40
    assert mean_depth(parse("fixed:25"), 4, 28) == 25


def test_mean_depths_that_are_not_known_beforehand():
    assert mean_depth(parse("entropy:9<0.5"), 16, 12) is None
    assert depth_bounds(parse("entropy:9<0.5+hole"), 16, 12) == (9, 12)
    assert depth_bounds(parse("spark:k=4,last@8+review"), 16, 12) == (9, 12)
    assert depth_bounds(parse("spark:k=4,last@8"), 16, 12) == (9, 9)
    assert depth_bounds(parse("full"), 16, 12) == (12, 12)


def test_groups_that_run_through_text_have_no_tail():
    assert mean_depth(parse("spark:triple@22+text"), 4, 28) == pytest.approx((28 + 22 + 22) / 3)
    assert mean_depth(parse("fixed:22+text"), 4, 28) == 22


@pytest.mark.parametrize(
    ("text", "length", "wanted"),
    [
        ("entropy:9<0.5", 3, "..."),
        ("entropy:12<0.5", 3, "LLL"),
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
    check(parse("full+slice"), 12, ())
    check(parse("entropy:9<0.5+text+hole"), 12, {3, 9})
    wrong = (("spark:even@12", {12}), ("fixed:20", {9}), ("spark:even@6", {3, 9}), ("fixed:6", ()), ("entropy:12<1", {12}))
    for text, heads in (*wrong, ("entropy:6<1+text", {9})):
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


@pytest.mark.parametrize(
    ("layers", "exits", "trained", "exit", "review"),
    [
        (40, range(10, 40), False, 36, "spark:odd@36+review"),  # GLM-4-Voice and Step-Audio 2 by logit lens: the paper's layers
        (28, range(7, 28), False, 22, "spark:odd@22+review"),
        (28, (7, 14, 22), True, 22, "spark:k=4,last@7+review"),  # trained heads
        (12, range(3, 12), True, 8, "spark:k=4,last@3+review"),
        (36, range(9, 36), False, 30, "spark:odd@30+review"),  # a model the paper has not
        (40, (16,), True, 16, "spark:k=4,last@16+review"),
    ],
)
def test_presets_exit_where_the_paper_does(layers, exits, trained, exit, review):
    offered = {preset.name: preset for preset in presets(layers, exits, trained)}
    assert {offered[name].schedule.layer for name in offered if name.startswith(("SPAR-K", "Fixed"))} == {exit}
    assert str(offered["Reviewed drafts"].schedule) == review
    assert str(parse(review).layer) in offered["Reviewed drafts"].description


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("entropy:9<0,5", "entropy:9<0.5"),
        ("entropy:9<12,25+slice", "entropy:9<12.25+slice"),
        ("spark:triple@6+review(top-p=0,85)", "spark:triple@6+review(top-p=0.85)"),
        ("spark:k=4,first@9", "spark:k=4,first@9"),
    ],
)
def test_a_decimal_comma_is_understood_where_nothing_else_can_be_meant(typed, meant):
    assert str(parse(typed)) == meant
