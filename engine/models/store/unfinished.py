"""A download's own folder: who may write in it, and what one that was broken off has left there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from engine.models.store.listing import LISTING, kept

PART = ".part"
"""After the name of a file that has not arrived as a whole."""
LOCK = "download.lock"


class Busy(OSError):
    """Another program writes in a folder; the message is a sentence."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps other Refrains out of a download's folder. Raises `Busy`, and `OSError` where it cannot be written."""
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(f"Another Refrain is downloading into {folder}: let it finish, or end it first.") from None
    try:
        yield
    finally:
        with suppress(OSError):
            (folder / LOCK).unlink()
        lock.release()


def inside(folder: Path, path: str) -> Path:
    """The place of a file in a download's folder. Raises `OSError` with a sentence if a link or something odd stands there."""
    place = folder / path
    real = Path(os.path.realpath(folder)) / path
    if os.path.normcase(os.path.realpath(place)) != os.path.normcase(real):
        raise OSError(f"{place} leads elsewhere by a link, and a download writes through none: take the link away.")
    if place.exists() and not place.is_file():
        raise OSError(f"{place} is no file, but a file is to get that name: take it away.")
    return place


def unfinished_bytes(folder: Path) -> int:
    """What an unfinished download has put into `folder`; 0 where there is none."""
    if not (folder / LISTING).is_file():
        return 0
    found = (path for path in folder.rglob("*") if path.name not in (LISTING, LOCK) and not path.is_symlink())
    return max(1, sum(path.stat().st_size for path in found if path.is_file()))


def discard(folder: Path) -> None:
    """Deletes what an unfinished download has written, and nothing else. Raises `OSError`."""
    if not folder.is_dir():
        return
    with alone(folder):
        with suppress(ValueError, FileNotFoundError):
            for listed in kept(folder):
                for file in listed.files:
                    for path in (f"{listed.folder}/{file.path}", f"{listed.folder}/{file.path}{PART}"):
                        inside(folder, path).unlink(missing_ok=True)
        (folder / LISTING).unlink(missing_ok=True)
    for empty in (*sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True), folder):
        with suppress(OSError):
            empty.rmdir()
