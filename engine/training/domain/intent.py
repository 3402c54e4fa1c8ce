"""What one kind of question looks like: wordings with slots, times the facts that fill them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """One thing Wren knows.

    `slots` fill the wordings, `answer` is the one reply (shown and spoken), `key` are the lower-case words that a right
    answer must contain (the content words; never words that every answer of the intent shares).
    """

    slots: dict[str, str]
    answer: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class QAPair:
    """A question in one wording with its answer; `before` is the turn that a follow-up leans on."""

    intent: str
    question: str
    answer: str
    key: tuple[str, ...]
    before: QAPair | None = None


@dataclass(frozen=True)
class Intent:
    """Wordings x facts.

    `wordings` and `follow_ups` are format strings over the facts' slots, in the spoken form: lower case, words only
    (a-z and apostrophes; numbers as words). A wording is used with a fact only when the fact has every slot it names.
    `follow_ups` make sense only right after another exchange of the same intent ("and of {country}").
    """

    name: str
    wordings: tuple[str, ...]
    facts: tuple[Fact, ...]
    follow_ups: tuple[str, ...] = field(default=())

    def exchanges(self) -> Iterator[QAPair]:
        """Every wording with every fact that fills it, in a fixed order."""
        for fact in self.facts:
            for wording in self.wordings:
                if all(name in fact.slots for name in slot_names(wording)):
                    yield QAPair(self.name, wording.format(**fact.slots), fact.answer, fact.key)


def slot_names(wording: str) -> list[str]:
    """The slots a wording names, in order: "the {a} of {b}" -> ["a", "b"]."""
    return [part.split("}")[0] for part in wording.split("{")[1:]]
