"""Listeners whose taste is known, who answer whole tests at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.listening.plan import ListeningItem, Method, ReplyClip, Trial, make_plan
from app.listening.results import StoredTest

FIRST, SECOND = "full", "spark:even@4"
Answer = Callable[[Trial, np.random.Generator], int]


def items(count: int, names: tuple[str, ...] = (FIRST, SECOND)) -> list[ListeningItem]:
    """Prompts whose clips differ in one sample."""
    clips = [ReplyClip(np.full(8, 0.1 * (place + 1), np.float32), 8000, "same words", name) for place, name in enumerate(names)]
    return [ListeningItem(f"Question {number}", tuple(clips)) for number in range(count)]


def answered(method: Method, seed: int, answer: Answer, prompts: int = 40, count: int = 40) -> StoredTest:
    """A test with all answers, in memory alone."""
    plan = make_plan(method, (FIRST, SECOND), prompts, count, seed=seed)
    test = StoredTest(Path(), plan, items(prompts), {}, "")
    chance = np.random.default_rng(seed)
    for trial in plan.trials:
        names = {"first": FIRST, "second": SECOND, "broken": "degraded copy"}
        test.answers[trial.number] = {
            "trial": trial.number,
            "role": trial.role,
            "item": trial.item,
            "A": names[trial.a],
            "B": names[trial.b],
            "X": trial.x,
            "value": answer(trial, chance),
            "underruns": 0,
        }
    return test


def prefers_second(share: float) -> Answer:
    """In so many of all trials; hears a degraded copy always."""

    def answer(trial: Trial, chance: np.random.Generator) -> int:
        if trial.role == "broken":
            return 1 if trial.a == "broken" else -1
        if trial.role == "identical":
            return 0
        towards = 1 if chance.random() < share else -1
        return towards if trial.b == "second" else -towards

    return answer


def names_x(share: float) -> Answer:
    """Rightly in so many of all trials."""

    def answer(trial: Trial, chance: np.random.Generator) -> int:
        right = -1 if trial.x == "A" else 1
        return right if chance.random() < share else -right

    return answer
