"""What a conversation keeps between turns: caches, what was heard, what is given up, taken back, let go or remembered."""

from __future__ import annotations

import pytest

from engine.dialogue import Dialogue
from engine.earlier import EarlierTurn, Remembered
from engine.events import Prefilled, Text, Token, TurnFinished
from tests.engine.dialogue.turns import WARM, full_depth_reply, ids, of, question, speak
from tests.engine.random_spoken_lm import RATE, UNIT, RandomSpokenLM

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")


@pytest.mark.parametrize("schedule", ["full", "spark:even@2", "spark:k=4,last@1+review"])
def test_the_kept_cache_equals_a_fresh_prefill(model, schedule):
    dialogue, prompt = Dialogue(model, schedule), []
    for text in ("one", "and two", "three?"):
        prompt += model.typed(text).ids
        events = list(dialogue.ask(text))
        assert of(Prefilled, events)[0].positions == len(prompt)
        prompt += ids(events)
    prompt += model.typed("last").ids
    events = list(dialogue.ask("last", schedule="full"))
    assert ids(events) == full_depth_reply(model, prompt)
    reused = of(Prefilled, events)[0].reused
    assert reused == len(prompt) - len(model.typed("last")) - 1  # the last token was never fed


def test_spoken_turns_keep_their_cache_too(model):
    first, second = question(seed=1), question(seed=2)
    dialogue = Dialogue(model)
    speak(dialogue, first)
    warm = speak(dialogue, second, block=300)
    again = Dialogue(model)
    speak(again, first)
    again._history._keep(0)
    cold = speak(again, second)
    assert ids(warm) == ids(cold)
    assert of(Prefilled, warm)[0].reused > 0 == of(Prefilled, cold)[0].reused


@pytest.mark.parametrize("schedule", ["full", "spark:triple@2"])
@pytest.mark.parametrize("played", [0, 1, 7, 100])
@pytest.mark.parametrize("stop", [15, None])
def test_only_what_was_heard_stays(model, schedule, played, stop):
    dialogue, tokens = Dialogue(model, schedule), []
    for event in dialogue.ask("hello"):
        if isinstance(event, Token):
            tokens.append(event)
            if len(tokens) == stop:
                dialogue.cancel()
    spoken = [token.index for token in tokens if token.kind == "speech"]
    kept = 0 if played == 0 else spoken[min(played, len(spoken)) - 1] + 1
    if played == 100 and stop is None:
        kept = len(tokens)
    reply = [token.id for token in tokens][:kept]
    text = dialogue.heard((played + 0.5) * UNIT / RATE)
    words = [token.id for token in tokens[:kept] if token.kind == "text"]
    assert text == model.decode_text(words).decode("utf-8", "ignore").strip()
    prompt = [*model.typed("hello").ids, *reply, *model.end_reply(reply).ids, *model.typed("next").ids]
    assert dialogue.positions == len(prompt) - len(model.typed("next"))
    events = list(dialogue.ask("next", schedule="full"))
    assert ids(events) == full_depth_reply(model, prompt)
    assert of(Prefilled, events)[0].reused > 0


def test_what_was_understood_stays_when_nothing_was_heard(model):
    dialogue = Dialogue(model)
    events = speak(dialogue, question())
    assert dialogue.heard(0.0) == ""
    understood = sum(token.kind == "heard" for token in of(Token, events))
    assert dialogue.positions == 14 + understood + 2


def test_heard_may_come_while_the_next_question_is_spoken(model):
    late, early = Dialogue(model), Dialogue(model)
    for dialogue in (late, early):
        speak(dialogue, question())
    early.heard(0.2)
    turns = [dialogue.open_turn() for dialogue in (late, early)]
    for turn in turns:
        turn.feed(question(0.5, seed=2), RATE)
    late.heard(0.2)
    assert ids(turns[0].reply()) == ids(turns[1].reply())


def test_heard_without_a_reply_does_nothing(model):
    assert Dialogue(model).heard(1.0) == ""


def test_an_abandoned_turn_leaves_no_trace(model):
    dialogue, plain = Dialogue(model), Dialogue(model)
    for each in (dialogue, plain):
        list(each.ask("hello"))
    before = dialogue.positions, dialogue._history.cached
    turn = dialogue.open_turn()
    turn.feed(question(), RATE)
    turn.abandon()
    turn.abandon()
    assert dialogue.positions == before[0]
    with pytest.raises(RuntimeError, match="over"):
        turn.feed(question(), RATE)
    with pytest.raises(RuntimeError, match="over"):
        turn.reply()
    dialogue.open_turn().feed(question(), RATE)  # and one that is forgotten
    assert ids(dialogue.ask("next")) == ids(plain.ask("next"))


def test_abandoning_brings_back_turns_that_made_room(model):
    dialogue = Dialogue(model)
    for text in ("one", "two", "three"):
        list(dialogue.ask(text))
    before = dialogue.positions
    turn = dialogue.open_turn()
    turn.feed(question(12), RATE)
    assert len(dialogue._history.exchanges) == 1
    turn.abandon()
    assert dialogue.positions == before and len(dialogue._history.exchanges) == 3


def test_reset_forgets_everything(model):
    dialogue = Dialogue(model)
    first = list(dialogue.ask("hello"))
    dialogue.reset()
    assert dialogue.positions == 0 and ids(dialogue.ask("hello")) == ids(first)


