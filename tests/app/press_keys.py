"""Acts out in the real window, with real keys and clicks, to whom a key belongs; prints what came of each as JSON.

Called with a folder for screenshots; see `tests.app.drive`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPushButton

from app.desktop.instance import Instance
from app.pages.talk.session_list import INFO
from engine import folders
from tests.app.drive import Driver, Scenario, pause, start
from tests.rig.processes import ROOT, busy

SUGGESTION = "What is two plus two?"
LONGEST = 10.0  # seconds for what a key does; the machine may be busy


def soon(condition: Callable[[], bool]) -> Callable[[], bool]:
    """Holds as soon as the condition does, and at the latest after a while."""
    end = time.monotonic() + LONGEST
    return lambda: condition() or time.monotonic() > end


class Watch:
    """Sees each question that begins while `note` is called."""

    def __init__(self, driver: Driver) -> None:
        self._conversation = driver.window.conversation
        self.numbers: list[int] = []

    def note(self) -> bool:
        number = self._conversation.recording
        if number is not None and number not in self.numbers:
            self.numbers.append(number)
        return False


class Count:
    """Counts the calls of a method from here on."""

    def __init__(self, owner: object, name: str) -> None:
        self.calls = 0
        self._act = getattr(owner, name)
        setattr(owner, name, self)

    def __call__(self, *arguments) -> None:
        self.calls += 1
        self._act(*arguments)


def keys(driver: Driver) -> Scenario:
    """All of it, one after another."""
    yield driver.is_ready
    yield from space(driver)
    yield from held(driver)
    yield from panels(driver)
    yield from sessions(driver)
    yield from sheet(driver)
    yield from second_start(driver)


def space(driver: Driver) -> Scenario:
    """Space after a click, in a field, and on a control that Tab led to."""
    window, hands, seen = driver.window, driver.hands, driver.seen
    conversation, bar = window.conversation, window.chat.bar

    def talks(name: str) -> Scenario:
        hands.press("space")
        yield soon(lambda: conversation.question is not None)
        talking = conversation.question is not None
        seen[name] = {"talks": talking, "typed": bar.entry.text(), "hands_free": conversation.hands_free}
        hands.press("Escape")
        yield soon(lambda: conversation.question is None)

    conversation.transcript.model = replace(conversation.model, examples=(SUGGESTION,))
    suggested = lambda: [one for one in window.chat.findChildren(QPushButton) if one.text() == SUGGESTION]  # noqa: E731
    yield lambda: bool(suggested())
    yield pause(0.2)  # until it has its place
    driver.click(suggested()[0])
    yield soon(lambda: len(driver.turns) == 1)
    yield lambda: driver.is_quiet
    yield from talks("after a suggestion")
    for on in (True, False):
        driver.click(bar.hands_free)
        yield soon(lambda on=on: conversation.hands_free == on)
    yield from talks("after a switch")
    driver.click(bar.entry)
    yield from talks("in the empty field")
    driver.click(bar.entry)
    hands.type("so m")
    yield soon(lambda: bar.entry.text() == "so m")
    seen["typing"] = {"typed": bar.entry.text(), "talks": conversation.question is not None, "muted": conversation.muted}
    hands.press("Return")
    yield soon(lambda: len(driver.turns) == 2)
    yield lambda: driver.is_quiet
    yield from talks("in the field after a reply")
    driver.click(bar.entry)
    for _ in range(12):
        hands.press("shift+Tab")
        yield pause(0.15)
        if bar.hands_free.hasFocus():
            break
    hands.press("space")
    yield soon(lambda: conversation.hands_free)
    seen["after Tab"] = {"talks": conversation.question is not None, "hands_free": conversation.hands_free}
    hands.press("space")
    yield soon(lambda: not conversation.hands_free)


def held(driver: Driver) -> Scenario:
    """A chord that is held while it repeats, and a key that is held while another window comes."""
    window, hands, seen = driver.window, driver.hands, driver.seen
    window.shortcuts.assign("talk", "Ctrl+T")
    watch = Watch(driver)
    hands.hold("ctrl")
    hands.hold("t")
    since = time.monotonic()
    yield lambda: watch.note() or time.monotonic() > since + 1.2
    hands.let_go("ctrl")
    yield lambda: watch.note() or time.monotonic() > since + 1.8
    seen["chord"] = {"down": window.chat.talk.isDown()}
    hands.let_go("t")
    yield soon(lambda: watch.note() or not window.chat.talk.isDown())
    yield soon(lambda: watch.note() or window.conversation.question is None)
    seen["chord"] |= {"questions": len(watch.numbers), "up": not window.chat.talk.isDown()}
    window.shortcuts.assign("talk", "Space")
    yield lambda: driver.is_quiet
    window.shortcuts.assign("mute_speaker", "F9")
    muted, silenced = Count(window.conversation, "set_muted"), Count(window.conversation, "set_speaker_muted")
    with busy(4):
        for key in ("m", "F9"):
            hands.hold(key)
            yield pause(1.5)
            hands.let_go(key)
            yield pause(0.3)
    seen["once"] = [muted.calls, silenced.calls]
    window.conversation.set_muted(False)
    window.conversation.set_speaker_muted(False)
    driver.click(window.chat.talk)  # a tap
    yield soon(lambda: window.conversation.question is not None)
    yield pause(0.4)
    seen["tap"] = {"goes_on": window.conversation.question is not None}
    driver.click(window.chat.talk)
    yield soon(lambda: window.conversation.question is None)
    seen["tap"]["ends"] = window.conversation.question is None
    yield lambda: driver.is_quiet
    hands.hold("space")
    yield soon(window.chat.talk.isDown)
    hands.press("F1")
    yield soon(lambda: not window.isActiveWindow())
    yield soon(lambda: not window.chat.talk.isDown())
    seen["lost"] = {"up": not window.chat.talk.isDown()}
    hands.let_go("space")
    hands.press("Escape")
    yield soon(window.isActiveWindow)
    yield lambda: driver.is_quiet


def panels(driver: Driver) -> Scenario:
    """Each key of a panel, twice."""
    docks = driver.window.talk.docks
    driver.seen["panels"] = {}
    for number, dock in enumerate(docks, 4):
        before = dock.is_seen
        driver.hands.press(f"F{number}")
        yield soon(lambda dock=dock, before=before: dock.is_seen != before)
        after = dock.is_seen
        driver.hands.press(f"F{number}")
        yield soon(lambda dock=dock, before=before: dock.is_seen == before)
        driver.seen["panels"][dock.windowTitle()] = [before, after, dock.is_seen]
    driver.window.talk.arrange()
    view, was_seen = driver.window.talk.sessions, driver.window.talk.sessions.isVisible()
    driver.hands.press("F3")
    yield soon(lambda: view.isVisible() != was_seen)
    if was_seen:
        driver.hands.press("F3")
        yield soon(view.isVisible)


def sessions(driver: Driver) -> Scenario:
    """A click on a session gives its keys to it."""
    window, hands, seen = driver.window, driver.hands, driver.seen
    view = window.talk.sessions
    hands.press("ctrl+n")
    yield soon(lambda: not driver.turns and view.current == "")

    def rows() -> list:
        return [info for row in range(view.model.rowCount()) if (info := view.model.index(row).data(INFO)) is not None]

    yield soon(lambda: len(rows()) == 1)
    index = view.model.index(view.model.row_of(rows()[0].id))
    hands.click(view.list.viewport().mapToGlobal(view.list.visualRect(index).center()).toTuple())
    yield soon(lambda: window.talk.past.isVisible() and bool(window.talk.past.cards))
    hands.press("F2")
    yield soon(lambda: QApplication.activeModalWidget() is not None and QApplication.activeModalWidget().isActiveWindow())
    hands.press("ctrl+a")
    hands.type("Minutes of March")
    hands.press("Return")
    yield soon(lambda: bool(rows()) and rows()[0].title == "Minutes of March" and view.list.hasFocus())  # the sheet is gone
    seen["sessions"] = {"title": rows()[0].title, "muted": window.conversation.muted, "focus": view.list.hasFocus()}
    hands.press("ctrl+p")
    yield soon(lambda: bool(rows()) and rows()[0].pinned)
    seen["sessions"]["pinned"] = rows()[0].pinned
    hands.press("m")
    hands.press("Delete")
    yield soon(lambda: not rows())
    seen["sessions"]["deleted"] = not rows()
    hands.press("ctrl+z")
    yield soon(lambda: len(rows()) == 1)
    seen["sessions"] |= {"restored": len(rows()) == 1, "muted": window.conversation.muted}
    hands.press("space")
    yield soon(lambda: window.conversation.question is not None)
    seen["sessions"]["talks"] = window.conversation.question is not None and window.chat.isVisible()
    hands.press("Escape")
    yield soon(lambda: window.conversation.question is None)


def sheet(driver: Driver) -> Scenario:
    """F1 shows the keys, and takes them away."""
    window, hands = driver.window, driver.hands
    hands.press("F1")
    yield soon(lambda: window._sheet is not None and window._sheet.isActiveWindow())
    shown = window._sheet.isVisible()
    window._sheet.grab().save(str(driver.folder / "keys.png"))
    hands.press("F1")
    yield soon(lambda: not window._sheet.isVisible())
    driver.seen["sheet"] = [shown, window._sheet.isVisible()]
    yield soon(window.isActiveWindow)


def second_start(driver: Driver) -> Scenario:
    """The window is minimised, and Refrain started once more."""
    window, hands = driver.window, driver.hands
    instance = Instance(folders.data())
    instance.claim({})
    instance.answer = window.open_again
    hands.minimise()
    yield soon(lambda: window.isMinimized())
    was_minimised = window.isMinimized()
    command = [sys.executable, "-m", "app", "--appearance", "dark"]
    second = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield lambda: second.poll() is not None
    yield soon(lambda: window.isActiveWindow() and not window.isMinimized())
    driver.seen["second"] = {
        "was_minimised": was_minimised,
        "code": second.returncode,
        "said": second.communicate()[0],
        "in_front": window.isActiveWindow() and not window.isMinimized(),
        "appearance": window._settings.get("look.appearance"),
    }
    instance.release()


if __name__ == "__main__":
    print(json.dumps(start(keys, Path(sys.argv[1]), "random")))
