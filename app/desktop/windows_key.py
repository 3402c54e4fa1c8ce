"""A key that Windows gives to this program whatever has the focus. Windows tells of its press; its release is looked for."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable

from app.desktop.key_names import KeyTakenError, parts
from engine.worker_thread import Thread

_MODIFIERS = {"Alt": 1, "Ctrl": 2, "Shift": 4, "Meta": 8}
_NO_REPEAT = 0x4000
_HOTKEY, _QUIT = 0x0312, 0x0012  # messages
_NAMED = {
    "Space": 0x20, "Esc": 0x1B, "Tab": 0x09, "Backspace": 0x08, "Return": 0x0D, "Enter": 0x0D, "Ins": 0x2D, "Insert": 0x2D,
    "Del": 0x2E, "Pause": 0x13, "Print": 0x2C, "ScrollLock": 0x91, "Home": 0x24, "End": 0x23, "Left": 0x25, "Up": 0x26,
    "Right": 0x27, "Down": 0x28, "PgUp": 0x21, "PgDown": 0x22, "Menu": 0x5D,
}  # fmt: skip
_F1 = 0x70
LOOK_SECONDS = 0.02  # between two looks at whether it is still down


class WindowsKey:
    """As `X11Key`."""

    def __init__(self, key: str, pressed: Callable[[], None], released: Callable[[], None]) -> None:
        """Raises `KeyTakenError`."""
        self._pressed, self._released = pressed, released
        held, last = parts(key)
        self._code, self._mask = _code(last), sum(_MODIFIERS[one] for one in held)
        self._answer = threading.Event()
        self._is_ours = False
        self._number = 0  # of the thread, as Windows has it
        self._thread = Thread(self._run, "global key")
        self._thread.start()
        self._answer.wait()
        if not self._is_ours:
            raise KeyTakenError(f"{key} belongs to another program already. Choose another key.")

    def close(self) -> None:
        """The key belongs to others again."""
        if sys.platform == "win32":
            ctypes.windll.user32.PostThreadMessageW(self._number, _QUIT, 0, 0)
        self._thread.join(timeout=2)

    def _run(self) -> None:
        if sys.platform != "win32":
            self._answer.set()
            return
        from ctypes import wintypes

        user, message = ctypes.windll.user32, wintypes.MSG()
        self._number = ctypes.windll.kernel32.GetCurrentThreadId()
        self._is_ours = bool(user.RegisterHotKey(None, 1, self._mask | _NO_REPEAT, self._code))
        self._answer.set()
        while self._is_ours and user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            if message.message == _HOTKEY:
                self._pressed()
                while user.GetAsyncKeyState(self._code) & 0x8000:
                    time.sleep(LOOK_SECONDS)
                self._released()
        user.UnregisterHotKey(None, 1)


def _code(name: str) -> int:
    if len(name) == 1 and name.isalnum() and name.isascii():
        return ord(name.upper())
    if name[0] == "F" and name[1:].isdigit():
        return _F1 + int(name[1:]) - 1
    if name not in _NAMED:
        raise KeyTakenError(f"The key {name} cannot be had from other programs. Choose another one.")
    return _NAMED[name]
