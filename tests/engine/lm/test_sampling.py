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

from engine.lm.allowed_ids import AllowedIds
from engine.lm.sampling import Sampler, Sampling, entropy
from engine.lm.seen_ids import SeenIds
from engine.schedules import Tolerance

VOCABULARY = 50
ALL = AllowedIds(VOCABULARY, range(VOCABULARY))
SIDE_BY_SIDE, APART = AllowedIds(VOCABULARY, range(20, 45)), AllowedIds(VOCABULARY, range(7, 30), [2, 40, 49])


def rows(count=20, scale=3.0, vocabulary=VOCABULARY):
    return torch.randn(count, vocabulary, generator=torch.Generator().manual_seed(1)) * scale


def reference(row, allowed, sampling, previous=()):
    """Transformers' processors on the whole vocabulary, with its ids that may not come at -inf."""
    processors = LogitsProcessorList()
    if sampling.repetition_penalty != 1:
        processors.append(RepetitionPenaltyLogitsProcessor(sampling.repetition_penalty))
    processors.append(TemperatureLogitsWarper(sampling.temperature))
    if sampling.top_k:
        processors.append(TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1:
        processors.append(TopPLogitsWarper(sampling.top_p))
    scores = row.masked_fill(~allowed.mask, -math.inf)
    return processors(torch.tensor([previous], dtype=torch.long), scores[None])[0].softmax(-1)


@pytest.mark.parametrize("allowed", [ALL, SIDE_BY_SIDE, APART], ids=["all", "side by side", "apart"])
@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(0.7, 0.9),
        Sampling(1.0, 0.2, 5),
        Sampling(1.3, 1.0, 10),
        Sampling(0.8, 0.8, 20, 1.3),
        Sampling(0.9, 0.95, 49, 0.8),
        Sampling(0.5, 0.001),
        Sampling(2.0),
    ],
)
def test_probabilities_equal_transformers(sampling, allowed):
    previous = [3, 3, 8, 40]
    sampler, seen = Sampler(sampling), SeenIds(VOCABULARY, previous)
    for row in (*rows(), *rows(scale=0.1), rows(1)[0].round()):  # likely and alike, and many equal ones
        row[[9, 25]] = -math.inf
        if sampling.top_p < 1 and len(row.unique()) < 40:
            continue  # which of those as likely as the last are in is not said there
        wanted = reference(row, allowed, sampling, previous)
        found = sampler.probabilities(row, allowed, seen)
        torch.testing.assert_close(found, wanted[allowed.mask], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("scale", [0.01, 1.0, 5.0])
@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.95, 0.9999])
def test_a_large_vocabularys_nucleus_equals_transformers(scale, top_p):
    """From one id of thousands to nearly all of them."""
    sampling, allowed = Sampling(0.9, top_p), AllowedIds(6000, range(100, 5000), range(5500, 5999))
    row = rows(1, scale, 6000)[0]
    found, wanted = Sampler(sampling).probabilities(row, allowed), reference(row, allowed, sampling)[allowed.mask]
    # Thousands of roundings add up: the last id or two may be in or out.
    assert (found.gt(0) != wanted.gt(0)).sum() <= 2 and float((found - wanted).abs().sum()) < 1e-3


def test_equal_ids_are_all_in_top_k_and_the_lowest_of_them_in_top_p():
    everything = AllowedIds(4, range(4))
    row = torch.tensor([0.25, 0.25, 0.25, 0.25]).log()
    assert Sampler(Sampling(1.0, 1.0, 2)).probabilities(row, everything).tolist() == [0.25] * 4
    assert Sampler(Sampling(1.0, 0.5)).probabilities(row, everything).tolist() == [0.5, 0.5, 0, 0]
    assert Sampler(Sampling(1.0, 0.51)).probabilities(row, everything).gt(0).tolist() == [True, True, True, False]
    row = torch.tensor([0.125, 0.25, 0.5, 0.125]).log()
    assert Sampler(Sampling(1.0, 0.75)).probabilities(row, everything).gt(0).tolist() == [False, True, True, False]
    assert Sampler(Sampling(1.0, 0.76)).probabilities(row, everything).gt(0).tolist() == [True, True, True, False]


@pytest.mark.parametrize("sampling", [Sampling(0.7, 0.8, 50, 1.1), Sampling(0.7, 0.8)])
def test_what_cannot_be_drawn_is_not_sorted(sampling, monkeypatch):
    longest, sort = [0], torch.Tensor.sort
    monkeypatch.setattr(torch.Tensor, "sort", lambda self, **how: longest.append(len(self)) or sort(self, **how))
    sampler, allowed = Sampler(sampling), AllowedIds(20_000, range(2000, 20_000))
    for row in rows(5, 5.0, 20_000):
        sampler.choose(row, allowed)
        assert 0 < max(longest) < (51 if sampling.top_k else 4000)


def test_greedy_masks_and_penalty():
    row = torch.tensor([1.0, 5.0, 4.0, -1.0])
    everything, without = AllowedIds(4, range(4)), AllowedIds(4, [0, 2, 3])
    assert Sampler(Sampling()).choose(row, everything) == 1
    assert Sampler(Sampling()).choose(row, without) == 2
    assert Sampler(Sampling(repetition_penalty=2.0)).choose(row, everything, SeenIds(4, [1])) == 2
    assert Sampler(Sampling()).probabilities(row, without).tolist() == [0, 1, 0]
    assert row.tolist() == [1.0, 5.0, 4.0, -1.0]


