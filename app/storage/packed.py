"""What a zip or a folder holds of sessions, by the names that Refrain gives; nothing else in it is ever opened. No Qt."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from app.storage.library import LibraryError

MOST_FILES = 100_000
LARGEST_DIRECTORY = 16 << 20  # bytes of a zip's table of contents
FREE = 100 << 20  # bytes that any zip may unpack to
MOST_TIMES = 50  # its own size is what a larger one may unpack to: sounds are compressed already, silence is not all there is
BLOCK = 1 << 20
_DEEPEST = 6  # folders above a session
_NAME = re.compile(
    r"(?:(?P<session>.+)/)?(?P<inner>session\.json|turns/(?P<turn>[0-9]{1,8})/"
    r"(?P<file>turn\.json|tokens\.jsonl|words\.txt|(?:question|reply)\.(?:flac|wav|pcm)))"
)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error, UnicodeError)
"""What zipfile raises for a file that is damaged or of a kind that it does not know."""


@dataclass
class PackedFile:
    """A file of a session: `size` in bytes, as its source says."""

    size: int
    open: Callable[[], IO[bytes]]

    def read(self, most: int) -> bytes:
        """Raises `OSError`, or `ValueError` with a sentence if it is larger or damaged."""
        return b"".join(self.blocks(most))

    def blocks(self, most: int) -> Iterator[bytes]:
        """As `read`, a piece at a time."""
        if self.size > most:
            raise ValueError("it is larger than anything that Refrain writes there")
        try:
            with self.open() as stream:
                while block := stream.read(min(BLOCK, most + 1)):
                    most -= len(block)
                    if most < 0:
                        raise ValueError("it is larger than it says")
                    yield block
        except OSError:
            raise
        except BROKEN as error:
            raise ValueError("it is damaged") from error


@dataclass
class Found:
    """A session in a source: its folder's name, `session.json` if there is one, and by number the files of each turn."""

    name: str
    session: PackedFile | None = None
    turns: dict[int, dict[str, PackedFile]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        parts = [part for turn in self.turns.values() for part in turn.values()]
        return sum(part.size for part in parts) + (self.session.size if self.session else 0)


@contextmanager
def sessions_in(source: Path, largest: int) -> Iterator[tuple[list[Found], list[str]]]:
    """The sessions in `source`, which stays open meanwhile, and sentences about what of it is left out.

    Raises `LibraryError` for what is no zip and no folder, is locked, wants to write elsewhere, or would unpack to much more
    than its own size, or to more than `largest` bytes.
    """
    if source.is_dir():
        yield _sorted(_in_folder(source), source.name)
        return
    try:
        if not source.is_file():
            raise FileNotFoundError
        _check_directory(source)
        archive = zipfile.ZipFile(source)
    except FileNotFoundError as error:
        raise LibraryError(f"There is no file {source}.") from error
    except OSError as error:
        raise LibraryError(f"{source} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except BROKEN as error:
        raise LibraryError(f"{source} is not a zip that can be read: it is damaged, or something else.") from error
    with archive:
        found, left_out = _sorted(_in_zip(archive, source), source.stem)
        unpacked = sum(one.size for one in found)
        size = f"{unpacked / 1e9:.1f} GB"
        if unpacked > FREE + MOST_TIMES * source.stat().st_size:
            raise LibraryError(f"{source} would unpack to {size}, far more than sessions of its size do: it is left alone.")
        if unpacked > largest:
            raise LibraryError(
                f"{source} would unpack to {size}, and the settings allow {largest / 1e9:g} GB: raise “Largest import” there to "
                "take it."
            )
        yield found, left_out


def _sorted(entries: Iterator[tuple[str, PackedFile | str]], name: str) -> tuple[list[Found], list[str]]:
    found: dict[str, Found] = {}
    left_out = []
    for path, part in entries:
        match = _NAME.fullmatch(path)
        if match is None or path.count("/") > _DEEPEST + 3:
            continue
        if isinstance(part, str):
            left_out.append(part)
            continue
        place = match["session"] or ""
        session = found.setdefault(place, Found(PurePosixPath(place).name or name))
        if match["turn"] is None:
            twice, session.session = session.session, session.session or part
        else:
            parts = session.turns.setdefault(int(match["turn"]), {})
            twice = parts.get(match["file"])
            parts.setdefault(match["file"], part)
        if twice is not None:
            left_out.append(f"{path} is there twice: the first was taken.")
    return [found[place] for place in sorted(found)], left_out


def _in_zip(archive: zipfile.ZipFile, source: Path) -> Iterator[tuple[str, PackedFile | str]]:
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise LibraryError(f"{source} holds {len(entries):,} files, more than can be sessions.")
    for entry in entries:
        name = entry.filename.replace("\\", "/")  # as some programs on Windows write it
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or ":" in name:
            raise LibraryError(f"{source} was not made by Refrain: it wants to write outside its folder ({name[:80]}).")
        if name.endswith("/") or _NAME.fullmatch(str(path)) is None:
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise LibraryError(f"{source} is locked with a password: unpack it first, and pack it again without one.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            names: dict[int, str] = zipfile.compressor_names  # type: ignore[attr-defined]  # the stub does without
            way = names.get(entry.compress_type, f"method {entry.compress_type}")
            raise LibraryError(f"{source} is packed in a way that Refrain does not read ({way}): pack it again as a usual zip.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield str(path), f"{path} is a link: it was left out."
            continue
        yield str(path), PackedFile(entry.file_size, partial(archive.open, entry))


def _in_folder(folder: Path) -> Iterator[tuple[str, PackedFile | str]]:
    """Links are not followed, so there is an end."""
    count = 0
    for place, folders, files in os.walk(folder):
        inside = Path(place).relative_to(folder)
        if len(inside.parts) > _DEEPEST + 2:
            folders.clear()
        for name in sorted(files):
            count += 1
            if count > MOST_FILES:
                raise LibraryError(f"{folder} holds too many files: choose the folder of the sessions themselves.")
            path, relative = Path(place, name), (inside / name).as_posix()
            try:
                found = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode):
                yield relative, PackedFile(found.st_size, partial(_open, path))
            else:
                yield relative, f"{relative} is a link or no file: it was left out."


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _check_directory(source: Path) -> None:
    """Raises `BadZipFile` for a table of contents that would fill the memory before anybody had looked at it."""
    with source.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 22 - 0xFFFF))
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        directory = struct.unpack_from("<I", tail, at + 12)[0] if at >= 0 else 0
        if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":  # a large zip has these figures in another place
            file.seek(min(struct.unpack_from("<Q", tail, at - 12)[0], size) + 40)
            directory = max(directory, struct.unpack("<Q", file.read(8))[0])
        if directory > LARGEST_DIRECTORY:
            raise zipfile.BadZipFile("too many files")
