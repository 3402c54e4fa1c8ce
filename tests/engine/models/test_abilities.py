"""What a newcomer is told that a model can do, and that it is so."""

from __future__ import annotations

from engine.dialogue import Dialogue
from engine.events import TurnFinished
from engine.models import load
from engine.models.abilities import Abilities, abilities
from engine.models.store.catalogue import read

ANSWERS = {
    "two plus two": "four",
    "capital of Italy": "Rome",
    "opposite of big": "small",
    "spell cat": "c, a, t",
    "early exit": "layer",
}


def test_every_family_says_what_it_can_be_asked_and_an_unknown_one_says_nothing():
    for family in {"wren", *(released.family for released in read())}:
        can = abilities(family)
        assert can.sentence.endswith(".") and len(can.examples) >= 3 and all(len(text) < 60 for text in can.examples)
    assert abilities("unheard of") == Abilities()


def test_wren_answers_what_it_suggests():
    model = load("wren")
    examples = abilities(model.name).examples
    assert len(examples) == len(ANSWERS)
    dialogue = Dialogue(model)
    for question in examples:
        dialogue.reset()
        *_, last = dialogue.ask(question)
        [wanted] = [answer for words, answer in ANSWERS.items() if words in question]
        assert isinstance(last, TurnFinished) and wanted in last.stats.text, (question, last.stats.text)
