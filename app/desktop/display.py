"""Whether a window can open here. Asked before Qt is started, because Qt ends the program where it cannot."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import socket
import sys
from pathlib import Path

MISSING = (
    "A system library for windows is missing ({}), so no window can open. Install it with the system's package manager (on "
    "Debian and Ubuntu, OpenGL's come with libgl1 and libegl1)."
)


def why_no_window() -> str:
    """A sentence about why no window can open; empty if one can."""
    if not sys.platform.startswith("linux"):
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform not in ("", "xcb", "wayland"):
        return ""
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if not (wayland or x11):
        return "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open."
    if wayland and platform != "xcb" and _wayland_answers(wayland):
        return _missing_library(None)
    if not x11 or platform == "wayland":
        return f"The display {wayland} does not answer, so no window can open."
    if not _x11_answers(x11):
        return f"The display {x11} does not answer, so no window can open."
    return _missing_library("libqxcb.so")


def _wayland_answers(name: str) -> bool:
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name  # an absolute name stays as it is
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(str(path))
        except OSError:
            return False
    return True


def _x11_answers(name: str) -> bool:
    try:
        xcb = ctypes.CDLL(ctypes.util.find_library("xcb") or "libxcb.so.1")
    except OSError:
        return True  # then the missing library is the better reason
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(name.encode(), None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return answers


def _missing_library(plugin: str | None) -> str:
    """Qt needs system libraries, of OpenGL among others; its `plugin` for X11 needs more of them, and Qt itself would name the
    wrong one and end the program."""
    try:
        import PySide6.QtWidgets
    except ImportError as error:
        return MISSING.format(str(error).partition(":")[0])
    path = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / (plugin or "")
    if not path.is_file():
        return ""
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        return MISSING.format(str(error).partition(":")[0])
    return ""
