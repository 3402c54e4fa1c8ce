"""Affinity Pooling's groups (arXiv 2604.06871), formed while the states arrive.

A state joins the open group if its largest cosine similarity with the group's last `window` members is at least the
threshold; otherwise the group closes, its mean is given out, and the state opens the next one. So a group stays open until a
state does not join it or the speech ends; never more than this one group is held back. Any chunking of the same
states gives the same groups and, bit for bit, the same means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F

_ROUNDING = 1e-6
"""A state is as similar as can be to itself, whatever is rounded."""


class Groups(NamedTuple):
    """Closed groups in order: their means [groups, dim] and how many positions each stands for."""

    means: torch.Tensor
    sizes: list[int]


@dataclass
class Affinity:
    """The groups of one stretch of speech. Feed it states; `finish` closes the last group."""

    tau: float
    window: int

    def __post_init__(self) -> None:
        self._open: torch.Tensor | None = None  # the open group's members [size, dim]

    @property
    def pending(self) -> int:
        """How many positions the open group has."""
        return 0 if self._open is None else len(self._open)

    def feed(self, states: torch.Tensor) -> Groups:
        """More states [n, dim], any n -> the groups that closed."""
        if not len(states):
            return Groups(states, [])
        before = self.pending
        rows = states if self._open is None else torch.cat([self._open, states])
        starts = [0, *_starts(rows, self.tau, self.window, before)]
        self._open = rows[starts[-1] :].clone()
        return _groups(rows, starts)

    def finish(self) -> Groups:
        """The open group, if there is one; then the next states begin anew."""
        rows, self._open = self._open, None
        if rows is None:
            return Groups(torch.zeros(0), [])
        return _groups(rows, [0, len(rows)])


def merged(states: torch.Tensor, tau: float, window: int) -> Groups:
    """All groups of a whole stretch of speech, states [n, dim]."""
    affinity = Affinity(tau, window)
    closed, last = affinity.feed(states), affinity.finish()
    return Groups(torch.cat([closed.means, last.means]), closed.sizes + last.sizes) if last.sizes else closed


def _starts(rows: torch.Tensor, tau: float, window: int, known: int) -> list[int]:
    """Where further groups begin in rows [n, dim] that begin with an open group of `known` members."""
    units = F.normalize(rows.float(), dim=-1, eps=1e-12)
    reach = min(window, len(rows) - 1)
    # similar[back - 1][i] is the similarity of row i + back with row i, the member `back` places before it.
    similar = [(units[back:] * units[:-back]).sum(-1).tolist() for back in range(1, reach + 1)]
    starts, first = [], 0
    for row in range(max(1, known), len(rows)):
        members = range(1, min(reach, row - first) + 1)
        if max(similar[back - 1][row - back] for back in members) < tau - _ROUNDING:
            starts.append(row)
            first = row
    return starts


def _groups(rows: torch.Tensor, starts: list[int]) -> Groups:
    """Rows starts[0] to starts[-1] as groups that begin at `starts` but the last."""
    sizes = [end - start for start, end in zip(starts, starts[1:], strict=False)]
    if max(sizes, default=1) == 1:
        return Groups(rows[: starts[-1]], sizes)
    means = [rows[start : start + size].float().mean(0) for start, size in zip(starts, sizes, strict=False)]
    return Groups(torch.stack(means).to(rows.dtype), sizes)
