"""Affinity groups: those of the paper's loop, however the states arrive."""

from __future__ import annotations

import pytest
import torch

from engine.prefill.affinity import Affinity, merged


def states(seed=0, count=80, dim=12):
    """States that drift, with jumps: neighbours are alike, but not all."""
    generator = torch.Generator().manual_seed(seed)
    steps = torch.randn(count, dim, generator=generator) * torch.rand(count, 1, generator=generator) ** 2
    return steps.cumsum(0) * 0.7 + 0.3 * torch.randn(count, dim, generator=generator)


def by_the_paper(rows, tau, window):
    """The loop as it is written down, one state at a time."""
    groups, group = [], [rows[0]]
    for row in rows[1:]:
        if max(torch.cosine_similarity(row, member, dim=0) for member in group[-window:]) >= tau:
            group.append(row)
        else:
            groups.append(group)
            group = [row]
    groups.append(group)
    return torch.stack([torch.stack(group).mean(0) for group in groups]), [len(group) for group in groups]


@pytest.mark.parametrize("tau", [0.7, 0.9, 0.97])
@pytest.mark.parametrize("window", [1, 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_groups_are_the_papers(tau, window, seed):
    rows = states(seed)
    means, sizes = by_the_paper(rows, tau, window)
    found = merged(rows, tau, window)
    assert found.sizes == sizes and 1 < len(sizes) < len(rows)
    assert torch.allclose(found.means, means, atol=1e-6)


def test_a_wider_window_finds_at_least_as_many_neighbours():
    counts = [len(merged(states(3), 0.9, window).sizes) for window in (1, 2, 4)]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]


@pytest.mark.parametrize("window", [1, 3])
@pytest.mark.parametrize("seed", range(6))
def test_any_chunking_gives_the_same(window, seed):
    rows, generator = states(seed), torch.Generator().manual_seed(seed)
    whole = merged(rows, 0.85, window)
    affinity, means, sizes, start = Affinity(0.85, window), [], [], 0
    while start < len(rows):
        end = start + int(torch.randint(0, 9, (), generator=generator))
        closed = affinity.feed(rows[start:end])
        start = min(end, len(rows))
        means.append(closed.means)
        sizes += closed.sizes
        assert sum(sizes) + affinity.pending == start  # only one group is ever held back
    last = affinity.finish()
    assert torch.equal(torch.cat([*means, last.means]), whole.means) and sizes + last.sizes == whole.sizes
    assert affinity.pending == 0 and affinity.finish().sizes == []


def test_nothing_alike_stays_as_it_is_and_the_same_becomes_one():
    apart = torch.eye(6)
    assert torch.equal(merged(apart, 0.5, 3).means, apart)
    assert merged(torch.ones(9, 4), 1.0, 1).sizes == [9]
    assert merged(torch.zeros(3, 4), 0.5, 1).sizes == [1, 1, 1]  # nothing points anywhere
    assert merged(torch.zeros(0, 4), 0.5, 1).sizes == []


def test_half_precision_keeps_its_type():
    found = merged(states().bfloat16(), 0.9, 1)
    assert found.means.dtype == torch.bfloat16 and len(found.sizes) < 80
