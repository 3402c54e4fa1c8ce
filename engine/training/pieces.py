"""A stretch of a training row: what stands at each position, and how much each is learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TEXT_WEIGHT, MARK_WEIGHT, UNIT_WEIGHT, PADDING_WEIGHT = 3.0, 2.0, 1.0, 0.5
FEATURE = -1
"""Stands in `ids` where listener features stand instead of a token."""


@dataclass(frozen=True)
class TrainingPiece:
    """ids [n] (FEATURE where features stand), weight [n] of each as a target, features [number of FEATURE, 2 * classes] uint8.

    `beside` is for parallel decoding alone: the speech tokens that share each of the n positions; empty where none does.
    """

    ids: tuple[int, ...]
    weight: tuple[float, ...]
    features: tuple[np.ndarray, ...] = ()
    beside: tuple[tuple[int, ...], ...] = ()

    def __add__(self, other: TrainingPiece) -> TrainingPiece:
        beside = self._beside() + other._beside() if self.beside or other.beside else ()
        return TrainingPiece(self.ids + other.ids, self.weight + other.weight, self.features + other.features, beside)

    def __len__(self) -> int:
        return len(self.ids)

    def _beside(self) -> tuple[tuple[int, ...], ...]:
        return self.beside or ((),) * len(self)


def learned(row: list[tuple[int, float]]) -> TrainingPiece:
    """A piece of tokens with their weights."""
    return TrainingPiece(tuple(token for token, _ in row), tuple(weight for _, weight in row))
