"""What is compared: schedules, poolings and seeds, and the forms in which a command line lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from engine import schedules
from engine.prefill import pooling as poolings


@dataclass(frozen=True)
class Case:
    """How questions are answered; schedule and pooling in their shortest text forms."""

    schedule: str = "full"
    pooling: str = "none"
    seed: int = 0

    def __str__(self) -> str:
        parts = self.schedule, self.pooling if self.pooling != "none" else "", f"seed {self.seed}" if self.seed else ""
        return " · ".join(filter(None, parts))


def cases(schedule_forms: str, pooling_forms: str = "none", seeds: str = "0") -> list[Case]:
    """Every combination of what is listed, the first of everything first. Raises `ValueError` with a sentence."""
    try:
        numbers = [int(seed) for seed in seeds.split(",")]
    except ValueError:
        raise ValueError(f'"{seeds}" are no seeds: write whole numbers with commas between them, such as 0,1,2.') from None
    chosen = [str(schedules.parse(form)) for form in split(schedule_forms)]
    pooled = [str(poolings.parse(form)) for form in split(pooling_forms)]
    return list(dict.fromkeys(Case(*one) for one in product(chosen, pooled, numbers)))


def split(forms: str) -> list[str]:
    """Forms separated by commas -> the forms; a comma inside one ("spark:k=4,first@8") does not end it."""
    return [form.strip() for form in re.split(r",(?=\s*(?:full\b|none\b|[a-z]+:))", forms)]


def check(
    wanted: Iterable[Case], layers: int, exit_layers: Iterable[int], frames: schedules.FrameShape | None = None
) -> None:
    """Raises `ValueError` with a sentence for a case that a model of `layers` layers cannot run."""
    exits = tuple(exit_layers)
    for case in wanted:
        schedules.check(schedules.parse(case.schedule), layers, exits, frames)
        poolings.check(poolings.parse(case.pooling), layers)
