"""What Wren is taught: enough of it, without contradictions, and the sums are right."""

import itertools
import operator
import random
import re
from functools import cache

import pytest

from engine.evaluation import scoring
from engine.evaluation.sets import open_set
from engine.models.wren.numbers import in_words
from engine.models.wren.vocabulary import Vocabulary
from engine.resources import resources_folder
from engine.training import people, texts
from engine.training.domain import dialogues, number_facts, too_hard, unknown, wrapping
from engine.training.domain.unknown_things import SLOTS

MOST_WORDS, MOST_TOKENS = 12, 32
WHOLE = {in_words(n): n for n in range(10_101)}


@cache
def domain() -> dict[str, str]:
    """Every question of both sides with its answer."""
    sides = (texts.exchanges(held_out) for held_out in (False, True))
    return {e.question: e.answer for side in sides for area in side.values() for many in area.values() for e in many}


@cache
def training() -> frozenset[str]:
    return frozenset(e.question for area in texts.exchanges(False).values() for many in area.values() for e in many)


def intents():
    return {intent.name: intent for many in texts.GROUPS.values() for intent in many}


def value(words: str) -> float:
    """"minus three" -> -3, "two point five" -> 2.5."""
    if words.startswith("minus "):
        return -value(words.removeprefix("minus "))
    whole, _, tenths = words.partition(" point ")
    return WHOLE[whole] + (WHOLE[tenths] / 10 if tenths else 0)


def test_there_are_many_answers_in_every_area():
    assert len(texts.answers()) >= 5_000
    for area, many in texts.GROUPS.items():
        assert len({fact.answer for intent in many for fact in intent.facts}) >= 20, area


def test_names_of_intents_are_their_own():
    assert len(intents()) == sum(map(len, texts.GROUPS.values()))


def test_an_answer_is_short_and_can_be_spoken():
    vocabulary = Vocabulary.load(resources_folder() / "wren" / "tokenizer.json")
    for answer in texts.answers():
        assert re.fullmatch(r"[A-Z][A-Za-z' ,]*[.?]( [A-Z][A-Za-z' ,]*[.?])?", answer), answer
        assert len(re.findall(r"[a-z']{2,}", answer.lower())) <= MOST_WORDS, answer
        assert len(vocabulary.encode(answer)) <= MOST_TOKENS, answer


@pytest.mark.parametrize(
    ("names", "operation"),
    [
        (("addition", "addition_to_hundred", "round_addition", "negative_addition", "decimal_addition"), operator.add),
        (
            ("subtraction", "subtraction_to_hundred", "round_subtraction", "below_zero", "negative_subtraction",
             "decimal_subtraction"),
            operator.sub,
        ),
        (("multiplication", "round_multiplication", "negative_multiplication"), operator.mul),
        (("division",), operator.truediv),
    ],
)  # fmt: skip
def test_calculations_are_right(names, operation):
    for name in names:
        for fact in intents()[name].facts:
            result = fact.answer.rpartition(" is ")[2].rstrip(".")
            wanted = operation(value(fact.slots["a"]), value(fact.slots["b"]))
            assert value(result) == pytest.approx(wanted), (fact.slots, fact.answer)


def test_parts_of_numbers_are_right():
    shares = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
    for fact in intents()["percent"].facts:
        percent, n = value(fact.slots["part"].removesuffix(" percent")), value(fact.slots["n"])
        assert value(fact.answer.removeprefix("That is ").rstrip(".")) * 100 == percent * n
    for name, parts in shares.items():
        for fact in intents()[f"{name}_of"].facts:
            assert value(fact.answer.rpartition(" is ")[2].rstrip(".")) * parts == value(fact.slots["n"])
    for fact in intents()["odd_half"].facts:
        assert value(fact.answer.rpartition(" is ")[2].rstrip(".")) * 2 == value(fact.slots["n"])


