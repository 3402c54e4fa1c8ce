"""The conversation between an engine and a sound card that are stood in for, without a window."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio.sound import Sound
from app.conversation import Conversation
from app.engine_thread import EngineThread
from tests.app.test_audio import RATE, Card

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
        self._voice.write(number, SECOND, RATE)
        self._voice.finish(number)


@pytest.fixture
def card():
    return Card()


@pytest.fixture
def sound(card):
    sound = Sound()
    sound.output.part = card.player
    return sound


def test_sound_that_comes_at_once_is_played(sound, card):
    engine = Eager(sound)
    conversation = Conversation(engine, sound)
    for ask in (lambda: conversation.ask("hello"), lambda: conversation.ask_aloud(SECOND, RATE)):
        before = engine.coming
        ask()
        assert conversation.last.number == before < engine.coming
        assert card.player.buffered_seconds == pytest.approx(1)
        for _ in range(60):
            card.pull()
        assert card.player.heard_seconds == pytest.approx(1) and card.player.is_done
        conversation.tick()
        assert conversation.played.seconds == pytest.approx(1)
