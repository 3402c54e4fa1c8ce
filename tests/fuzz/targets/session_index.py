"""`index.sqlite`: whatever it holds, the list is that of the folders."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from app.storage.index import VERSION
from tests.fuzz.inputs import spoilt
from tests.fuzz.stored import check_library, library_with
from tests.fuzz.target import Target


@cache
def valid() -> bytes:
    with TemporaryDirectory(prefix="refrain-fuzz-") as folder:
        library = library_with(Path(folder), {})
        check_library(library)
        return (library.folder / "index.sqlite").read_bytes()


def made(script: str) -> bytes:
    with TemporaryDirectory(prefix="refrain-fuzz-") as folder:
        database = sqlite3.connect(Path(folder) / "made")
        database.executescript(script)
        database.close()
        return (Path(folder) / "made").read_bytes()


def read(files: tuple[bytes, bytes], place: Path) -> None:
    library = library_with(place, {})
    for name, data in zip(("index.sqlite", "index.sqlite-wal"), files, strict=True):
        if data:
            (library.folder / name).write_bytes(data)
    check_library(library)


TARGET = Target(
    st.tuples(spoilt(valid(), most=8) | st.binary(), st.just(b"") | spoilt(valid())),
    read,
    refuses=(),
    examples=[
        (b"no database at all" * 100, b""),
        (made(f"CREATE TABLE sessions (id, title); PRAGMA user_version = {VERSION}"), b""),
        (made(f"CREATE VIEW sessions AS SELECT 1 AS id; PRAGMA user_version = {VERSION}"), b""),
        (made(f"PRAGMA user_version = {VERSION}"), b""),
        (made("PRAGMA user_version = 99"), b""),
        (valid()[:5000], valid()),
        (valid().replace(b"id TEXT NOT NULL", b"id \x80\x81\x82\x83 NOT NULL"), b""),  # quoted in SQLite's message
    ],
)