def test_the_oldest_turns_are_forgotten_when_the_context_is_full(model):
    dialogue, prompts, before = Dialogue(model), [], 0
    for index in range(9):
        prompt = model.typed(f"number {index}").ids
        events = list(dialogue.ask(f"number {index}"))
        assert isinstance(events[-1], TurnFinished) and events[-1].stats.limits == ()
        remembered = len(dialogue._history.exchanges)
        assert dialogue.positions <= dialogue.capacity == model.context
        expected = [token for turn in prompts[len(prompts) + 1 - remembered :] for token in turn]
        assert ids(events) == full_depth_reply(model, [*expected, *prompt])
        forgot = remembered < before + 1
        assert (of(Prefilled, events)[0].reused == 0) == (forgot or index == 0)
        prompts.append([*prompt, *ids(events)])
        before = remembered
    assert remembered < 9


@pytest.mark.parametrize("spoken", [False, True])
def test_a_full_context_is_prefilled_anew_once_in_five_turns_at_most(spoken, monkeypatch):
    model, starts = RandomSpokenLM(limit=10), []
    dialogue, turns, anew, remembered = Dialogue(model, max_tokens=10), [], [], []
    run = model.decoder.run
    monkeypatch.setattr(model.decoder, "run", lambda states, at, *rest: starts.append(at) or run(states, at, *rest))
    for index in range(40):
        text = "hi" if index % 3 else "hello"
        starts.clear()
        events = speak(dialogue, question(0.4 + 0.1 * (index % 3)), block=300) if spoken else list(dialogue.ask(text))
        assert isinstance(events[-1], TurnFinished) and events[-1].stats.limits == ()
        count = len(dialogue._history.exchanges)
        anew.append(starts.count(0))
        remembered.append(count)
        turns.append([*(model.typed(text).ids if not spoken else ()), *ids(events)])
        if not spoken:  # whole turns go, and what stays is what it was
            known = [token for turn in turns[-count:] for token in turn]
            assert dialogue._history.ids() == known
            assert ids(events) == full_depth_reply(model, known[: -len(ids(events))])
    assert sum(anew[1:]) >= 3
    assert all(sum(anew[start : start + 5]) <= 1 for start in range(1, 36))
    assert min(remembered[10:]) >= 2  # the turn before is never forgotten for turns to come


def test_old_turns_are_forgotten_before_a_reply_is_cut():
    dialogue = Dialogue(RandomSpokenLM(limit=50))
    for _ in range(4):
        events = list(dialogue.ask("hi"))
        assert len(ids(events)) == 50 and events[-1].stats.limits == ()
    assert len(dialogue._history.exchanges) == 2


def past_turn(asked, events, samples=None):
    tokens = of(Token, events)
    said = "".join(event.text for event in of(Text, events) if event.kind == "text")
    sound = {} if samples is None else {"samples": samples, "rate": RATE}
    return EarlierTurn(asked, said, tuple(token.id for token in tokens), tuple(token.kind for token in tokens), **sound)


def test_an_earlier_conversation_goes_on_as_if_it_had_not_been_left(model):
    first, recording = Dialogue(model, sampling=WARM), question()
    past = [past_turn("hello", list(first.ask("hello", seed=1))), past_turn("", speak(first, recording, seed=2), recording)]
    cut = list(first.ask("stop", seed=3))
    first.heard(2 * UNIT / RATE + 0.001)
    kept = first.last_reply_tokens
    whole = past_turn("stop", cut)
    assert 0 < kept < len(whole.ids)
    past.append(EarlierTurn("stop", whole.reply, whole.ids[:kept], whole.kinds[:kept]))

    second = Dialogue(model, sampling=WARM)
    assert second.remember(past) == Remembered(3, 0)
    assert second.positions == first.positions and second._history.ids() == first._history.ids()
    assert second._history.cached == second.positions  # nothing is left to prefill
    assert ids(second.ask("and now", seed=4)) == ids(first.ask("and now", seed=4))


def test_of_a_long_conversation_the_latest_turns_are_remembered_and_foreign_ones_by_their_words(model):
    first = Dialogue(model, sampling=WARM)
    past = []
    for number in range(12):
        past.append(past_turn("hello", list(first.ask("hello", seed=number))))
    second = Dialogue(model)
    found = second.remember(past)
    assert 0 < found.turns < 12 and second.positions <= second.capacity
    assert second._history.exchanges[-1].reply == list(past[-1].ids)
    foreign = [past[-2], EarlierTurn("who", "one two", ids=(10**9,), kinds=("text",), samples=question(), rate=RATE)]
    assert second.remember(foreign) == Remembered(2, 1)
    assert second._history.exchanges[-1].kinds == ["text"] * 7
    assert isinstance(list(second.ask("and"))[-1], TurnFinished)
    assert second.remember([EarlierTurn("", "?"), past[-1]]) == Remembered(1, 0)  # what cannot be asked ends it
    assert second.remember(past, cancelled=lambda: True) == Remembered(0, 0) and second.positions == 0
    wordless = EarlierTurn("", "one", samples=question(), rate=RATE)  # as models leave it that write down no question
    assert second.remember([wordless]) == Remembered(1, 1) and second._history.exchanges[0].heard > 5


def test_a_turn_that_is_taken_back_was_never_asked(model):
    dialogue = Dialogue(model, sampling=WARM)
    list(dialogue.ask("hello"))
    positions, first = dialogue.positions, ids(dialogue.ask("again", seed=5))
    dialogue.take_back()
    assert dialogue.positions == positions
    assert ids(dialogue.ask("again", seed=5)) == first
    for _ in range(3):
        dialogue.take_back()
    assert dialogue.positions == 0
