"""From the scores of a MUSHRA test, of one listener or several, to its result; and who is left out of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from app.listening.mushra_plan import MID_ANCHOR, MushraPlan
from app.listening.plan import Conditions
from app.listening.remarks import DEPENDENT, counted
from app.listening.results import StoredTest
from app.listening.statistics import Rating, percent, rating

HIGH = 90  # a score that the hidden reference shall have, and the mid anchor shall not
MOST_MISSES = 0.15  # of the prompts in which it is otherwise, until a listener is left out (ITU-R BS.1534-3, 4.1.2)
COLUMNS = (
    "session_test_id", "listener", "trial_id", "rating_stimulus", "rating_score", "rating_time", "rating_comment",
)  # fmt: skip
"""As webMUSHRA writes them; `listener` is the only field about the participant, and the comment is the prompt in words."""


@dataclass(frozen=True)
class Screening:
    """How listeners did who were to find the hidden reference: `misses` and `too_high` are shares of prompts by listener."""

    misses: dict[str, float]
    too_high: dict[str, float]

    @property
    def left_out(self) -> list[str]:
        return [name for name in self.misses if max(self.misses[name], self.too_high[name]) > MOST_MISSES]

    @property
    def passed(self) -> bool:
        return not self.left_out

    @property
    def sentence(self) -> str:
        if self.passed:
            whose = "The listener" if len(self.misses) == 1 else f"All {len(self.misses)} listeners"
            least = percent(1 - MOST_MISSES)
            return (
                f"{whose} passed the post-screening: in at least {least} of the prompts the hidden reference was rated {HIGH} or "
                "more, and the mid anchor not above that."
            )
        parts = []
        for name in self.left_out:
            parts.append(
                f"{name} rated the hidden reference below {HIGH} in {percent(self.misses[name])} and the mid anchor above "
                f"{HIGH} in {percent(self.too_high[name])} of the prompts"
            )
        left = "this result is not to be relied on" if len(self.left_out) == len(self.misses) else "left out of the result"
        return f"{'; '.join(parts)} (at most {percent(MOST_MISSES)} are allowed): {left}."


@dataclass(frozen=True)
class MushraSummary:
    """`scores` are those that count, by stimulus, the hidden reference first; `result` what they show."""

    conditions: Conditions
    trials: int
    scores: dict[str, list[float]]
    result: dict[str, Rating]
    attention: Screening
    headline: str
    sentence: str
    caveats: tuple[str, ...]

    @property
    def method(self) -> str:
        return "mushra"

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The numbers as (name, value), in the order in which they are read."""
        rows = [("Prompts rated", str(self.trials))]
        for name, found in self.result.items():
            low, middle, high = np.percentile(self.scores[name], (25, 50, 75))
            hidden = " (hidden reference)" if name == self.conditions[0] else ""
            spread = f"median {middle:.0f}, quartiles {low:.0f} and {high:.0f}"
            rows.append((f"{name}{hidden}", f"mean {interval_text(found)}; {spread}"))
        return rows


def summarise_mushra(tests: Sequence[StoredTest]) -> MushraSummary:
    """The result of the same test as several listeners took it, to its end. Raises: ValueError."""
    plan = tests[0].plan
    if not isinstance(plan, MushraPlan) or any(test.next_trial is not None for test in tests):
        raise ValueError("The result is known when every trial is answered.")
    reference = plan.conditions[0]
    by_listener = {test.listener: [answer["scores"] for answer in test.answers.values()] for test in tests}
    misses = {name: _share(one[reference] < HIGH for one in given) for name, given in by_listener.items()}
    too_high = {name: _share(one[MID_ANCHOR] > HIGH for one in given) for name, given in by_listener.items()}
    screening = Screening(misses, too_high)
    kept = [name for name in by_listener if name not in screening.left_out] or list(by_listener)
    scores = {one: [float(given[one]) for name in kept for given in by_listener[name]] for one in plan.stimuli}
    found = {one: rating(values) for one, values in scores.items()}
    asked = len(next(iter(scores.values())))
    best = sorted(plan.conditions[1:], key=lambda one: -(found[one].mean or 0.0))
    parts = [f"{one} {interval_text(found[one])}" for one in (reference, *best)]
    sentence = f"Mean scores of 100, with 95 % intervals: {'; '.join(parts)}."
    if len(screening.left_out) == len(by_listener):
        headline = "No listener passed the post-screening"
    else:
        first, hidden = (found[one].mean or 0.0 for one in (best[0], reference))
        headline = f"{best[0]} was rated {first:.0f}, the hidden reference {hidden:.0f}"
    said = tuple(_caveats(tests, kept, plan))
    return MushraSummary(plan.conditions, asked, scores, found, screening, headline, sentence, said)


def interval_text(found: Rating) -> str:
    """78.2 (71.0 to 85.4)."""
    if found.mean is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{found.mean:.1f}"
    return f"{found.mean:.1f} ({max(0.0, found.low):.1f} to {min(100.0, found.high):.1f})"


def scores_csv(tests: Sequence[StoredTest]) -> str:
    """All scores, a line each, in webMUSHRA's columns; times are milliseconds, as there."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for test in tests:
        for number in sorted(test.answers):
            answer = test.answers[number]
            for name, score in answer["scores"].items():
                hidden = "reference" if name == test.plan.conditions[0] else name
                milliseconds = round(1000 * answer["seconds"])
                prompt = f"prompt{answer['item'] + 1}"  # the order is another one for every listener
                table.writerow(("mushra", test.listener, prompt, hidden, score, milliseconds, answer["prompt"]))
    return text.getvalue()


def _caveats(tests: Sequence[StoredTest], kept: Sequence[str], plan: MushraPlan) -> list[str]:
    said = [f"{counted(len(kept), 'listener')} and {counted(plan.most, 'prompt')}: the result speaks for these alone."]
    if len(kept) > 1:
        said.append(DEPENDENT)
    if len(kept) < 20:
        said.append("ITU-R BS.1534-3 asks for about 20 listeners who are used to such tests.")
    gaps = sum(answer["underruns"] > 0 for test in tests for answer in test.answers.values())
    if gaps:
        said.append(f"In {counted(gaps, 'trial')} the playback had gaps (underruns).")
    return said


def _share(found: Iterable[bool]) -> float:
    return float(np.mean(list(found)))
