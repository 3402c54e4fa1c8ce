"""Letters: their neighbours and places in the alphabet, how many a word has, and its last one.

A single "a" stands last or before a comma in an answer: elsewhere the voice would read the article.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.models.wren.numbers import in_words

from .calendar import ORDINALS
from .intent import Fact, Intent
from .patterns import expand
from .words import SPELLED

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
PLACES = (*ORDINALS, *"thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
          *(f"twenty {nth}" for nth in ORDINALS[:6]))
VOWELS = "aeiou"


def _neighbours(word: str, step: int) -> Intent:
    facts = tuple(Fact({"x": a}, (f"The letter before that is {b}." if step < 0 else f"The next letter is {b}."), (b,))
                  for a, b in (zip(ALPHABET, ALPHABET[1:]) if step > 0 else zip(ALPHABET[1:], ALPHABET)))
    return Intent(f"letter_{word}", expand(f"""
        [what|which] letter [comes|is] {word} [|the letter] {{x}}
        [what is|what's|tell me|do you know|name|] the letter {word} [|the letter] {{x}}
        [what comes {word} {{x}} in the alphabet|in the alphabet what comes {word} {{x}}]
        """), facts, (f"and {word} {{x}}", "and {x}", f"what about the one {word} {{x}}", "what about {x}"))


def _facts_of_words(answer: Callable[[str], tuple[str, tuple[str, ...]]]) -> tuple[Fact, ...]:
    return tuple(Fact({"word": word}, *answer(word)) for word in dict.fromkeys(SPELLED))


INTENTS: tuple[Intent, ...] = (
    _neighbours("after", 1),
    _neighbours("before", -1),
    Intent(
        "nth_letter",
        expand("""
            [what is|what's|tell me|do you know|name|] the {nth} letter of the alphabet
            [which letter of the alphabet is the {nth}|what letter comes {nth} in the alphabet]
            """),
        tuple(Fact({"nth": nth}, f"The {nth} letter is {letter}.", (letter,))
              for nth, letter in list(zip(PLACES, ALPHABET))[1:25]),
        ("and the {nth}", "what about the {nth}", "how about the {nth}"),
    ),
    Intent(
        "letter_place",
        expand("""
            [what|which] [number|place] in the alphabet [is|has] [|the letter] {x}
            [what place does {x} have in the alphabet|where in the alphabet is {x}|where does {x} come in the alphabet]
            """),
        tuple(Fact({"x": letter}, f"It is letter number {in_words(i + 1)}.", tuple(in_words(i + 1).split()))
              for i, letter in enumerate(ALPHABET)),
        ("and {x}", "what about {x}", "and the letter {x}"),
    ),
    Intent(
        "vowel",
        expand("""
            is [|the letter] {x} a [vowel|consonant|vowel or a consonant]
            [tell me if {x} is a vowel|do you know if {x} is a vowel|{x} vowel or consonant]
            """),
        tuple(Fact({"x": letter}, f"It is a {kind}.", (kind,))
              for letter in ALPHABET if letter != "y" for kind in ["vowel" if letter in VOWELS else "consonant"]),
        ("and {x}", "what about {x}", "and is {x} one"),
    ),
    Intent(
        "letter_count",
        expand("""
            how many letters does [|the word] {word} have
            how many letters has [|the word] {word}
            [how many letters are in {word}|how many letters are there in {word}|count the letters of {word}]
            [the number of letters in {word}|tell me how many letters {word} has|do you know how many letters are in {word}]
            """),
        _facts_of_words(lambda word: (f"It has {in_words(len(word))} letters.", (in_words(len(word)),))),
        ("and {word}", "what about {word}", "how about {word}", "and the word {word}"),
    ),
    Intent(
        "last_letter",
        expand("""
            [what is|what's|tell me|do you know|name|] the last letter [of|in] [|the word] {word}
            [which|what] letter does {word} end [with|in]
            [last letter of {word}|how does the word {word} end|what does {word} end with|with which letter does {word} end]
            """),
        _facts_of_words(lambda word: (f"It ends with the letter {word[-1]}.", (word[-1],))),
        ("and {word}", "what about {word}", "how about {word}", "and the last letter of {word}"),
    ),
)  # fmt: skip
