"""A listener who presses real keys, and a loudspeaker whose clock is turned by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.listening.plan import ListeningItem, ReplyClip
from app.pages.blind.page import BlindPage

RATE = 8000
FIRST, SECOND = "fixed:9", "spark:even@6"
LEVELS = {FIRST: 0.1, SECOND: 0.2}  # by which the listener's ears tell the conditions apart


class Loudspeaker:
    """A `Playback` that sounds only while `listen` runs."""

    def __init__(self) -> None:
        self.clips: list[np.ndarray] = []
        self.rate = RATE
        self.underruns = 0
        self.calls: list[tuple] = []
        self._index: int | None = None
        self._position = 0.0
        self._heard: list[float] = []
        self._plays = False

    def load(self, clips: list[np.ndarray], rate: int, keeps_place: bool = False) -> None:
        self.calls.append(("load", len(clips)))
        self.loop, self._keeps_place = None, keeps_place
        self.clips, self.rate = clips, rate
        self._heard = [0.0] * len(clips)
        self._index, self._position, self._plays = None, 0.0, False

    def play(self, index: int) -> None:
        self.calls.append(("play", index))
        if index != self._index:
            self._index, self._position = index, self._position if self._keeps_place else 0.0
        self._plays = True

    def pause(self) -> None:
        self.calls.append(("pause",))
        self._plays = False

    def stop(self) -> None:
        self.calls.append(("stop",))
        self._plays, self._position = False, 0.0

    def seek(self, seconds: float) -> None:
        self.calls.append(("seek", seconds))
        self._position = seconds

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        self.loop = loop

    def close(self) -> None:
        self.calls.append(("close",))
        self._plays = False

    @property
    def position(self) -> float:
        return self._position

    def heard(self, index: int) -> float:
        return self._heard[index]

    def listen(self, seconds: float = 1e9) -> None:
        """Time passes."""
        if self._plays:
            self._position = min(self._position + seconds, len(self.clips[self._index]) / self.rate)
            self._heard[self._index] = max(self._heard[self._index], self._position)
            if self._keeps_place and self._position >= len(self.clips[self._index]) / self.rate:
                self._position = 0.0  # as a loop around all of it


def items(count: int = 4, same_words: bool = True) -> list[ListeningItem]:
    """Constant "speech" whose level is its condition; the second condition's clip is shorter."""
    return [
        ListeningItem(
            f"Question {number}",
            tuple(
                ReplyClip(
                    np.full(RATE // 2 - 400 * which, level, np.float32),
                    RATE,
                    f"Answer {number}." if same_words else f"Answer {number} {name}",
                    name,
                )
                for which, (name, level) in enumerate(LEVELS.items())
            ),
        )
        for number in range(count)
    ]


def ears(clip: np.ndarray) -> str:
    """What a clip is, by its sound."""
    sound = clip[clip != 0]
    if np.ptp(sound) > 0.01:
        return "broken"
    return min(LEVELS, key=lambda name: abs(LEVELS[name] - sound[0]))


def chooses_second(sounds: list[str], number: int) -> int:
    """-1, 0, 1: prefers the second condition, and what is whole; no difference where there is none."""
    worth = {"broken": 0, FIRST: 1, SECOND: 2}
    return int(np.sign(worth[sounds[1]] - worth[sounds[0]]))


def finds_x(sounds: list[str], number: int) -> int:
    return -1 if sounds[2] == sounds[0] else 1


Choose = Callable[[list[str], int], int]


def press(page: QWidget, key: Qt.Key) -> None:
    """As the keyboard does: to the widget that has the focus."""
    QTest.keyClick(page.focusWidget() or page, key)


def show(qtbot, playback: Loudspeaker, folder: Path, given: list[ListeningItem]) -> BlindPage:
    page = BlindPage(playback, folder)
    qtbot.addWidget(page)
    page.set_items(given)
    page.resize(1100, 760)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=20000)
    return page


def start(qtbot, page: BlindPage, method: str = "preference", count: int = 8, share: float = 1.0) -> None:
    page.setup.methods[method].click()
    page.setup.count.setCurrentIndex(page.setup.count.findData(count))
    page.setup.share.setCurrentIndex(page.setup.share.findData(share))
    page.setup.start.click()
    qtbot.waitUntil(lambda: page.is_running and number(page) > 0, timeout=30000)


def number(page: BlindPage) -> int:
    """Of the trial on the screen; 0: none."""
    words = page.trial.progress.text().split()
    return int(words[1]) if words else 0


def hear(page: BlindPage, playback: Loudspeaker) -> list[str]:
    """Plays all of every clip by its key; returns what the ears say."""
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)[: len(playback.clips)]:
        press(page, key)
        playback.listen()
    page.trial.refresh()
    return [ears(clip) for clip in playback.clips]


def answer(page: BlindPage, method: str, value: int) -> None:
    """Chooses by keys and confirms."""
    if method == "ccr":
        press(page, Qt.Key.Key_N)
        for _ in range(abs(value)):
            press(page, Qt.Key.Key_Right if value > 0 else Qt.Key.Key_Left)
    else:
        press(page, {-1: Qt.Key.Key_A, 0: Qt.Key.Key_N, 1: Qt.Key.Key_B}[value])
    press(page, Qt.Key.Key_Return)


def go_through(page, playback, method: str, choose: Choose, wait: Callable, trials: int = 10**6) -> None:
    """Answers so many trials, or all; `wait(condition)` lets the page work."""
    for _ in range(trials):
        shown = number(page)
        sounds = hear(page, playback)
        answer(page, method, choose(sounds, shown))
        wait(lambda shown=shown: number(page) != shown or not page.is_running)
        if not page.is_running:
            return


def until(condition: Callable[[], bool]) -> None:
    """A wait for programs without pytest-qt."""
    while not condition():
        QApplication.processEvents()
        QTest.qWait(2)
