"""Drives the real window in a child process and reports what was on the screen.

A scenario is a generator: it acts on the window as a user would, with real keys and clicks that come from the X server,
and yields conditions to wait for. Called with the scenario's name, a folder for screenshots and the model ("random", or a
name for `engine.models.load`); prints one JSON object as its last line.
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
from threading import Thread

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.audio.sound import Sound
from app.desktop.hooks import watched
from app.program import program
from app.settings.settings import Settings
from app.storage.library import WORDS
from app.storage.records import TOKENS
from app.widgets import theme
from app.window import Window
from engine import folders, log
from tests.rig.hands import Hands
from tests.rig.processes import busy

PATIENCE = 90.0  # seconds for one condition; the machine may be busy
Scenario = Iterator[Callable[[], bool]]


class Driver:
    def __init__(self, window: Window, sound: Sound, folder: Path) -> None:
        self.window, self.sound, self.folder = window, sound, folder
        self.hands = Hands()
        self.seen: dict = {"states": []}

    @property
    def turns(self):
        return self.window.conversation.turns

    @property
    def is_quiet(self) -> bool:
        return not self.window.conversation.is_busy

    def is_ready(self) -> bool:
        is_loaded = self.window.conversation.model is not None and self.sound.is_settled
        return is_loaded and self.window.isActiveWindow()  # keys go to it

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

    @staticmethod
    def place(widget: QWidget) -> tuple[int, int]:
        """Its middle, on the screen."""
        return widget.mapToGlobal(widget.rect().center()).toTuple()

    def click(self, widget: QWidget) -> None:
        self.hands.click(self.place(widget))

    def ask(self, text: str) -> None:
        """Types a question."""
        self.click(self.window.chat.entry)
        self.hands.type(text)
        self.hands.press("Return")

    def note_turn(self, name: str) -> None:
        turn, card = self.turns[-1], self.window.chat.cards[-1]
        self.seen[name] = {
            "heard": card.heard.text(),
            "text": card.reply.text(),
            "schedule": turn.schedule,
            "tokens": len(turn.record.tokens),
            "refreshes": turn.record.refreshes,
            "bars": self.window.talk.depths.bars,
            "question_seconds": turn.record.question_seconds,
            "made_seconds": turn.record.audio_seconds,
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
    x, y = driver.place(window.chat.talk)
    driver.hands.hold_mouse((x, y))
    yield driver.say(wav)
    driver.hands.move_mouse((x, y - 120))  # a hand that drifts off the button
    yield pause(0.3)
    driver.screenshot("listening")
    driver.hands.let_go_mouse()
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
    with busy(2):  # Qt takes a repeat for a release when it comes late to look at it
        driver.hands.hold("space")
        yield driver.say(wav)
        yield pause(0.3)
        driver.hands.let_go("space")
    yield lambda: len(driver.turns) == 2
    yield lambda: sound.player.has_sounded and sound.player.heard_seconds > 0.5
    seen["before_stop"] = sound.player.heard_seconds
    seen["buffered_before_stop"] = sound.player.buffered_seconds
    driver.hands.press("Escape")
    yield lambda: not sound.player.buffered_seconds
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
    driver.click(window.picker.form)
    driver.hands.press("ctrl+a")
    driver.hands.type("spark:even@77")  # halfway there it can be used
    driver.hands.press("Return")
    yield lambda: "stays in use" in window.picker.sentence
    seen["refusal"] = window.picker.sentence
    driver.ask("What is two plus two?")
    yield lambda: bool(driver.turns) and driver.turns[-1].is_over
    yield lambda: driver.is_quiet
    yield pause(0.1)
    driver.note_turn("typed")
    driver.hands.press("space")
    yield pause(0.1)
    driver.screenshot("typed")


def scheduled(driver: Driver, wav: str) -> Scenario:
    """A spoken question, and typed ones under other schedules, to a model whose speech tokens are frames of codes."""
    window = driver.window
    yield driver.is_ready
    driver.hands.hold_mouse(driver.place(window.chat.talk))
    yield driver.say(wav)
    driver.hands.let_go_mouse()
    yield lambda: bool(driver.turns) and driver.turns[-1].is_over and driver.is_quiet
    driver.note_turn("full")
    for number, schedule in enumerate(("spark:k=4,last@4", "spark:k=4,last@4+review", "full+codes=3"), 2):
        driver.click(window.picker.form)
        driver.hands.press("ctrl+a")
        driver.hands.type(schedule)
        driver.hands.press("Return")
        yield lambda schedule=schedule: window.picker.form.text() == schedule
        driver.ask("and then what")
        yield lambda number=number: len(driver.turns) == number and driver.turns[-1].is_over and driver.is_quiet
        driver.note_turn(schedule)
        driver.seen[schedule]["codes"] = sorted({len(token.codes) for token in driver.turns[-1].record.tokens})
    driver.screenshot("frames")


def killed(driver: Driver, wav: str) -> Scenario:
    """A question that is answered, and one in the middle of whose reply the program is killed."""
    yield driver.is_ready
    driver.ask("What is the capital of Italy?")
    yield lambda: bool(driver.turns) and driver.turns[-1].is_over
    Thread(target=die_when_written, args=(folders.data(),), daemon=True).start()
    driver.ask("Please count from one to ten.")
    yield lambda: len(driver.turns) == 2 and driver.turns[-1].is_over
    driver.seen["error"] = "the reply was over before the program was killed"


def die_when_written(data: Path) -> None:
    """Kills this program in the middle of a reply, once some of its tokens and words are on disk."""
    while not any((file.parent / TOKENS).stat().st_size > 4000 for file in data.rglob(WORDS)):  # a whole turn has no such file
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGKILL)


def afterwards(driver: Driver, wav: str) -> Scenario:
    """What another start shows of the last session."""
    talk = driver.window.talk
    yield driver.is_ready
    rows = talk.sessions.list.model()
    yield lambda: rows.rowCount() > 1  # the day, and below it the session
    driver.seen["listed"] = rows.rowCount() - 1
    index = rows.index(1, 0)
    sessions = talk.sessions.list
    driver.hands.click(sessions.viewport().mapToGlobal(sessions.visualRect(index).center()).toTuple())
    yield lambda: bool(talk.past.cards)
    driver.seen["cards"] = [(card.turn.heard, card.reply.text(), card.turn.note) for card in talk.past.cards]
    driver.screenshot("afterwards")


SCENARIOS = {"talk": talk, "type_only": type_only, "scheduled": scheduled, "killed": killed, "afterwards": afterwards}


def start(scenario: Callable[[Driver], Scenario], folder: Path, model: str, *appearance: str) -> dict:
    """Acts the scenario out in the real window, with screenshots in `folder`, and returns what was seen."""
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
        driver = Driver(window, window.sound, folder)
        act_out(scenario(driver), driver)
        app.exec()
    driver.seen["warnings"] = [entry.text for entry in log.recent() if entry.level >= logging.WARNING]
    return driver.seen


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
    name, folder, model, wav, *appearance = sys.argv[1:]
    print(json.dumps(start(lambda driver: SCENARIOS[name](driver, wav), Path(folder), model, *appearance)))
