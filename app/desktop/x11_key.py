"""A key that an X server gives to this program whatever has the focus: its press and its release."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable

from app.desktop.key_names import KeyTakenError, parts
from app.desktop.watched_key import WatchedKey

_MODIFIERS = {"Shift": 1, "Ctrl": 4, "Alt": 8, "Meta": 64}
_LOCKS = (0, 2, 16, 18)  # caps lock and num lock: the key is the same with them
_NAMED = {
    "Space": 0x20, "Esc": 0xFF1B, "Tab": 0xFF09, "Backspace": 0xFF08, "Return": 0xFF0D, "Enter": 0xFF8D, "Ins": 0xFF63,
    "Insert": 0xFF63, "Del": 0xFFFF, "Pause": 0xFF13, "Print": 0xFF61, "ScrollLock": 0xFF14, "Home": 0xFF50, "End": 0xFF57,
    "Left": 0xFF51, "Up": 0xFF52, "Right": 0xFF53, "Down": 0xFF54, "PgUp": 0xFF55, "PgDown": 0xFF56, "Menu": 0xFF67,
}  # fmt: skip
_F1 = 0xFFBE
_PRESS, _RELEASE = 2, 3
_ASYNC = 1


class _Event(ctypes.Union):
    _fields_ = (("type", ctypes.c_int), ("room", ctypes.c_long * 24))


_ERROR_HANDLER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class X11Key(WatchedKey):
    """Grabs one key until `close`."""

    def __init__(self, key: str, pressed: Callable[[], None], released: Callable[[], None]) -> None:
        """Raises `KeyTakenError`."""
        self._x11 = _library()
        self._display = self._x11.XOpenDisplay(None)
        if not self._display:
            raise KeyTakenError("The X server does not answer, so no key works from other programs.")
        try:
            self._grab(key)
        except KeyTakenError:
            self._x11.XCloseDisplay(self._display)
            raise
        super().__init__(pressed, released)
        self._thread.start()

    def _grab(self, key: str) -> None:
        held, last = parts(key)
        code = self._x11.XKeysymToKeycode(self._display, _keysym(last))
        if not code:
            raise KeyTakenError(f"This keyboard has no key {last}.")
        root, mask = self._x11.XDefaultRootWindow(self._display), sum(_MODIFIERS[one] for one in held)
        refused: list[int] = []

        def note(_display: int, _error: int) -> int:
            refused.append(1)
            return 0

        handler = _ERROR_HANDLER(note)
        before = self._x11.XSetErrorHandler(handler)  # without one, an error ends the program
        try:
            self._x11.XkbSetDetectableAutoRepeat(self._display, 1, None)  # a key that is held is released once
            for locks in _LOCKS:
                self._x11.XGrabKey(self._display, code, mask | locks, root, 1, _ASYNC, _ASYNC)
            self._x11.XSync(self._display, 0)
        finally:
            self._x11.XSetErrorHandler(before)
        if refused:
            raise KeyTakenError(f"{key} belongs to another program already. Choose another key.")

    def _watch(self) -> None:
        event = _Event()
        connection = self._x11.XConnectionNumber(self._display)
        while True:
            while self._x11.XPending(self._display):
                self._x11.XNextEvent(self._display, ctypes.byref(event))
                if event.type in (_PRESS, _RELEASE):
                    self._set_down(event.type == _PRESS)
            if not self._wait(connection):
                return

    def _give_back(self) -> None:
        self._x11.XCloseDisplay(self._display)


def _keysym(name: str) -> int:
    if len(name) == 1:
        return ord(name.lower())
    if name[0] == "F" and name[1:].isdigit():
        return _F1 + int(name[1:]) - 1
    if name not in _NAMED:
        raise KeyTakenError(f"The key {name} cannot be had from other programs. Choose another one.")
    return _NAMED[name]


def _library() -> ctypes.CDLL:
    try:
        x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    except OSError as error:
        raise KeyTakenError("The library libX11 is not installed, so no key works from other programs.") from error
    display, window = ctypes.c_void_p, ctypes.c_ulong
    x11.XOpenDisplay.restype, x11.XOpenDisplay.argtypes = display, [ctypes.c_char_p]
    x11.XDefaultRootWindow.restype, x11.XDefaultRootWindow.argtypes = window, [display]
    x11.XKeysymToKeycode.restype, x11.XKeysymToKeycode.argtypes = ctypes.c_ubyte, [display, ctypes.c_ulong]
    x11.XSetErrorHandler.restype, x11.XSetErrorHandler.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    x11.XNextEvent.argtypes = [display, ctypes.c_void_p]
    x11.XSync.argtypes = [display, ctypes.c_int]
    x11.XkbSetDetectableAutoRepeat.argtypes = [display, ctypes.c_int, ctypes.c_void_p]
    x11.XGrabKey.argtypes = [display, ctypes.c_int, ctypes.c_uint, window, ctypes.c_int, ctypes.c_int, ctypes.c_int]
    for function in (x11.XPending, x11.XConnectionNumber, x11.XCloseDisplay):
        function.argtypes = [display]
    return x11
