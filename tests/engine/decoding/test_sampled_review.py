"""Under sampling a reviewed reply is distributed as full depth's; the same test tells trusted drafts from it."""

from __future__ import annotations

from collections import Counter

import pytest
from scipy.stats import chi2_contingency

from engine.decoding.interleaved import decode
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import parse
from tests.engine.random_lm import ChunkPattern, RandomModel

pytestmark = pytest.mark.slow

PROMPT, REPLIES = [1, 2, 3, 9, 10], 600


def replies(model, schedule, seed):
    """Whole sampled replies of one text and three speech tokens, counted."""
    cache, logits = model.prompt(PROMPT)
    sampler, seen = Sampler(Sampling(1.0, 0.7), seed), Counter()
    for _ in range(REPLIES):
        cache.roll_back(len(PROMPT))
        decoding = decode(model, cache, logits, ChunkPattern(text=1, speech=3, limit=4), parse(schedule), sampler)
        for _ in decoding:
            pass
        seen[tuple(decoding.ids)] += 1
    return seen


def chance(one: Counter, two: Counter) -> float:
    """How likely such different counts are if both come from one distribution: chi-square, rare replies counted together."""
    common = [key for key in one | two if one[key] + two[key] >= 10]
    cells = [(one[key], two[key]) for key in common]
    rest = REPLIES - sum(a for a, _ in cells), REPLIES - sum(b for _, b in cells)
    cells += [rest] if sum(rest) else []
    assert len(cells) > 8
    return chi2_contingency(list(zip(*cells, strict=True)), correction=False).pvalue


@pytest.fixture(scope="module")
def models():
    return {heads: RandomModel(2, heads) for heads in ("random", "lens")}


@pytest.fixture(scope="module")
def full(models):
    """Both models have the same weights: one distribution."""
    return replies(models["lens"], "full", 11)


@pytest.mark.parametrize(
    ("heads", "schedule"),
    [("random", "spark:triple@1+review"), ("lens", "spark:k=4,last@3+review"), ("lens", "spark:k=4,last@2+text+review+slice")],
)
def test_reviewed_replies_are_distributed_as_full_depths(models, full, heads, schedule):
    found = chance(full, replies(models[heads], schedule, 12))
    print(f"{schedule}, {heads} heads: p = {found:.3f}")
    assert found > 0.01


@pytest.mark.parametrize(("heads", "schedule"), [("random", "spark:triple@1"), ("lens", "spark:k=4,last@3")])
def test_trusted_replies_are_not(models, full, heads, schedule):
    found = chance(full, replies(models[heads], schedule, 12))
    print(f"{schedule}, {heads} heads: p = {found:.1e}")
    assert found < 1e-6
