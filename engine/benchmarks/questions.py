"""The spoken questions that benchmarks ask."""

from __future__ import annotations

from pathlib import Path

from engine.evaluation import sets


def spoken(count: int) -> list[sets.EvalItem]:
    """`count` (or all, if fewer) questions of the spoken test set that ships, evenly spread over it.

    Raises `ValueError` with a sentence if this installation has none.
    """
    items = sets.read(sets.folder_of("wren"), "spoken")
    count = min(count, len(items))
    return [items[index * len(items) // count] for index in range(count)]


def recordings(count: int) -> list[Path]:
    """Of the same questions. Raises as `spoken`."""
    return [item.audio for item in spoken(count) if item.audio is not None]
