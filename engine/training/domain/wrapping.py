"""Polite and spoken wrapping around a question, only where it stays grammatical, and how people stumble over one."""

from __future__ import annotations

import random
from collections.abc import Iterator

# Words a real question starts with; "can you tell me" and the like fit only before these.
_QUESTION = frozenset("what who where when why how which whose what's who's where's how's".split())
_COMMAND = frozenset(
    "tell say give name list count spell define describe explain show sing repeat translate convert calculate compute "
    "add subtract multiply divide find teach recite complete finish".split()
)
_YES_NO = frozenset("is are was were do does did can could will would should may must has have am".split())
_NOT_AFTER_TELL = ("what about", "how about", "what's up", "how do you do", "what if", "how come")

_OPENERS = (
    "hey wren", "wren", "okay wren", "hello wren", "hi wren", "okay", "okay so", "so", "well", "um", "uh", "now",
    "all right", "right", "listen", "listen wren", "um wren", "okay now", "well then", "oh", "hmm", "so wren", "well wren",
    "all right wren", "oh wren", "oh and", "another thing", "next", "next one", "just one thing", "hey",
    "er", "erm", "uhm", "um so", "uh so", "well um", "well er", "er so", "um okay", "uh wren", "so um", "ah", "ah okay",
    "let me see",
    "excuse me", "sorry", "actually", "by the way", "hmm okay", "and now", "good", "good now", "fine", "well okay",
)
_ASKING = ("can you tell me", "could you tell me", "tell me", "please tell me", "i would like to know", "i want to know",
           "do you know", "do you happen to know", "i wonder", "i was wondering", "i'd like to know", "quick question",
           "one question", "a question", "i have a question", "let me ask you", "here is a question", "please can you tell me",
           "can you say", "would you tell me", "i need to know", "help me out", "remind me", "just tell me", "my question is",
           "d'you know", "can you maybe tell me", "could you please tell me", "would you know", "any idea",
           "do you have any idea", "i would love to know", "i'd love to know",
           "you know what i wonder", "i just want to know", "i only want to know", "may i ask", "can i ask", "tell me please",
           "i want to ask", "somebody asked me", "my child asks", "let me know")
_PLEASE_BEFORE = ("please", "wren please", "please wren", "okay please", "now please", "hey wren please")
_AFTER_QUESTION = ("please", "thanks", "thank you", "if i may ask", "please wren", "tell me", "tell me please",
                   "can you tell me", "wren", "if you know", "do you know", "d'you know", "i wonder", "then", "again",
                   "would you know", "if you can", "um please", "wren please", "can you say")
_AFTER_COMMAND = ("please", "thanks", "thank you", "if you can", "please wren", "will you", "would you", "wren", "for me",
                  "if you would", "wren please", "could you", "now")
_HESITATIONS = ("um", "uh", "er", "erm", "well", "uhm", "let me think")
_STUMBLES = 0.16  # of what is not asked plainly


def wrap(question: str, rng: random.Random) -> str:
    """`question` as somebody might really say it; about half of the time unchanged."""
    if rng.random() < 0.5:
        return question
    if rng.random() < _STUMBLES:
        return _stumbled(question, rng)
    first = question.split(" ", 1)[0]
    named = "wren" in question.split()
    asks = first in _QUESTION and not question.startswith(_NOT_AFTER_TELL)
    kinds = ["open"] * 4 + ["ask"] * 3 * asks + ["please"] * 2 * (asks or first in _COMMAND)
    kinds += ["after"] * 3 * (asks or first in _COMMAND or first in _YES_NO)
    kind = rng.choice(kinds)
    if kind == "ask":
        return _joined(rng.choice(_ASKING), question, named)
    if kind == "please":
        return _joined(rng.choice(_PLEASE_BEFORE), question, named)
    if kind == "after":
        wrapped = f"{question} {rng.choice(_AFTER_COMMAND if first in _COMMAND else _AFTER_QUESTION)}"
        return question if named and wrapped.endswith(" wren") else wrapped
    return _joined(rng.choice(_OPENERS), question, named)


def _stumbled(question: str, rng: random.Random) -> str:
    """With a pause that is filled, or begun, left and begun again.

    Not where a hesitation could be a letter ("er"), nor again where that would ask something else ("two plus two plus one").
    """
    words = question.split()
    if len(words) < 4 or any(len(word) == 1 and word not in "ai" for word in words):
        return question
    if rng.random() < 0.6 or words[0] not in _QUESTION | _YES_NO:
        place = rng.randrange(1, len(words))
        return " ".join([*words[:place], rng.choice(_HESITATIONS), *words[place:]])
    begun = words[: rng.randint(2, min(4, len(words) - 1))]
    between = [rng.choice(_HESITATIONS)] if rng.random() < 0.5 else []
    return " ".join([*begun, *between, *words])


def _without_stumbling(text: str) -> Iterator[str]:
    words = text.split()
    for hesitation in map(str.split, _HESITATIONS):
        for place in range(1, len(words) - len(hesitation) + 1):
            if words[place : place + len(hesitation)] == hesitation:
                yield " ".join([*words[:place], *words[place + len(hesitation) :]])
                if words[:place] == words[place + len(hesitation) :][:place]:
                    yield " ".join(words[place + len(hesitation) :])
    for count in (2, 3, 4):
        if words[:count] == words[count : 2 * count]:
            yield " ".join(words[count:])


def unwrapped(text: str) -> Iterator[str]:
    """Every question that `text` may be a wrapping of, itself among them."""
    yield text
    for prefix in {*_OPENERS, *_ASKING, *_PLEASE_BEFORE}:
        if text.startswith(prefix + " "):
            yield text.removeprefix(prefix + " ")
    for suffix in {*_AFTER_QUESTION, *_AFTER_COMMAND}:
        if text.endswith(" " + suffix):
            yield text.removesuffix(" " + suffix)
    yield from _without_stumbling(text)


def _joined(prefix: str, question: str, named: bool) -> str:
    """`prefix` before `question`, unless that would say the name or the first word twice."""
    words = prefix.split()
    if (named and "wren" in words) or question.split()[0] in words:
        return question
    return f"{prefix} {question}"
