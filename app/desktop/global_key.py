"""The key to talk with from every program, as far as the desktop gives one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.desktop.key_names import KeyTakenError
from app.desktop.windows_key import WindowsKey
from app.desktop.x11_key import X11Key

MACOS = "On macOS no key works from other programs yet. Talk in the small window, which stays in front."
ELSEWHERE = "On this display no key works from other programs."


class _Key(Protocol):
    def close(self) -> None: ...


Make = Callable[[str, Callable[[], None], Callable[[], None]], _Key]


class GlobalKey(QObject):
    """Emits `pressed` and `released`, on the screen's thread."""

    pressed = Signal()
    released = Signal()
    told = Signal(str)
    """Later: why the desktop gives no key, or which other one, as a sentence."""
    _answered = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.problem = ""
        """Why the key that was chosen does not work, as a sentence."""
        self._key: _Key | None = None
        self._choices = 0
        self._answered.connect(self._tell)

    def choose(self, key: str) -> None:
        """This one from now on, as settings write it; "" is none."""
        self.close()
        if not key:
            return
        make = _maker(partial(self._answered.emit, self._choices))
        if isinstance(make, str):
            self.problem = make
            return
        try:
            self._key = make(key, self.pressed.emit, self.released.emit)
        except KeyTakenError as error:
            self.problem = str(error)

    def close(self) -> None:
        key, self._key, self.problem = self._key, None, ""
        self._choices += 1
        if key is not None:
            key.close()

    def _tell(self, choice: int, sentence: str) -> None:
        if choice == self._choices:  # what is said of a key that was closed meanwhile is of no use
            self.problem = sentence
            self.told.emit(sentence)


def _maker(told: Callable[[str], None]) -> Make | str:
    """What makes a key here, or why none can be made."""
    if sys.platform == "win32":
        return WindowsKey
    if sys.platform == "darwin":
        return MACOS
    platform = QGuiApplication.platformName()
    if platform == "wayland" or (platform == "xcb" and os.environ.get("XDG_SESSION_TYPE") == "wayland"):
        from app.desktop.portal_key import PortalKey  # its library is for Linux alone

        return partial(PortalKey, told=told)
    return X11Key if platform == "xcb" else ELSEWHERE
