"""Saying a word or a letter after somebody."""

from __future__ import annotations

from .intent import Fact, Intent
from .letters import ALPHABET
from .patterns import expand
from .words import SPELLED

SHORT = "car key jet hot sky cap job list paint stone clock voice garden window summer winter yes no please sorry".split()


def _facts(slot: str, names: list[str]) -> tuple[Fact, ...]:
    return tuple(Fact({"x": name, slot: name}, f"{name.capitalize()}.", (name,)) for name in dict.fromkeys(names))


INTENTS: tuple[Intent, ...] = (
    Intent(
        "repeating",
        expand("""
            [say|please say|say after me|repeat|repeat after me|can you say|now say|just say|let me hear you say] {x}
            [say|repeat|can you say|pronounce|how do you pronounce|read] the word {word}
            [say|repeat|can you say|read] the letter {letter}
            """),
        _facts("word", [*SPELLED, *SHORT]) + _facts("letter", list(ALPHABET)),
        ("and {x}", "now {x}", "and now {x}"),
    ),
)  # fmt: skip