def test_what_is_too_hard_is_answered_nowhere():
    asked = {question: answer for question, answer in domain().items() if answer == too_hard.ANSWER}
    assert len(asked) > 10_000
    small = {w: n for w, n in WHOLE.items() if n <= 12}
    for fact in intents()["too_hard"].facts:
        parts = fact.slots["x"].split(" times ")
        assert len(parts) != 2 or not all(part in small for part in parts)


def test_squares_and_primes_are_right():
    assert number_facts.PRIMES[:9] == (2, 3, 5, 7, 11, 13, 17, 19, 23) and 49 not in number_facts.PRIMES
    for fact in intents()["squared"].facts:
        assert value(fact.answer.rpartition(" is ")[2].rstrip(".")) == value(fact.slots["n"]) ** 2
    for fact in intents()["square_root"].facts:
        assert value(fact.answer.rpartition(" is ")[2].rstrip(".")) ** 2 == value(fact.slots["n"])


@pytest.mark.parametrize("templates", [unknown.TEMPLATES, unknown.HELD_OUT_TEMPLATES])
def test_what_is_unknown_is_not_taught(templates):
    """All questions of a template with up to two slots; more cannot be a question of the domain by chance."""
    for template in templates:
        names = re.findall(r"\{(\w+)\}", template)
        if len(names) > 2:
            continue
        pattern = re.sub(r"\{\w+\}", "{}", template)
        for chosen in itertools.product(*(SLOTS[name] for name in names)):
            question = pattern.format(*chosen)
            assert question not in domain(), (question, domain()[question])


@pytest.mark.parametrize("name", ["typed", "spoken", "cousins", "neural", "unknown"])
def test_the_sets_that_ship_stay_held_out(name):
    """No question of theirs is trained on, wrapped or not."""
    for item in open_set(name).items:
        if name == "unknown":
            assert item.text not in domain(), item.text
        else:
            assert not [text for text in wrapping.unwrapped(item.text) if text in training()], item.text


def test_what_is_asked_of_people_is_taught():
    """Their recordings are kept from training, not what they ask: a sum has hardly another wording."""
    assert all(scoring.right(domain()[one.text], one.key) for one in people.questions())


def test_wrapping_keeps_the_question():
    rng = random.Random(2)
    for _ in range(5_000):
        question = texts.draw_exchange(rng).question
        assert question in set(wrapping.unwrapped(wrapping.wrap(question, rng)))


def test_stumbling_over_a_sum_asks_the_same_sum():
    rng = random.Random(3)
    for _ in range(3_000):
        wrapped = wrapping.wrap("two plus two plus one", rng)
        assert wrapped.count("plus") == 2 and "a b c d and" in wrapping.wrap("a b c d and", rng)


def test_dialogues_go_on_from_what_wren_says():
    rng, drawn = random.Random(4), []
    for step in dialogues.STEPS:
        assert all(word in step.answer.lower() for word in step.key)
        found = [e for e in (texts.draw_step(step, step.wordings[0], rng) for _ in range(60)) if e]
        assert found, step
        drawn += found
    for exchange in drawn:
        turns, turn = 1, exchange
        while turn.before:
            step = next(s for s in dialogues.STEPS if turn.question in s.wordings and turn.before.answer in s.after)
            assert step.answer in texts.answers()
            turns, turn = turns + 1, turn.before
        assert 2 <= turns <= texts.MOST_TURNS


def test_a_dialogue_step_has_one_answer():
    found = {}
    for step in dialogues.STEPS:
        for before, wording in itertools.product(step.after, step.wordings):
            assert found.setdefault((before, wording), step.answer) == step.answer, (before, wording)


def test_follow_ups_of_the_two_sides_share_no_turn():
    for held_out in (False, True):
        rng = random.Random(5)
        for _ in range(200):
            turn = texts.draw_follow_up(rng, held_out)
            while turn:
                assert turn.intent == "unknown" or texts.is_held_out(turn.question) == held_out
                turn = turn.before
