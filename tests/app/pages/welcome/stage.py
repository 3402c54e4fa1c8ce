"""The dialog over a window, with a sound whose devices the test plays."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow

from app.core.conversation import Conversation
from app.engine_client.channel import EngineThread
from app.pages.welcome.welcome import Welcome
from tests.app.pages.welcome.card import FakeCard
from tests.app.random_voice import RandomVoice

KEYS = {"talk": "Space", "stop": "Esc"}


class Stage:
    def __init__(self, qtbot) -> None:
        self.qtbot, self.sound, self.ended = qtbot, FakeCard(), []
        self.conversation = Conversation(EngineThread(self.sound, lambda name: RandomVoice()), self.sound)
        self.window = QMainWindow()
        self.dialog = Welcome(self.conversation, self.sound, KEYS, self.window)
        self.dialog.completed.connect(lambda headphones: self.ended.append(headphones))
        self.dialog.skipped.connect(lambda: self.ended.append("skipped"))
        qtbot.addWidget(self.window)
        self.window.show()
        self.dialog.open()
        self.dialog._timer.stop()  # the tests move it
        qtbot.waitUntil(lambda: self.dialog.focusWidget() is not None)

    @property
    def number(self) -> int:
        return self.dialog.pages.currentIndex()

    @property
    def focus(self):
        return self.dialog.focusWidget()

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.focus, key, modifier)

    def go(self, number: int):
        while self.number < number:
            self.dialog.next()
        return self.dialog.step

    def hear(self, samples: np.ndarray) -> None:
        """In pieces, with a look at each, as at display rate."""
        for piece in np.array_split(samples, 20):
            self.sound.hears(piece)
            self.dialog.step.tick()

    def play(self, seconds: float) -> np.ndarray:
        self.qtbot.waitUntil(lambda: self.sound.player.buffered_seconds > 0)  # a thread writes it
        self.qtbot.waitUntil(lambda: self.sound.player._complete)
        sound = self.sound.pull(seconds)
        self.dialog.step.tick()
        return sound
