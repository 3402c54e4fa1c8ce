"""A turn from its question to its last event: streaming, sound, seeds, cancelling, one reply at a time."""

from __future__ import annotations

import threading
from itertools import groupby

import numpy as np
import pytest

from engine.dialogue import Dialogue
from engine.events import Audio, Drafts, Listened, Prefilled, Text, Token, TurnCancelled, TurnFailed, TurnFinished
from engine.lm.text_stream import TextStream
from tests.engine.dialogue.turns import SCHEDULES, WARM, full_depth_reply, ids, of, question, sound, speak
from tests.engine.random_lm import END, SHAPE
from tests.engine.random_spoken_lm import RATE, UNIT, RandomSpokenLM, ToneSpeaker, tone

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")


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
