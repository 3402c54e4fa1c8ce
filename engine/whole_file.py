"""Files that are there whole or not at all. No torch, no Qt."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

UNFINISHED = ".partial"
"""How the names of files end that have no name yet; a program that was killed leaves them."""


def write(path: Path, data: bytes, private: bool = False) -> None:
    """As `replacing`, for data that is at hand."""
    with replacing(path, private) as stream:
        stream.write(data)


@contextmanager
def replacing(path: Path, private: bool = False) -> Iterator[BinaryIO]:
    """A stream to write (and read, and seek in) a file, which gets its name only once it is whole and on the disk.

    Until then it is beside `path` under a name that nobody can guess, readable for the user alone. One that was there keeps
    who may read it, unless the new one is to be `private`: then it is the user's alone, and a link at `path` is replaced
    instead of followed. Raises `OSError`; whatever is raised in between leaves the old file as it was.
    """
    if not private and path.exists() and not path.is_file():
        with path.open("wb") as stream:  # a device or a pipe must not be replaced (and a folder is refused)
            yield stream
        return
    target = path if private else Path(os.path.realpath(path))  # a link that the user chose stays a link
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=UNFINISHED, dir=target.parent)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if private:
            mode = 0o600  # whatever the umask took away from it
        else:
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    """Files made by mkstemp are private; these should be as readable as any other new file."""
    mask = os.umask(0o077)  # a file that another thread makes in this moment is private rather than open
    os.umask(mask)
    return mask
