"""A conversation: streaming questions, what is kept between turns, cancelling, limits and failures."""

from __future__ import annotations

import threading
from itertools import groupby

import numpy as np
import pytest

from engine.decoding.interleaved import decode
from engine.dialogue import Dialogue
from engine.earlier import EarlierTurn, Remembered
from engine.events import Audio, Drafts, Listened, Prefilled, Text, Token, TurnCancelled, TurnFailed, TurnFinished
from engine.lm.sampling import Sampler, Sampling
from engine.lm.text_stream import TextStream
from engine.schedules import Full, ScheduleError
from tests.engine.random_lm import END, SHAPE
from tests.engine.random_spoken_lm import RATE, UNIT, LevelListener, RandomSpokenLM, ToneSpeaker, tone

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

WARM = Sampling(temperature=1.0)
SCHEDULES = ["full", "fixed:2", "spark:even@1", "spark:k=4,last@3", "spark:triple@2+review"]


@pytest.fixture(autouse=True)
def no_thread_stays():
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "vocoder"]


@pytest.fixture
def model():
    return RandomSpokenLM()


def question(seconds=1.0, rate=RATE, seed=0):
    """Something like syllables: a tone whose loudness changes at random."""
    random = np.random.default_rng(seed)
    at = np.arange(int(seconds * rate)) / rate
    loudness = np.interp(at, np.arange(500) / 10, random.random(500))
    return (loudness * np.sin(at * 2 * np.pi * 200)).astype(np.float32)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def ids(events):
    return [token.id for token in of(Token, events)]


def sound(events):
    return np.concatenate([np.zeros(0, np.float32), *(audio.samples for audio in of(Audio, events))])


def speak(dialogue, samples, rate=RATE, block=None, **options):
    turn = dialogue.open_turn()
    for start in range(0, len(samples), block or max(1, len(samples))):
        turn.feed(samples[start : start + (block or len(samples))], rate)
    return list(turn.reply(**options))


def full_depth_reply(model, prompt, spoken=False):
    """Greedy ids after prompt ids, from an empty cache."""
    cache = model.decoder.new_cache()
    states = model.decoder.run(model.decoder.embed(prompt), 0, cache)
    logits = model.decoder.logits(states[-1:])
    decoding = decode(model, cache, logits, model.pattern(spoken), Full(), Sampler(Sampling()))
    return [event.id for event in decoding]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_turn_is_told_in_order_and_whole(model, schedule):
    events = speak(Dialogue(model, schedule), question(), block=100)
    tokens, stats = of(Token, events), events[-1].stats
    assert [type(event) for event in events[:2]] == [Listened, Prefilled] and isinstance(events[2], Token | Drafts)
    assert isinstance(events[-1], TurnFinished)
    assert len(of(Listened, events) + of(Prefilled, events)) == 2
    assert not of(TurnFinished | TurnCancelled | TurnFailed, events[:-1])
    assert [token.index for token in tokens] == list(range(len(tokens))) and tokens[-1].id == END
    assert [token.at for token in tokens] == sorted(token.at for token in tokens)
    spoken = [token for token in tokens if token.kind == "speech"]
    assert np.array_equal(sound(events), np.concatenate([tone(token.id) for token in spoken]))
    assert stats.schedule == schedule and stats.limits == () and stats.question_seconds == 1.0
    assert events[0].audio_seconds == 1.0 and events[0].positions == 10 and events[1].positions == 14
    for kind in ("heard", "text"):
        assert "".join(text.text for text in of(Text, events) if text.kind == kind) == getattr(stats, kind)
        assert stats.tokens[kind] == sum(token.kind == kind for token in tokens) > 0
    assert stats.tokens["speech"] == len(spoken) and stats.audio_seconds == len(spoken) * UNIT / RATE
    assert stats.depth["full"] == SHAPE.layers
    assert stats.depth["mean_speech"] == pytest.approx(np.mean([token.depth for token in spoken]))
    assert stats.depth["mean_all"] == pytest.approx(np.mean([token.depth for token in tokens]))
    assert stats.refreshes == sum(token.refresh for token in tokens)
    assert stats.accepted == sum(drafts.accepted for drafts in of(Drafts, events))
    assert stats.rejected == sum(len(drafts.rejected) for drafts in of(Drafts, events))
    assert all(stats.seconds[name] > 0 for name in ("listen", "prefill", "first_audio", "decode", "speak", "total"))
    assert stats.tokens_per_second == pytest.approx(len(tokens) / stats.seconds["decode"])
    last_made = max(audio.at for audio in of(Audio, events))
    assert stats.real_time_factor == pytest.approx(last_made / stats.audio_seconds)
    assert stats.seconds["first_audio"] <= last_made <= stats.seconds["total"]


