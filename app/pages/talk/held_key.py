"""A key that is held: told apart from its own repeats, which look like releases."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

GRACE = 30  # milliseconds after a release within which the press that makes it a repeat comes
SAME = 5  # milliseconds between the two events of a repeat, by the clock of whoever sent them
LATE = 15  # milliseconds: a timer that comes so much too late says that the machine is busy
MOST_WAITS = 10


class Repeats:
    """Knows the presses that are repeats, whatever their flag says; is shown every press and release."""

    def __init__(self) -> None:
        self._released = (0, 0)  # where on the keyboard, and when by the sender's clock

    def has(self, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return True
        place, when = event.nativeScanCode(), event.timestamp()
        if event.type() == QEvent.Type.KeyRelease:
            self._released = place, when
            return False
        return bool(place and when) and place == self._released[0] and 0 <= when - self._released[1] <= SAME


class HeldKey(QObject):
    """Follows one key at a time from `press` to `let_go`.

    X11 reports a repeat as a release and a press of the same time, and Qt recognises it only if the press is queued
    already when it looks at the release; on a busy machine it is not. So a release counts only when no such press has
    followed it for a while, a longer one while timers come late, and when all that had come was looked at.
    """

    let_go = Signal(float)  # after so many seconds; infinitely many if nobody saw it: it was no tap

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pressed: tuple[int, int] | None = None  # the key, and where it is on the keyboard
        self._began = self._ended = 0.0
        self._released_at = 0  # by the sender's clock, in milliseconds
        self._waits, self._due = 0, 0.0
        self._grace = QTimer(self, singleShot=True, interval=GRACE, timerType=Qt.TimerType.PreciseTimer)
        self._grace.timeout.connect(self._look_again)
        self._last_look = QTimer(self, singleShot=True, interval=0)
        self._last_look.timeout.connect(self._end)

    @property
    def is_down(self) -> bool:
        return self._pressed is not None

    def press(self, event: QKeyEvent) -> None:
        """The key of this event is held from now on."""
        self._pressed = event.key(), event.nativeScanCode()
        self._began = time.monotonic()

    def take(self, event: QKeyEvent) -> bool:
        """Whether the press or release was of the key that is held, whatever modifiers came or went meanwhile."""
        if not self._is_of_it(event):
            return False
        if event.type() == QEvent.Type.KeyRelease:
            if not event.isAutoRepeat():
                self._ended, self._released_at, self._waits = time.monotonic(), event.timestamp(), 0
                self._wait()
            return True
        if self._is_ending and not event.isAutoRepeat() and event.timestamp() - self._released_at > SAME:
            self._end()
            return False  # the same key, pressed once more
        self._grace.stop()
        self._last_look.stop()
        return True

    def drop(self) -> None:
        """It counts as let go: its release will not come."""
        if self.is_down:
            if not self._is_ending:
                self._ended = math.inf
            self._end()

    @property
    def _is_ending(self) -> bool:
        return self._grace.isActive() or self._last_look.isActive()

    def _is_of_it(self, event: QKeyEvent) -> bool:
        if self._pressed is None:
            return False
        key, place = self._pressed
        return event.nativeScanCode() == place if place and event.nativeScanCode() else event.key() == key

    def _wait(self) -> None:
        self._due = time.monotonic() + GRACE / 1000
        self._grace.start()

    def _look_again(self) -> None:
        late = time.monotonic() - self._due > LATE / 1000
        self._waits += 1
        if late and self._waits < MOST_WAITS:
            self._wait()
        else:
            self._last_look.start()  # comes after every event that is queued

    def _end(self) -> None:
        self._grace.stop()
        self._last_look.stop()
        self._pressed = None
        self.let_go.emit(self._ended - self._began)
