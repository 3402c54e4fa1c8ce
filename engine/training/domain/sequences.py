"""Beginnings of a row that somebody says, to be continued: numbers, letters, days, months; and which day it is."""

from __future__ import annotations

from engine.models.wren.numbers import in_words

from .calendar import DAYS, MONTHS
from .intent import Fact, Intent
from .letters import ALPHABET
from .patterns import expand

_GO_ON = expand("""
    {row} [and|and then|and what|what comes next|what is next|go on|]
    [what comes next|what comes after|go on with|continue|which one is next] {row}
    """)


def _row(names: list[str], lengths: tuple[int, ...], answer: str, circle: bool) -> tuple[Fact, ...]:
    """Every run of names of these lengths with what follows it; `answer` has the slots next and last."""
    facts = []
    for length in lengths:
        for start in range(len(names) if circle else len(names) - length):
            *said, following = [names[(start + i) % len(names)] for i in range(length + 1)]
            text = answer.format(next=following, last=said[-1])
            row = " ".join(said).lower()
            facts.append(Fact({"row": row}, text, tuple(following.lower().split())))
    return tuple(facts)


INTENTS: tuple[Intent, ...] = (
    Intent("next_number", _GO_ON, _row([in_words(n) for n in range(31)], (3, 4), "That would be {next}.", False)),
    Intent("next_letter", _GO_ON, _row(list(ALPHABET), (3, 4), "The next letter is {next}.", False)),
    Intent("next_day", _GO_ON, _row(DAYS, (2, 3), "{next} comes after {last}.", True)),
    Intent("next_month", _GO_ON, _row(MONTHS, (2, 3), "{next} comes after {last}.", True)),
    Intent(
        "tomorrow_is",
        expand("""
            [today is|if today is|when today is] {day} [then|] tomorrow is [what|]
            [so today is {day} and tomorrow is|today is {day} and tomorrow|today it is {day} tomorrow it is]
            """),
        tuple(Fact({"day": day.lower()}, f"Then tomorrow is {after}.", (after.lower(),))
              for day, after in zip(DAYS, DAYS[1:] + DAYS[:1])),
        ("and if today is {day}", "what about {day}", "and on {day}"),
    ),
    Intent(
        "today_is",
        expand("""
            [tomorrow is|if tomorrow is|when tomorrow is] {day} [then|] today is [what|]
            [tomorrow is {day} what is today|if tomorrow is {day} what day is today|tomorrow is {day} and today]
            [what is today if tomorrow is {day}|which day is today if tomorrow is {day}|tomorrow it is {day} today it is]
            """),
        tuple(Fact({"day": day.lower()}, f"Then today is {before}.", (before.lower(),))
              for day, before in zip(DAYS, DAYS[-1:] + DAYS[:-1])),
        ("and if tomorrow is {day}", "what about {day}"),
    ),
)  # fmt: skip