def test_sound_says_which_tokens_it_came_from(model):
    events = list(Dialogue(model).ask("hello"))
    spoken = [token.index for token in of(Token, events) if token.kind == "speech"]
    marks = [audio.token_index for audio in of(Audio, events)]
    assert [mark for mark, _ in groupby(marks)] == [index + 1 for index in spoken[1:]]


@pytest.mark.parametrize("rate", [RATE, 16000, 44100, 48000])
def test_streaming_is_the_same_as_all_at_once(model, rate):
    samples = question(1.3, rate)
    whole = speak(Dialogue(model), samples, rate)
    for block in (97, rate // 4):
        parts = speak(Dialogue(model), samples, rate, block)
        assert ids(parts) == ids(whole) and np.array_equal(sound(parts), sound(whole))
        assert parts[0].positions == whole[0].positions == 13
    assert ids(speak(Dialogue(model), question(1.3, rate, seed=1), rate)) != ids(whole)


def test_channels_are_averaged_and_clipping_is_no_error(model):
    samples = np.clip(3 * question(), -1, 1)
    mono = speak(Dialogue(model), samples)
    both = speak(Dialogue(model), np.stack([samples * 1.5, samples * 0.5], 1))
    assert ids(both) == ids(mono) and isinstance(mono[-1], TurnFinished)


def test_the_prompt_is_prefilled_while_the_user_speaks(model):
    dialogue = Dialogue(model)
    turn = dialogue.open_turn()
    for _ in range(5):
        turn.feed(question(0.2), RATE)
    assert dialogue._history.cached == 2 + 9  # all but the listener's delay
    assert next(iter(turn.reply())).positions == 10


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


def test_a_seed_fixes_a_reply(model):
    runs = [list(Dialogue(model, sampling=WARM, seed=seed).ask("hello")) for seed in (3, 3, 4)]
    assert ids(runs[0]) == ids(runs[1]) != ids(runs[2])
    assert np.array_equal(sound(runs[0]), sound(runs[1]))
    assert runs[0][-1].stats.seed == 3
    assert ids(Dialogue(model).ask("hello", sampling=WARM, seed=3)) == ids(runs[0])


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_cancel_takes_effect_within_a_token(model, schedule):
    dialogue, seen, late = Dialogue(model, schedule), [], 0
    for event in dialogue.ask("hello"):
        late += len(seen) >= 9 and isinstance(event, Token)
        if isinstance(event, Token):
            seen.append(event.id)
            if len(seen) == 9:
                canceller = threading.Thread(target=dialogue.cancel)
                canceller.start()
                canceller.join()
    assert late <= 1 and isinstance(event, TurnCancelled) and event.stats.limits == ()
    prompt = [*model.typed("hello").ids, *seen, *model.end_reply(seen).ids, *model.typed("next").ids]
    following = list(dialogue.ask("next", schedule="full"))
    assert isinstance(following[-1], TurnFinished) and ids(following) == full_depth_reply(model, prompt)


def test_cancel_before_the_first_token(model):
    dialogue = Dialogue(model)
    events = dialogue.ask("hello")
    dialogue.cancel()
    events = list(events)
    assert isinstance(events[-1], TurnCancelled) and not of(Token, events)
    assert isinstance(list(dialogue.ask("next"))[-1], TurnFinished)


def test_cancel_while_only_the_vocoder_works():
    dialogue = None

    class Cancelling(ToneSpeaker):
        def finish(self):
            dialogue.cancel()
            return super().finish()

    dialogue = Dialogue(RandomSpokenLM(speaker=Cancelling))
    assert isinstance(list(dialogue.ask("hello"))[-1], TurnCancelled)


def test_closing_the_events_keeps_what_was_received(model):
    dialogue = Dialogue(model)
    events = dialogue.ask("hello")
    seen = [next(events) for _ in range(7)]
    with pytest.raises(RuntimeError, match="still running"):
        dialogue.heard(1.0)
    events.close()
    prompt = [*model.typed("hello").ids, *ids(seen), *model.end_reply(ids(seen)).ids, *model.typed("next").ids]
    assert ids(dialogue.ask("next")) == full_depth_reply(model, prompt)


def test_decoding_never_waits_for_the_vocoder():
    release = threading.Event()

    class Waiting(ToneSpeaker):
        def feed(self, tokens):
            assert release.wait(20)
            return super().feed(tokens)

    events = Dialogue(RandomSpokenLM(speaker=Waiting)).ask("hello")
    for event in events:
        assert not isinstance(event, Audio)
        if isinstance(event, Token) and event.id == END:
            break
    release.set()
    assert of(Audio, rest := list(events)) and isinstance(rest[-1], TurnFinished)


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


def test_old_turns_are_forgotten_before_a_reply_is_cut():
    dialogue = Dialogue(RandomSpokenLM(limit=50))
    for _ in range(4):
        events = list(dialogue.ask("hi"))
        assert len(ids(events)) == 50 and events[-1].stats.limits == ()
    assert len(dialogue._history.exchanges) == 2


@pytest.mark.parametrize("block", [None, 4000])
def test_a_spoken_question_that_is_too_long_is_cut(model, block):
    dialogue = Dialogue(model)
    list(dialogue.ask("hello"))
    events = speak(dialogue, question(40), block=block)
    room = model.context - model.context // 3 - 4
    assert isinstance(events[-1], TurnFinished) and events[0].positions == room
    assert events[-1].stats.limits == (
        f"The question was too long: the model was given only the first {room / 10:.1f} s of 40.0 s.",
    )
    assert ids(events) == ids(speak(Dialogue(model), question(40)))


def test_a_typed_question_that_is_too_long_is_cut(model):
    text = "why " * 100
    events = list(Dialogue(model).ask(text))
    room = model.context - model.context // 3 - 3
    assert isinstance(events[-1], TurnFinished) and f"first {room} of 400 characters" in events[-1].stats.limits[0]
    assert ids(events) == ids(Dialogue(model).ask(text[:room]))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_reply_is_cut_at_the_limit(model, schedule):
    dialogue = Dialogue(model, schedule, max_tokens=10)
    events = list(dialogue.ask("hello"))
    assert len(ids(events)) == 10 and events[-1].stats.limits == ("The reply was cut at the limit of 10 tokens.",)
    prompt = [*model.typed("hello").ids, *ids(events), *model.end_reply(ids(events)).ids, *model.typed("next").ids]
    assert ids(dialogue.ask("next", schedule="full")) == full_depth_reply(model, prompt)[:10]


def test_a_reply_is_cut_where_the_room_ends():
    dialogue = Dialogue(RandomSpokenLM(limit=100), capacity=40)
    events = list(dialogue.ask("hello"))
    assert isinstance(events[-1], TurnFinished) and "40 positions" in events[-1].stats.limits[0]
    assert isinstance(list(dialogue.ask("and then?"))[-1], TurnFinished)


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (question(0), "no sound"),
        (question() * 1e-5, "silent"),
        (question(0.05), "shorter"),
        (np.full(RATE, np.nan, np.float32), "not numbers"),
        (np.full(RATE, -np.inf, np.float32), "not numbers"),
    ],
)
def test_what_is_no_question_is_told(model, samples, said):
    dialogue = Dialogue(model)
    list(dialogue.ask("hello"))
    before = dialogue.positions
    (event,) = speak(dialogue, samples)
    assert isinstance(event, TurnFailed) and said in event.message and event.message.endswith(".")
    assert dialogue.positions == before
    assert isinstance(speak(dialogue, question())[-1], TurnFinished)


