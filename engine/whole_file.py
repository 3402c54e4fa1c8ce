"""Files that are there whole or not at all. No torch, no Qt."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Writes a file, which gets its name only once it is whole; one that was there keeps who may read it. Raises `OSError`."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a device or a pipe must not be replaced (and a folder is refused)
        return
    target = Path(os.path.realpath(path))  # a link stays a link
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    """Files made by mkstemp are private; these should be as readable as any other new file."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
