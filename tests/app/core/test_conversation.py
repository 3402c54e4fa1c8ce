"""The conversation between an engine and a sound card that are stood in for, without a window."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from app.audio.recorder import Recorder
from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.engine_client.channel import EngineThread
from engine.events import Audio
from engine.turn_record import TurnRecord
from tests.app.audio.test_audio import BLOCK, DEVICE, FINE, RATE, Card
from tests.app.engine_client.test_channel import ended, until
from tests.app.random_voice import RandomVoice

SECOND = np.full(RATE, 0.5, np.float32)


class Eager(EngineThread):
    """Speaks before its asker goes on, as an engine may that is faster than the screen."""

    def __init__(self, sound):
        super().__init__(sound)
        self._voice = sound

    def ask(self, *what, **how):
        number = super().ask(*what, **how)
        self._speak(number)
        return number

    def reply(self, turn, *how, **more):
        super().reply(turn, *how, **more)
        self._speak(turn)

    def _speak(self, number):
        record = TurnRecord()
        record.apply(Audio(SECOND, RATE, 1, 0.0))
        record.end("finished")
        self._voice.play(number, record)


@pytest.fixture
def card():
    return Card()


@pytest.fixture
def sound(card):
    sound = Sound()
    sound.output.part = card.player
    return sound


def test_sound_that_comes_at_once_is_played(sound, card, qtbot):
    engine = Eager(sound)
    conversation = Conversation(engine, sound)
    for ask in (lambda: conversation.ask("hello"), lambda: conversation.ask_aloud(SECOND, RATE)):
        before = engine.coming
        ask()
        assert conversation.last.number == before < engine.coming
        qtbot.waitUntil(lambda: card.player.buffered_seconds == pytest.approx(1))
        for _ in range(60):
            card.pull()
        assert card.player.heard_seconds == pytest.approx(1) and card.player.is_done
        conversation.tick()
        assert conversation.last.played.seconds == pytest.approx(1)


def speak(recorder, seconds=1.0):
    for start in range(0, round(seconds * RATE), BLOCK):
        block = 0.1 * np.random.default_rng(start).standard_normal((BLOCK, 2)).astype(np.float32)
        recorder._callback(block, BLOCK, None, FINE)


@pytest.mark.usefixtures("any_sound_is_speech")
def test_a_question_is_heard_while_the_screen_stands_still(sound):
    model, heard = RandomVoice(chunks=1), threading.Event()
    recorder = sound.input.part = Recorder(DEVICE)
    listener = model.listener

    class Listener:
        def __init__(self):
            self._listener, self._samples = listener(), 0

        def feed(self, samples):
            self._samples += len(samples)
            if self._samples >= 0.9 * model.input_rate:
                heard.set()
            return self._listener.feed(samples)

        def finish(self):
            return self._listener.finish()

    model.listener = Listener
    engine = EngineThread(sound, lambda name: model)
    engine.start()
    try:
        engine.load("any")
        conversation = Conversation(engine, sound)
        until(engine, lambda report: conversation.take(report) or conversation.model is not None)
        conversation.press()
        speak(recorder)
        assert heard.wait(60)  # nobody has looked at the conversation
        speak(recorder, 0.5)
        conversation.finish()
        conversation.tick()
        turn = conversation.last
        kept = sum(map(len, turn.question_samples))
        assert kept == 1.5 * RATE  # before the button nothing was there
        record = until(engine, ended(turn.number))[-1].record
        assert record.state == "finished" and record.question_seconds == pytest.approx(1.5)
        assert np.array_equal(np.concatenate(turn.question_samples), recorder.ring.since(0))
    finally:
        engine.close()


@pytest.mark.usefixtures("any_sound_is_speech")
def test_a_question_that_waits_for_the_model_is_heard_from_its_beginning(sound):
    recorder, may_load = Recorder(DEVICE), threading.Event()
    sound.input.part = recorder
    engine = EngineThread(sound, lambda name: may_load.wait(60) and RandomVoice(chunks=1))
    engine.start()
    try:
        engine.load("any")
        conversation = Conversation(engine, sound)
        conversation.press()
        for _ in range(7):
            speak(recorder, 10)
            conversation.tick()
        conversation.finish()
        conversation.tick()
        may_load.set()
        record = until(engine, ended(conversation.last.number))[-1].record
        assert record.state == "finished" and record.question_seconds == pytest.approx(70)
    finally:
        engine.close()
