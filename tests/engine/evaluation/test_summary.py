"""How results are added up, and how sure they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.evaluation.bootstrap import difference, rate
from engine.evaluation.metrics import COST, QUALITY, first_difference, same_tokens
from engine.evaluation.results import Result
from engine.evaluation.summary import as_json, differences, report, rows, short, table

ONE = Result(
    "weights", "typed", "full", "none", 0, "greedy", "q1", "hello", "", right=True, ids=(1, 2, 3, 4), speech_tokens=10,
    speech_depth=4.0, mean_depth=5.0, tokens_per_second=50.0,
)  # fmt: skip


def row(results, *groups):
    found = {one.group: one for one in rows(results, (*QUALITY, *COST))}
    return found[groups] if groups else next(iter(found.values()))


def test_the_bootstrap_covers_the_truth_about_as_often_as_it_says():
    rng, covered, rounds = np.random.default_rng(0), 0, 200
    for _ in range(rounds):
        words = rng.integers(3, 9, 60)
        pairs = np.stack([rng.binomial(words, 0.1), words], 1).astype(float)
        found = rate(pairs)
        assert found.low <= found.value <= found.high
        covered += found.low <= 0.1 <= found.high
    assert 0.88 <= covered / rounds <= 0.99


def test_a_paired_difference_is_surer_than_two_rates():
    rng = np.random.default_rng(1)
    hard = rng.integers(0, 5, 50).astype(float)
    ours, theirs = (np.stack([hard + shift, np.full(50, 5.0)], 1) for shift in (0.1, 0.0))
    found, alone = difference(ours, theirs), rate(ours)
    assert found.value == pytest.approx(0.02) and found.high - found.low < 1e-9 < 0.05 < alone.high - alone.low
    assert rate(np.zeros((0, 2))) is None and rate(np.zeros((3, 2))) is None
    assert difference(ours, np.zeros((50, 2))) is None


def test_figures_are_added_up_over_words_tokens_and_replies():
    results = [
        replace(ONE, exact=True, speech_errors=(1, 10), heard_errors=(0, 5), accepted=9, rejected=1),
        replace(ONE, id="q2", right=False, speech_errors=(2, 5), heard_errors=(5, 5), speech_tokens=30, speech_depth=8.0),
        replace(ONE, id="q3", right=None, failed="It was too long.", speech_tokens=0),
    ]
    found = row(results)
    figures = {name: estimate.value for name, estimate in found.figures.items()}
    assert found.questions == 3
    assert figures["right"] == pytest.approx(1 / 3)  # what failed was not answered right
    assert figures["exact"] == 0.5 and figures["wer"] == pytest.approx(3 / 15) and figures["heard_wer"] == 0.5
    assert figures["speech_depth"] == pytest.approx(7.0) and figures["acceptance"] == 0.9 and figures["speed"] == 50
    assert not figures.keys() & {"mos", "right_in_speech", "difference", "kv"}


def test_without_a_key_there_is_no_accuracy():
    assert "right" not in row([replace(ONE, right=None)]).figures


def test_tokens_are_compared_with_the_first_case_of_the_same_seed():
    assert same_tokens((1, 2, 3), (1, 5, 3, 4)) == (2, 3) and same_tokens((), (1,)) == (0, 0)
    assert first_difference((1, 2, 3), (1, 5, 3)) == 1 and first_difference((1, 2), (1, 2, 3)) == 2
    assert first_difference((1, 2), (1, 2)) is None
    results = [
        ONE,
        replace(ONE, seed=1, ids=(9, 9, 9, 9)),
        replace(ONE, schedule="fixed:2", ids=(1, 2, 0, 4, 5)),
        replace(ONE, schedule="fixed:2", seed=1, ids=(9, 9, 9, 9)),
        replace(ONE, schedule="fixed:2", id="q9", ids=(7,)),  # which the first case was not asked
    ]
    found = row(results, "typed", "fixed:2", "none")
    assert found.figures["agreement"].value == pytest.approx(7 / 8) and found.figures["difference"].value == 2
    assert found.questions == 2 and differences(results)[0].questions == 2
    assert row(results, "typed", "full", "none").figures["agreement"].value == 1


def test_differences_are_over_common_questions():
    results = [replace(ONE, id=f"q{i}", right=i % 2 == 0) for i in range(10)]
    worse = [replace(r, schedule="fixed:2", right=r.right and r.id != "q0", tokens_per_second=75.0) for r in results[:8]]
    (found,) = differences([*results, *worse])
    assert found.group == ("typed", "fixed:2", "none")
    assert found.figures["right"].value == pytest.approx(-1 / 8) and found.figures["speed"].value == pytest.approx(25)
    assert "wer" not in found.figures


def test_tables_have_a_row_for_each_case_and_no_empty_column():
    failed = replace(ONE, schedule="fixed:2", right=None, failed="It failed.")
    other = replace(ONE, set="other", voice="v", area="talk", heard_errors=(1, 4))
    results = [ONE, other, replace(other, id="q2", voice="w", area="sums", pooling="input:0.8", prefill=COSTS), failed]
    lines = table(rows(results, QUALITY), "Set | Schedule | Pooling", QUALITY).splitlines()
    assert len({line.count("|") for line in lines}) == 1 and "WER of speech" not in lines[0]
    assert [line.split(" | ")[:3] for line in lines[2:]] == [
        ["| typed", "full", "none"], ["| typed", "fixed:2", "none"], ["| other", "full", "none"],
        ["| other", "full", "input:0.8"],
    ]  # fmt: skip
    whole = report(results, ["About."])
    for part in ("About.", "## By area", "## By voice", "It failed.", "Speech kept, top layer", "| 25.0% |"):
        assert part in whole, part
    assert short(results) and as_json(results)[0]["right"]["value"] == 1.0
    assert report([]).endswith(".\n")


COSTS = {"heard": 40, "input": 20, "deep": 10, "flops": 5, "flops_unpooled": 10, "kv_bytes": 1, "kv_bytes_unpooled": 2}


def test_pooled_questions_are_told_apart_by_their_length():
    def asked(number, pooling):
        flops = {"flops": 50 + number if pooling != "none" else 100, "flops_unpooled": 100}
        return replace(ONE, set="spoken", id=f"q{number}", pooling=pooling, question_seconds=number + 1.0, prefill=flops)

    results = [asked(number, pooling) for pooling in ("none", "input:0.8") for number in (4, 1, 0, 5, 3, 2)]
    lines = report(results).partition("## By length of the question")[2].splitlines()[2:10]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    place = cells[0].index("Prefill FLOPs")
    assert [(line[0], line[2], line[3], line[place]) for line in cells[2:]] == [
        ("1.0–2.7 s", "none", "2", "100.0%"), ("1.0–2.7 s", "input:0.8", "2", "50.5%"),
        ("2.7–4.3 s", "none", "2", "100.0%"), ("2.7–4.3 s", "input:0.8", "2", "52.5%"),
        ("4.3–6.0 s", "none", "2", "100.0%"), ("4.3–6.0 s", "input:0.8", "2", "54.5%"),
    ]  # fmt: skip
    assert "By length" not in report([one for one in results if one.pooling == "none"])


def test_sets_are_told_together_too():
    results = [
        replace(ONE, set=name, id="q1", schedule=schedule, right=right)
        for schedule, rights in (("full", (True, True)), ("fixed:2", (True, False)))
        for name, right in zip(("typed", "spoken"), rights, strict=True)
    ]
    told = report(results).partition("## All sets together")[2]
    assert "| all | full | none | 2 | 100.0%" in told and "| all | fixed:2 | none | 2 | 50.0%" in told
    assert "| all | fixed:2 | none | 2 | -50.0% [-100.0%, 0.0%]" in told.partition("Difference")[2]
    assert "together" not in report([one for one in results if one.set == "typed"])