def test_of_equal_ids_the_lowest_is_the_greedy_choice():
    row = torch.tensor([9.0, 1.0, 3.0, 3.0, 2.0, 3.0])
    for allowed in (AllowedIds(6, range(1, 6)), AllowedIds(6, [5, 1, 3, 2])):
        assert Sampler(Sampling()).choose(row, allowed) == 2


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.8, 0.9), Sampling(1.0, 1.0, 5), Sampling(0.9, 0.9, 0, 1.2)])
@pytest.mark.parametrize("allowed", [SIDE_BY_SIDE, APART], ids=["side by side", "apart"])
def test_what_may_not_come_is_not_looked_at(sampling, allowed):
    for row in rows(5):
        spoilt = row.masked_fill(~allowed.mask, math.nan)
        one, two = Sampler(sampling, 3), Sampler(sampling, 3)
        drafts = one.draft(row, allowed)[0], two.draft(spoilt, allowed)[0]
        assert drafts[0] == drafts[1] and drafts[0] in allowed
        assert one.review(drafts[0], None, row, allowed) == two.review(drafts[0], None, spoilt, allowed)
        for tolerance in (Tolerance(top_n=3), Tolerance(top_p=0.4)):
            kept = [sampler.review(allowed.id_at(4), None, row, allowed, None, tolerance) for sampler in (one, two)]
            assert kept[0] == kept[1]
        assert entropy(row, allowed) == entropy(spoilt, allowed)


def test_only_allowed_ids_are_drawn():
    allowed = AllowedIds(VOCABULARY, [4, 9])
    sampler = Sampler(Sampling(2.0, 0.99, 40), seed=1)
    assert {sampler.choose(row, allowed) for row in rows(40, 0.1)} == {4, 9}


@pytest.mark.parametrize("allowed", [AllowedIds(8, range(8)), AllowedIds(8, [0, 2, 5, 7])], ids=["all", "apart"])
@pytest.mark.parametrize("sampling", [Sampling(1.5), Sampling(1.0, 0.9), Sampling(1.0, 0.95, 3), Sampling(1.2, 0.9, 0, 1.5)])
def test_tokens_are_drawn_by_their_probabilities(sampling, allowed):
    row, seen = torch.tensor([0.3, -math.inf, 1.0, 0.9, -2.0, 0.5, 0.0, -1.0]), SeenIds(8, [2])
    sampler, n = Sampler(sampling, seed=4), 3000
    wanted = sampler.probabilities(row, allowed, seen) * n
    for draw in (sampler.choose, lambda *given: sampler.draft(*given)[0]):
        counts = torch.zeros(8)
        for _ in range(n):
            counts[draw(row, allowed, seen)] += 1
        counts, some = counts[allowed.ids], wanted > 0
        assert not counts[~some].any()
        # Chi-square, at most 6 degrees of freedom, p = 0.001.
        assert ((counts - wanted)[some] ** 2 / wanted[some]).sum() < 22.5


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
    everything = AllowedIds(4, range(4))
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
    logits, everything = probabilities.log(), AllowedIds(5, range(5))
    sampler = Sampler(Sampling())

    def kept(tolerance, allowed=everything):
        drafts = allowed.ids.tolist()
        return [draft for draft in drafts if sampler.review(draft, None, logits, allowed, None, tolerance) == draft]

    assert kept(Tolerance(top_n=1)) == [0] and kept(Tolerance(top_n=3)) == [0, 1, 2]
    assert kept(Tolerance(top_p=0.4)) == [0] and kept(Tolerance(top_p=0.6)) == [0, 1]
    assert kept(Tolerance(top_p=0.9)) == [0, 1, 2] and kept(Tolerance(top_p=1.0)) == [0, 1, 2, 3, 4]
    # Only what may come counts, and a sampling's temperature does, too.
    assert kept(Tolerance(top_n=2), AllowedIds(5, [1, 2, 3, 4])) == [1, 2]
    assert kept(Tolerance(top_n=2), AllowedIds(5, [0, 2, 4])) == [0, 2]
    hot, cold = (Sampler(Sampling(temperature)) for temperature in (100.0, 0.1))
    assert hot.review(3, None, logits, everything, None, Tolerance(top_p=0.75)) == 3
    assert cold.review(2, None, logits, everything, None, Tolerance(top_p=0.75)) == 0


def test_a_draft_beyond_the_tolerance_gives_way_to_full_depths_choice():
    logits, allowed = torch.tensor([0.5, 0.3, 0.15, 0.05]).log(), AllowedIds(4, range(4))
    assert Sampler(Sampling()).review(3, None, logits, allowed, None, Tolerance(top_n=2)) == 0
    drawn = [Sampler(Sampling(1.0), seed).review(3, None, logits, allowed, None, Tolerance(top_n=3)) for seed in range(300)]
    assert abs(drawn.count(0) / 300 - 0.5) < 0.1 and len(set(drawn)) > 2


def test_entropy_is_in_nats_over_what_may_come():
    allowed = AllowedIds(5, range(4))
    assert entropy(torch.tensor([0.0, 0.0, 0.0, 0.0, 9.0]), allowed) == pytest.approx(math.log(4))
    assert entropy(torch.tensor([0.0, 0.0, float("-inf"), float("-inf"), 1.0]), allowed) == pytest.approx(math.log(2))
    assert entropy(torch.tensor([99.0, 0.0, 0.0, 0.0, 0.0]), allowed) == pytest.approx(0, abs=1e-6)
