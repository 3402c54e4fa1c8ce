"""Facts written as tables: one line each, one answer's form for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .intent import Fact, Intent
from .phrases import rows, sentence

_PASSING = frozenset("a an the of in on and to at with for from by is are was it that or as".split())

ABOUT_X = ("and {x}", "what about {x}", "how about {x}", "and what about {x}", "and for {x}", "now {x}")
"""Short forms that follow a question about a thing x."""


def table(*columns: str, answer: str, key: str, lines: str) -> tuple[Fact, ...]:
    """A fact per line; the columns name its cells, `answer` is written with them, and the cell named `key` is its key.

    The slots are the cells in lower case.
    """
    facts = []
    for cells in rows(lines):
        named = dict(zip(columns, cells, strict=True))
        slots = {name: plain(cell) for name, cell in named.items()}
        facts.append(Fact(slots, sentence(answer.format(**named)), content(named[key])))
    return tuple(facts)


def things(*columns: str, answer: str, key: str, lines: str) -> tuple[Fact, ...]:
    """As `table`; the first column is a thing with its article, and the slots have it without one, too: `bare`."""
    return tuple(
        Fact({**fact.slots, "bare": bare(fact.slots[columns[0]])}, fact.answer, fact.key)
        for fact in table(*columns, answer=answer, key=key, lines=lines)
    )


def lone(name: str, answer: str, key: str, *wordings: str) -> Intent:
    """A fact that shares its wordings with no other."""
    return Intent(name, wordings, (Fact({}, answer, tuple(key.split())),))


def members(lists: str) -> Iterable[tuple[str, str]]:
    """"fruit: apple, pear" -> (fruit, apple), (fruit, pear), line by line."""
    for line in lists.strip().splitlines():
        name, _, several = line.partition(":")
        for member in several.split(","):
            yield name.strip(), member.strip()


def content(text: str) -> tuple[str, ...]:
    """The words of an answer's part without those that pass unnoticed."""
    words = re.findall(r"[a-z']+", text.lower())
    return tuple(word for word in words if word not in _PASSING) or tuple(words)


def plain(text: str) -> str:
    """As it is said: lower case, no punctuation."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def bare(thing: str) -> str:
    """"a glacier" -> "glacier"."""
    return re.sub(r"^(a|an|the) ", "", thing)