def test_a_turn_without_any_sound_is_told(model):
    (event,) = Dialogue(model).open_turn().reply()
    assert isinstance(event, TurnFailed) and "no sound" in event.message


def test_an_empty_typed_question_is_told(model):
    (event,) = Dialogue(model).ask("  ")
    assert event == TurnFailed("There is no question: type some words.")


def test_what_is_no_sound_is_refused_at_once(model):
    turn = Dialogue(model).open_turn()
    with pytest.raises(ValueError, match="floats"):
        turn.feed(np.zeros(100, np.int16), RATE)
    with pytest.raises(ValueError, match="floats"):
        turn.feed(np.zeros((2, 2, 2), np.float32), RATE)
    with pytest.raises(ValueError, match="per second"):
        turn.feed(np.zeros(100, np.float32), 0)
    turn.feed(question(), RATE)
    with pytest.raises(ValueError, match="16000"):
        turn.feed(question(), 16000)
    assert isinstance(list(turn.reply())[-1], TurnFinished)


class BrokenListener(LevelListener):
    def feed(self, samples):
        raise OSError("ear")


class BrokenAtTheEnd(LevelListener):
    def finish(self):
        raise OSError("ear")


class BrokenSpeaker(ToneSpeaker):
    def feed(self, tokens):
        if len(self.waiting) + 1 > 1:
            raise OSError("mouth")
        return super().feed(tokens)


