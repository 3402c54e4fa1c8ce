"""Positions that several tokens share: the mean of their embeddings goes in (parallel decoding, arXiv 2506.04518)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from engine.lm.decoder import Decoder


def split(ids: Sequence[int], widths: Sequence[int]) -> list[tuple[int, ...]]:
    """ids in order -> one tuple of them a position; `widths` says how many share each, and sums to their number."""
    rest = iter(ids)
    return [tuple(next(rest) for _ in range(width)) for width in widths]


def tokens_of(positions: Sequence[int | tuple[int, ...]]) -> Iterator[int]:
    """The ids of positions that hold one id, or a tuple of those that share it."""
    for position in positions:
        if isinstance(position, tuple):
            yield from position
        else:
            yield position


def embed(decoder: Decoder, positions: Sequence[int | tuple[int, ...]]) -> torch.Tensor:
    """Positions as for `tokens_of`, n of them -> states [n, dim]."""
    ids = [position for position in positions if not isinstance(position, tuple)]
    if len(ids) == len(positions):
        return decoder.embed(ids)
    return torch.stack([decoder.embed(p if isinstance(p, tuple) else (p,)).mean(0) for p in positions])
