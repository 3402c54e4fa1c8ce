"""Folders and files that only their user may read, whatever the umask is. No torch, no Qt.

By modes, so on POSIX only: on Windows a user's own folders are private by their access lists, which stay as they are.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
_HAS_MODES = os.name == "posix"


def make_folder(path: Path, is_new: bool = False) -> None:
    """Makes a folder, with the parents that it lacks, all of them private; one that is there stays as it is.

    Raises `OSError`; `FileExistsError` if it `is_new` and there.
    """
    if is_new and path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            folder.mkdir(FOLDER, exist_ok=True)
            if _HAS_MODES:
                folder.chmod(FOLDER)


def opener(path: str, flags: int) -> int:
    """For `open`: the file is private, also one that was there."""
    handle = os.open(path, flags, FILE)
    if _HAS_MODES:
        found = os.fstat(handle)
        if stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) != FILE and found.st_uid == os.getuid():
            os.fchmod(handle, FILE)
    return handle


def tighten(folder: Path) -> None:
    """Makes an older folder private, with all that is in it: its contents first, so one that is private is done.

    What cannot be changed (another's file, a file system without modes) stays as it is; links are not followed.
    """
    if not _HAS_MODES or _mode(folder) in (None, FOLDER):
        return
    for place, _, files in os.walk(folder, topdown=False):
        for name in files:
            tighten_file(Path(place, name))
        _set(Path(place), FOLDER)


def tighten_file(path: Path) -> None:
    """As `tighten`, for one file."""
    if _HAS_MODES and (mode := _mode(path)) is not None and mode != FILE:
        _set(path, FILE)


def _mode(path: Path) -> int | None:
    """None for what is no folder and no plain file of its own."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return None
    return stat.S_IMODE(mode) if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else None


def _set(path: Path, mode: int) -> None:
    try:
        path.chmod(mode)
    except OSError:
        return