class BrokenTail(ToneSpeaker):
    def finish(self):
        raise OSError("mouth")


class NoSpeaker(ToneSpeaker):
    def __init__(self):
        raise OSError("mouth")


@pytest.mark.parametrize(
    "parts",
    [
        {"listener": BrokenListener},
        {"listener": BrokenAtTheEnd},
        {"speaker": BrokenSpeaker},
        {"speaker": BrokenTail},
        {"speaker": NoSpeaker},
    ],
)
def test_after_a_failure_the_dialogue_goes_on(model, parts, caplog):
    plain, dialogue = Dialogue(RandomSpokenLM()), Dialogue(model)
    for each in (plain, dialogue):
        list(each.ask("hello"))
    healthy = {name: getattr(model, name) for name in parts}
    for name, part in parts.items():
        setattr(model, name, part)
    event = speak(dialogue, question())[-1]
    assert isinstance(event, TurnFailed) and "OSError" in event.message
    assert any(record.exc_info for record in caplog.records)
    for name, part in healthy.items():
        setattr(model, name, part)
    assert ids(speak(dialogue, question())) == ids(speak(plain, question()))


def test_a_failure_while_decoding(model, monkeypatch):
    dialogue = Dialogue(model, "spark:even@2")
    list(dialogue.ask("hello"))
    before, run, steps = dialogue.positions, model.decoder.run, []

    def failing(states, start, cache, first=0, last=None):
        steps.append(start)
        if len(steps) > 9:
            raise MemoryError("full")
        return run(states, start, cache, first, last)

    monkeypatch.setattr(model.decoder, "run", failing)
    assert isinstance(list(dialogue.ask("next"))[-1], TurnFailed)
    monkeypatch.undo()
    assert dialogue.positions == before
    fresh = Dialogue(model, "spark:even@2")
    list(fresh.ask("hello"))
    assert ids(dialogue.ask("next")) == ids(fresh.ask("next"))


def test_schedules_are_checked(model):
    with pytest.raises(ScheduleError):
        Dialogue(model, "fixed:9")
    dialogue = Dialogue(model)
    (event,) = dialogue.ask("hello", schedule="spark:even@9")
    assert isinstance(event, TurnFailed) and "layer 9" in event.message
    (event,) = dialogue.ask("hello", schedule="quickly")
    assert isinstance(event, TurnFailed) and "not a schedule" in event.message


def test_one_reply_at_a_time(model):
    dialogue = Dialogue(model)
    events = dialogue.ask("hello")
    next(events)
    for refused in (dialogue.open_turn, dialogue.reset, lambda: dialogue.ask("more")):
        with pytest.raises(RuntimeError, match="still running"):
            refused()
    rest = list(events)
    assert isinstance(rest[-1], TurnFinished)


def test_the_turn_is_over_when_its_last_event_is_out(model):
    dialogue = Dialogue(model)
    events = dialogue.ask("hello")
    while not isinstance(next(events), TurnFinished):
        pass
    assert isinstance(list(dialogue.ask("next"))[-1], TurnFinished)


def test_text_comes_in_whole_characters():
    data = "  añb \U0001f600 c  ".encode()
    stream = TextStream(lambda ids: data[: len(ids)])
    parts = [stream.feed(0) for _ in data]
    assert "".join(parts) == "añb \U0001f600 c" and "\ufffd" not in "".join(parts)
    assert parts[3:5] == ["", "ñ"] and parts[-1] == ""


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
