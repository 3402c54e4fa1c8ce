"""Listeners whose taste is known, who answer whole tests at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from app.listening import results
from app.listening.plan import ListeningItem, Method, ReplyClip, Trial
from app.listening.results import StoredTest

FIRST, SECOND = "full", "spark:even@4"
Answer = Callable[[Trial, np.random.Generator], int]


def items(count: int, names: tuple[str, ...] = (FIRST, SECOND)) -> list[ListeningItem]:
    """Prompts whose clips differ in one sample."""
    clips = [ReplyClip(np.full(8, 0.1 * (place + 1), np.float32), 8000, "same words", name) for place, name in enumerate(names)]
    return [ListeningItem(f"Question {number}", tuple(clips)) for number in range(count)]


def answered(method: Method, seed: int, answer: Answer, prompts: int = 40, count: int = 40, names=(FIRST, SECOND)) -> StoredTest:
    """A test with all answers, in memory alone."""
    asked = items(prompts, names)
    plan, answers = results.make(method, names, asked, count, 1.0, seed), {}
    chance = np.random.default_rng(seed)
    while (trial := plan.next_trial(answers)) is not None:
        of = {"first": trial.pair[0], "second": trial.pair[1], "broken": "degraded copy"}
        answers[trial.number] = {
            "trial": trial.number,
            "role": trial.role,
            "item": trial.item,
            "A": of[trial.a],
            "B": of[trial.b],
            "X": trial.x,
            "value": answer(trial, chance),
            "underruns": 0,
        }
    return StoredTest(Path(), plan, asked, {}, "", answers)


def by_strength(strengths: dict[str, float], ties: float) -> Answer:
    """Chooses as the Bradley-Terry model with ties has it."""

    def answer(trial: Trial, chance: np.random.Generator) -> int:
        if trial.role != "test":
            return prefers_second(1.0)(trial, chance)
        first, second = (strengths[name] for name in trial.pair)
        odds = np.array([np.exp(first), ties * np.exp((first + second) / 2), np.exp(second)])
        towards = int(chance.choice(3, p=odds / odds.sum())) - 1
        return towards if trial.b == "second" else -towards

    return answer


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
