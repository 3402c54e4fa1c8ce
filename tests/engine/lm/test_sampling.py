"""Sampling against transformers' logits processors, and the review of one draft."""

from __future__ import annotations

import math

import pytest
import torch
from transformers import (
    LogitsProcessorList,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from engine.lm.sampling import Sampler, Sampling, entropy
from engine.schedules import Tolerance

ALL = torch.ones(50, dtype=torch.bool)


def rows(count=20, scale=3.0):
    return torch.randn(count, 50, generator=torch.Generator().manual_seed(1)) * scale


@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(0.7, 0.9),
        Sampling(1.0, 0.2, 5),
        Sampling(1.3, 1.0, 10),
        Sampling(0.8, 0.8, 20, 1.3),
        Sampling(0.5, 0.001),
    ],
)
def test_probabilities_equal_transformers(sampling):
    previous = [3, 3, 8, 40]
    processors = LogitsProcessorList()
    if sampling.repetition_penalty != 1:
        processors.append(RepetitionPenaltyLogitsProcessor(sampling.repetition_penalty))
    processors.append(TemperatureLogitsWarper(sampling.temperature))
    if sampling.top_k:
        processors.append(TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1:
        processors.append(TopPLogitsWarper(sampling.top_p))
    sampler = Sampler(sampling)
    for row in rows():
        wanted = processors(torch.tensor([previous]), row[None].clone())[0].softmax(-1)
        torch.testing.assert_close(sampler.probabilities(row, ALL, previous), wanted, atol=1e-6, rtol=1e-5)


def test_greedy_masks_and_penalty():
    row = torch.tensor([1.0, 5.0, 4.0, -1.0])
    everything, without = torch.ones(4, dtype=torch.bool), torch.tensor([True, False, True, True])
    assert Sampler(Sampling()).choose(row, everything) == 1
    assert Sampler(Sampling()).choose(row, without) == 2
    assert Sampler(Sampling(repetition_penalty=2.0)).choose(row, everything, [1]) == 2
    assert Sampler(Sampling()).probabilities(row, without).tolist() == [0, 0, 1, 0]
    assert row.tolist() == [1.0, 5.0, 4.0, -1.0]


def test_only_allowed_ids_are_drawn():
    allowed = torch.zeros(50, dtype=torch.bool)
    allowed[[4, 9]] = True
    sampler = Sampler(Sampling(2.0, 0.99, 40), seed=1)
    assert {sampler.choose(row, allowed) for row in rows(40, 0.1)} == {4, 9}


def test_seeds_fix_choices_and_spare_the_global_generator():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    draws = [[Sampler(Sampling(1.0), seed).choose(row, ALL) for row in rows()] for seed in (5, 5, 6)]
    assert draws[0] == draws[1] != draws[2]
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize("field", [{"temperature": -1}, {"top_p": 0}, {"top_p": 1.2}, {"top_k": -1}])
def test_refusals(field):
    with pytest.raises(ValueError, match=r"must be .*\."):
        Sampling(**field)


def test_reviewed_draft_is_distributed_as_full_depth():
    drafting, full = torch.tensor([2.0, 0.0, 1.0, -1.0]), torch.tensor([0.0, 1.5, 1.0, -9.0])
    everything = torch.ones(4, dtype=torch.bool)
    sampler = Sampler(Sampling(1.0), seed=2)
    counts, n = torch.zeros(4), 3000
    for _ in range(n):
        draft, drafted = sampler.draft(drafting, everything)
        counts[sampler.review(draft, drafted, full, everything)] += 1
    wanted = full.softmax(-1) * n
    assert ((counts - wanted) ** 2 / wanted).sum() < 16.3  # chi-square, 3 degrees of freedom, p = 0.001


def test_equal_distributions_keep_every_draft():
    sampler = Sampler(Sampling(1.0, 0.9), seed=2)
    for row in rows(200):
        draft, drafted = sampler.draft(row, ALL)
        assert sampler.review(draft, drafted, row, ALL) == draft


def test_a_tolerant_review_keeps_what_is_likely_enough():
    probabilities = torch.tensor([0.5, 0.3, 0.15, 0.04, 0.01])
    logits, allowed = probabilities.log(), torch.ones(5, dtype=torch.bool)
    sampler = Sampler(Sampling())

    def kept(tolerance, allowed=allowed, sampler=sampler):
        return [draft for draft in range(5) if sampler.review(draft, None, logits, allowed, (), tolerance) == draft]

    assert kept(Tolerance(top_n=1)) == [0] and kept(Tolerance(top_n=3)) == [0, 1, 2]
    assert kept(Tolerance(top_p=0.4)) == [0] and kept(Tolerance(top_p=0.6)) == [0, 1]
    assert kept(Tolerance(top_p=0.9)) == [0, 1, 2] and kept(Tolerance(top_p=1.0)) == [0, 1, 2, 3, 4]
    # Only what may come counts, and a sampling's temperature does, too.
    assert kept(Tolerance(top_n=2), torch.tensor([False, True, True, True, True]))[:2] == [1, 2]
    hot, cold = (Sampler(Sampling(temperature)) for temperature in (100.0, 0.1))
    assert hot.review(3, None, logits, allowed, (), Tolerance(top_p=0.75)) == 3
    assert cold.review(2, None, logits, allowed, (), Tolerance(top_p=0.75)) == 0


def test_a_draft_beyond_the_tolerance_gives_way_to_full_depths_choice():
    logits, allowed = torch.tensor([0.5, 0.3, 0.15, 0.05]).log(), torch.ones(4, dtype=torch.bool)
    assert Sampler(Sampling()).review(3, None, logits, allowed, (), Tolerance(top_n=2)) == 0
    drawn = [Sampler(Sampling(1.0), seed).review(3, None, logits, allowed, (), Tolerance(top_n=3)) for seed in range(300)]
    assert abs(drawn.count(0) / 300 - 0.5) < 0.1 and len(set(drawn)) > 2


def test_entropy_is_in_nats_over_what_may_come():
    allowed = torch.tensor([True, True, True, True, False])
    assert entropy(torch.tensor([0.0, 0.0, 0.0, 0.0, 9.0]), allowed) == pytest.approx(math.log(4))
    assert entropy(torch.tensor([0.0, 0.0, float("-inf"), float("-inf"), 1.0]), allowed) == pytest.approx(math.log(2))
    assert entropy(torch.tensor([99.0, 0.0, 0.0, 0.0, 0.0]), allowed) == pytest.approx(0, abs=1e-6)
