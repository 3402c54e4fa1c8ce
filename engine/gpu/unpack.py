"""Wheels into a folder: every entry is looked at before anything is written, and what is written is counted and hashed.

No torch. A wheel is a zip file. Its `.data` folders hold what pip would put elsewhere: of those, only what is for
`site-packages` is taken. Headers, tests and programs for compiling extensions are left out.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.gpu.pack import Pack, Wheel
from engine.models.store.catalogue import checked_path
from engine.quoting import quoted, reason

BLOCK = 1 << 20  # bytes
_MOST_FILES = 100_000
_ALIKE = 200  # a file may be so many times larger than its packed form: more is no library, but a trap
_SMALL = 10_000_000  # bytes that need no such look
_UNWANTED = re.compile(r"(torch/(include|test|share)/|nvidia/.*/include/|.*/__pycache__/|[^/]+\.pth$)")
_DATA = re.compile(r"[^/]+\.data/(purelib|platlib)/(?P<path>.+)|[^/]+\.data/.*")


_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, IndexError)
"""What reading a zip file raises that is none."""


class BrokenWheel(ValueError):
    """A wheel that cannot be unpacked; the message is a sentence."""


@dataclass(frozen=True)
class Unpacked:
    """A file of the pack as it was written: bytes, nanoseconds of its last change, and its SHA-256."""

    size: int
    changed: int
    sha256: str


def unpack(
    pack: Pack, wheels: Path, folder: Path, arrived: Callable[[int], None] = lambda count: None
) -> dict[str, Unpacked]:
    """All wheels of `pack`, which are in `wheels`, into `folder`, which is made. `arrived` is told of bytes as they are written,
    and may raise to end it. Returns what was written, by its path with slashes.

    Raises `BrokenWheel` with a sentence, and `OSError` for what is wrong with the disk.
    """
    folder.mkdir(parents=True)
    written: dict[str, Unpacked] = {}
    taken: set[str] = set()
    for wheel in pack.wheels:
        try:
            with zipfile.ZipFile(wheels / wheel.file) as archive:
                for info, path in _entries(wheel, archive, taken):
                    written[path] = _write(archive, info, folder / path, arrived)
        except BrokenWheel:
            raise
        except _DAMAGED as error:
            raise BrokenWheel(f"{wheel.file} cannot be unpacked ({reason(error)}).") from error
        except OSError as error:
            if error.errno == errno.EINVAL:  # its directory points to before its beginning
                raise BrokenWheel(f"{wheel.file} cannot be unpacked ({reason(error)}).") from error
            raise
    if not any(path == "torch/__init__.py" for path in written):
        raise BrokenWheel(f"{pack.name} holds no torch.")
    return written


def _entries(wheel: Wheel, archive: zipfile.ZipFile, taken: set[str]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """What of a wheel is written, and where. Raises `BrokenWheel` before the first of it if one entry is odd."""
    infos = archive.infolist()
    if len(infos) > _MOST_FILES:
        raise BrokenWheel(f"{wheel.file} holds {len(infos):,} files, which is more than any library has.")
    if sum(info.file_size for info in infos) != wheel.unpacked:
        raise BrokenWheel(f"{wheel.file} unpacks to another size than its list says.")
    wanted = []
    for info in infos:
        if info.is_dir():
            continue
        path = _checked(wheel, info)
        match = _DATA.fullmatch(path)
        path = match["path"] if match else path
        if not path or _UNWANTED.match(path):
            continue
        if path.lower() in taken:
            if ".dist-info/" in path or path.endswith("/__init__.py"):  # of a package that several wheels share
                continue
            raise BrokenWheel(f"{wheel.file} has {quoted(path)} twice, or another wheel has it, too.")
        taken.add(path.lower())
        wanted.append((info, path))
    yield from wanted


def _checked(wheel: Wheel, info: zipfile.ZipInfo) -> str:
    """The entry's path, which stays inside the folder."""
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise BrokenWheel(f"{wheel.file} holds {quoted(info.filename)}, which is no plain file.")
    if info.flag_bits & 1 or info.compress_type not in _WAYS:
        raise BrokenWheel(f"{wheel.file} is encrypted, or packed as no wheel is.")
    if info.file_size > _SMALL and info.file_size > _ALIKE * max(info.compress_size, 1):
        raise BrokenWheel(f"{wheel.file} holds {quoted(info.filename)}, which would unpack to {info.file_size:,} bytes.")
    try:
        return checked_path(info.orig_filename)  # what the archive says, before anything was made of it
    except ValueError:
        raise BrokenWheel(f"{wheel.file} holds {quoted(info.orig_filename)}, a path that leads elsewhere.") from None


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: Path, arrived: Callable[[int], None]) -> Unpacked:
    place.parent.mkdir(parents=True, exist_ok=True)
    checksum, count = hashlib.sha256(), 0
    with archive.open(info) as packed, place.open("xb") as stream:
        while block := packed.read(BLOCK):
            checksum.update(block)
            count += len(block)
            stream.write(block)
            arrived(len(block))
    if os.name == "posix" and info.external_attr >> 16 & 0o100:
        place.chmod(0o755)
    found = place.stat()
    return Unpacked(count, found.st_mtime_ns, checksum.hexdigest())
