"""Drives the real window in a child process and reports what was on the screen.

A scenario is a generator: it acts on the window as a user would and yields conditions to wait for. Called with the
scenario's name, a folder for screenshots and the model ("random", or a name for `engine.models.load`); prints one JSON
object as its last line.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import theme
from app.audio.sound import Sound
from app.diagnostics.hooks import watched
from app.program import program
from app.settings.settings import Settings
from app.window import Window
from engine import log

PATIENCE = 90.0  # seconds for one condition; the machine may be busy
Scenario = Iterator[Callable[[], bool]]


class Driver:
    def __init__(self, window: Window, sound: Sound, folder: Path) -> None:
        self.window, self.sound, self.folder = window, sound, folder
        self.seen: dict = {"states": []}

    @property
    def turns(self):
        return self.window.conversation.turns

    @property
    def is_quiet(self) -> bool:
        return not self.window.conversation.is_busy

    def is_ready(self) -> bool:
        return self.window.conversation.model is not None and self.sound.is_settled

    def screenshot(self, name: str) -> None:
        self.window.grab().save(str(self.folder / f"{name}.png"))

    def note_state(self) -> None:
        state = self.window.conversation.status().state
        if self.seen["states"][-1:] != [state]:
            self.seen["states"].append(state)

    def say(self, wav: str) -> Callable[[], bool]:
        """Speaks a file into the virtual microphone; the condition holds when it was said."""
        talker = subprocess.Popen(["paplay", "--device=talker", "--latency-msec=20", wav])
        return lambda: talker.poll() is not None

    def type(self, text: str) -> None:
        self.window.chat.entry.setFocus()
        QTest.keyClicks(self.window.chat.entry, text)
        QTest.keyClick(self.window.chat.entry, Qt.Key.Key_Return)

    def note_turn(self, name: str) -> None:
        turn, card = self.turns[-1], self.window.chat.cards[-1]
        self.seen[name] = {
            "heard": card.heard.text(),
            "text": card.reply.text(),
            "schedule": turn.schedule,
            "tokens": len(turn.tokens),
            "refreshes": sum(token.refresh for token in turn.tokens),
            "bars": self.window.depth.bars,
            "question_seconds": turn.question_seconds,
            "made_seconds": turn.made_seconds,
            "note": turn.note,
        }


def pause(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def talk(driver: Driver, wav: str) -> Scenario:
    """A question with the mouse, one with the space bar, and a long reply that Esc stops."""
    window, sound, seen = driver.window, driver.sound, driver.seen
    yield driver.is_ready
    driver.screenshot("welcome")
    button = window.chat.talk
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    yield driver.say(wav)
    yield pause(0.3)
    driver.screenshot("listening")
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    yield lambda: bool(driver.turns)
    yield lambda: sound.player.has_sounded
    yield pause(0.5)
    driver.screenshot("speaking")
    yield lambda: driver.is_quiet
    driver.note_turn("mouse")
    seen["heard_seconds"] = sound.player.heard_seconds
    driver.screenshot("answered")

    preset = next(i for i, one in enumerate(window.picker._presets) if one.name == "SPAR-K Triple")
    window.picker.names.setCurrentIndex(preset)
    window.picker.names.activated.emit(preset)
    window.chat.talk.setFocus()
    QTest.keyPress(window.chat.talk, Qt.Key.Key_Space)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress) * 3:  # what a held key sends
        repeat = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True)
        QApplication.sendEvent(window.chat.talk, repeat)
    seen["still_down"] = window.chat.talk.isDown()
    yield driver.say(wav)
    yield pause(0.3)
    QTest.keyRelease(window.chat.talk, Qt.Key.Key_Space)
    yield lambda: len(driver.turns) == 2
    yield lambda: sound.player.has_sounded and sound.player.heard_seconds > 0.5
    seen["before_stop"] = sound.player.heard_seconds
    seen["buffered_before_stop"] = sound.player.buffered_seconds
    QTest.keyClick(window, Qt.Key.Key_Escape)
    seen["buffered_after_stop"] = sound.player.buffered_seconds
    yield lambda: driver.is_quiet
    driver.note_turn("space")
    seen["underruns"] = sound.player.underruns
    yield pause(0.5)


def type_only(driver: Driver, wav: str) -> Scenario:
    """A typed question with the space bar in it, and a schedule the model cannot run."""
    window, seen = driver.window, driver.seen
    yield driver.is_ready
    yield lambda: "microphone" in window.chat.status.lower()  # shown with the next look at the sound
    seen["status"] = window.chat.status
    window.picker.form.setText("spark:even@77")
    seen["refusal"] = window.picker.sentence
    driver.type("What is two plus two?")
    yield lambda: bool(driver.turns) and driver.turns[-1].is_over
    yield lambda: driver.is_quiet
    yield pause(0.1)
    driver.note_turn("typed")
    QTest.keyPress(window.chat.talk, Qt.Key.Key_Space)
    yield pause(0.1)
    QTest.keyRelease(window.chat.talk, Qt.Key.Key_Space)
    driver.screenshot("typed")


def killed(driver: Driver, wav: str) -> Scenario:
    """A question that is answered, and one in the middle of whose reply the program is killed."""
    yield driver.is_ready
    driver.type("What is the capital of Italy?")
    yield lambda: bool(driver.turns) and driver.turns[-1].is_over
    driver.type("Please count from one to ten.")
    yield lambda: len(driver.turns) == 2 and len(driver.turns[-1].tokens) > 20
    assert not driver.turns[-1].is_over
    os.kill(os.getpid(), signal.SIGKILL)


def afterwards(driver: Driver, wav: str) -> Scenario:
    """What another start shows of the last session."""
    talk = driver.window.talk
    yield driver.is_ready
    rows = talk.sessions.list.model()
    yield lambda: rows.rowCount() > 1  # the day, and below it the session
    driver.seen["listed"] = rows.rowCount() - 1
    index = rows.index(1, 0)
    talk.sessions.list.setCurrentIndex(index)
    QTest.keyClick(talk.sessions.list, Qt.Key.Key_Return)
    yield lambda: bool(talk.past.cards)
    driver.seen["cards"] = [(card.turn.heard, card.reply.text(), card.turn.note) for card in talk.past.cards]
    driver.screenshot("afterwards")


SCENARIOS = {"talk": talk, "type_only": type_only, "killed": killed, "afterwards": afterwards}


def run(scenario: str, folder: str, model: str, wav: str, *appearance: str) -> None:
    app = QApplication(["refrain"])
    theme.install(app, *appearance)
    load = None
    if model == "random":

        def load(name):
            from tests.app.random_voice import RandomVoice

            return RandomVoice(chunks=8)

    settings = Settings()
    settings.override("engine.model", model)
    log.start()
    with watched(), program(settings, load) as window:
        window.show()
        driver = Driver(window, window.sound, Path(folder))
        act_out(SCENARIOS[scenario](driver, wav), driver)
        app.exec()
    driver.seen["warnings"] = [entry.text for entry in log.recent() if entry.level >= logging.WARNING]
    print(json.dumps(driver.seen))


def act_out(steps: Scenario, driver: Driver) -> None:
    """Goes on with the scenario whenever the condition that it waits for holds, and closes the window after it."""
    window = driver.window
    waiting: list = [lambda: True, time.monotonic()]

    def step() -> None:
        driver.note_state()
        condition, since = waiting
        if not condition():
            if time.monotonic() - since > PATIENCE:
                driver.seen["error"] = f"waited too long in {window.chat.status}"
                driver.screenshot("stuck")
                window.close()
            return
        following = next(steps, None)
        if following is None:
            window.close()
            return
        waiting[:] = following, time.monotonic()

    timer = QTimer(window, interval=20)
    timer.timeout.connect(step)
    timer.start()


if __name__ == "__main__":
    run(*sys.argv[1:])
