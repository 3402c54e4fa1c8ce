"""Who this program is to a Linux desktop: the name of its menu entry, by which a portal knows whom it gives a key."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine import whole_file

APP_ID = "io.refrain.Refrain"
"""Reversed like a host name, as GNOME asks for; the menu entry is the file of this name."""
_ENTRY = """[Desktop Entry]
Type=Application
Name=Refrain
Exec={command}
Icon=refrain
Terminal=false
NoDisplay=true
"""


def is_installed() -> bool:
    """Whether there is a menu entry, as a package brings one."""
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return any(_entry(folder).is_file() for folder in (_own_data(), *map(Path, filter(None, shared.split(":")))))


def install() -> None:
    """Writes an entry for this user that no menu shows, where none is: for an AppImage, or the program's source.

    Raises `OSError`.
    """
    if is_installed():
        return
    started = os.environ.get("APPIMAGE") or Path(sys.argv[0]).resolve()
    path = _entry(_own_data())
    path.parent.mkdir(parents=True, exist_ok=True)
    whole_file.write(path, _ENTRY.format(command=_quoted(str(started))).encode())


def _own_data() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _entry(data: Path) -> Path:
    return data / "applications" / f"{APP_ID}.desktop"


def _quoted(path: str) -> str:
    for sign in '\\"`$':
        path = path.replace(sign, "\\" + sign)
    return f'"{path.replace("%", "%%")}"'
