"""Benchmarks on a small random model: they run, and their figures fit together."""

from __future__ import annotations

import json

import pytest
import torch
from rich.console import Console

import engine.models
from engine.benchmarks import catch_up, decode, latency, questions
from engine.cli import main
from engine.decoding.costs import Costs
from engine.models.tiny import FAMILIES, make
from engine.schedules import parse
from tests.engine.random_lm import SHAPE

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")


def test_bundled_questions_are_spread_over_the_list(model):
    assert [question.text for question in questions.spoken(2)] == ["question 0", "question 1"]
    assert len(questions.spoken(9)) == 3 and questions.spoken(9)[2].audio.is_file()


def test_missing_questions_are_a_sentence(model, tmp_path):
    (tmp_path / "evaluation" / "wren" / "spoken.jsonl").unlink()
    with pytest.raises(ValueError, match="no test set"):
        questions.spoken(1)


def test_decoding_is_measured_against_generate_in_the_same_rounds(model):
    schedules = [parse(text) for text in ("full", "fixed:2", "spark:even@2", "spark:k=4,last@1+review")]
    before = torch.get_num_threads()
    speeds = decode.measure(model, schedules, [1], repeats=2)
    assert torch.get_num_threads() == before
    assert [speed.name for speed in speeds] == [decode.GENERATE, *map(str, schedules)]
    by_name = {speed.name: speed for speed in speeds}
    assert by_name[decode.GENERATE].tokens == by_name["full"].tokens > 0
    assert by_name[decode.GENERATE].against_generate == by_name["full"].against_full == 1
    for speed in speeds:
        assert 0 < speed.slowest <= speed.tokens_per_second <= speed.fastest
        assert 1 <= speed.mean_depth <= SHAPE.layers
    review = by_name["spark:k=4,last@1+review"]
    assert review.same_tokens == 1 and review.accepted + review.rejected > 0
    assert by_name["fixed:2"].mean_depth < by_name["spark:even@2"].mean_depth < SHAPE.layers
    json.dumps(decode.as_json(speeds), allow_nan=False)
    Console(quiet=True).print(decode.table(speeds))


def test_what_depth_and_what_costs_predict_stands_beside_what_was_measured(model, monkeypatch):
    monkeypatch.setattr(Costs, "of", lambda costs, steps: 0.5)  # for the replies to both prompts
    schedules = [parse(text) for text in ("full", "fixed:2", "spark:k=4,last@1+review")]
    generate, *ours = decode.measure(model, schedules, [1], repeats=1, prompts=2)
    assert (generate.predicted_by_depth, generate.predicted_by_costs, generate.against_costs) == (None, None, None)
    full = ours[0]
    for speed in ours:
        assert speed.predicted_by_costs == pytest.approx(speed.tokens / 0.5)
        assert speed.against_costs == pytest.approx(speed.tokens_per_second / speed.predicted_by_costs)
        assert speed.predicted_by_depth == pytest.approx(full.tokens_per_second * SHAPE.layers / speed.mean_depth)
    assert ours[1].calls["layers 0-2"][0] > ours[0].calls.get("layers 0-2", (0,))[0] and generate.calls is None
    with (console := Console(width=120)).capture() as shown:
        console.print(decode.predictions([generate, *ours]))
    assert generate.name not in shown.get() and "fixed:2" in shown.get()


def test_torchs_decoder_is_measured_beside_another(model, monkeypatch):
    monkeypatch.setattr(model.decoder, "backend", "onnxruntime")
    generate, reference, full = decode.measure(model, [], [1], repeats=1)
    assert [generate.name, reference.name, full.name] == [decode.GENERATE, decode.REFERENCE, "full"]
    assert reference.runs_by == "torch in float32" and reference.same_tokens == full.same_tokens == 1
    assert reference.predicted_by_costs and reference.predicted_by_depth is None  # full depth's speed is another decoder's


def test_catch_up_leaves_what_full_depth_would(model):
    spark, fixed = catch_up.measure(model, [parse("spark:k=4,last@1"), parse("fixed:2")], prompts=3)
    for one in (spark, fixed):
        assert one.tokens > 0 and one.largest_value > 0.1
        assert one.cache_difference < 1e-4 * one.largest_value and one.logit_difference < 1e-3
    json.dumps(catch_up.as_json([spark]), allow_nan=False)
    Console(quiet=True).print(catch_up.table([spark]))


def test_latency_is_measured_from_the_last_chunk(model):
    one = latency.measure(model, "spark:even@2", threads=1, questions=3)
    assert one.questions == 3 and one.question_seconds == pytest.approx(1.5) and one.reply_seconds > 0
    assert 0 < one.first_audio_median <= one.first_audio_p90 <= one.first_audio_worst
    assert min(one.listen, one.decode, one.speak) > 0 and one.whole >= one.decode
    json.dumps(latency.as_json([one]), allow_nan=False)
    Console(quiet=True).print(latency.table([one]))


def test_the_command_prints_both(model, monkeypatch, capsys):
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    command = ["bench", "--threads", "1", "--repeats", "1", "--questions", "2", "--schedule", "spark:even@2"]
    assert main([*command, "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in measured["decode"]] == [decode.GENERATE, "full", "spark:even@2"]
    assert [row["schedule"] for row in measured["latency"]] == ["spark:even@2"]
    assert [row["schedule"] for row in measured["catch_up"]] == ["spark:even@2"]
    assert {"predicted_by_depth", "predicted_by_costs", "against_costs"} <= measured["decode"][0].keys()
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert decode.GENERATE in shown and "spark:even@2" in shown and "by costs" in shown and "…" not in shown


@pytest.mark.parametrize("family", FAMILIES)
def test_a_released_model_is_measured_by_itself(family, tmp_path, capsys):
    """It is too large to be given to transformers as well."""
    make(family, tmp_path / "tiny")
    little = ("--threads", "1", "--repeats", "1", "--questions", "1", "--prompts", "1")
    wanted = ("--schedule", "full", "--schedule", "spark:even@4", "--json")
    assert main(["bench", "--model", str(tmp_path / "tiny"), *little, *wanted]) == 0, capsys.readouterr().err
    said = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in said["decode"]] == ["full", "spark:even@4"]
    assert all(one["tokens_per_second"] > 0 and one["against_generate"] is None for one in said["decode"])
    assert said["catch_up"][0]["tokens"] > 0 and said["latency"]
