"""A stored session as the targets of the library spoil it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.storage.journal import Journal
from app.storage.library import Library
from tests.app.storage.test_library import record

ID = "20261129-101010-abcdef"


@cache
def files() -> dict[str, bytes]:
    """The files of a session of two turns, by their path in its folder."""
    with TemporaryDirectory(prefix="refrain-fuzz-") as folder:
        library = Library(Path(folder) / "library")
        library.open()
        journal = Journal(library)
        record(journal, 1)
        record(journal, 2, text="hello", spoken=False)
        session = library.sessions_folder / journal.session
        journal.close()
        return {path.relative_to(session).as_posix(): path.read_bytes() for path in session.rglob("*") if path.is_file()}


def document(name: str) -> dict:
    """One of its JSON files, read."""
    return json.loads(files()[name])


def library_with(place: Path, odd: dict[str, bytes]) -> Library:
    """A library in `place`, not yet open, of a sound session, and one whose files are replaced by `odd` ones."""
    library = Library(place / "library")
    for session, changed in ((ID, odd), ("sound", {})):
        for name, data in {**files(), **changed}.items():
            path = library.sessions_folder / session / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return library


def check_library(library: Library, alone: bool = True) -> None:
    """It opens, shows the sound session as it is and, if they are `alone`, the odd one beside it; and it goes on working."""
    library.open()
    try:
        found = {info.id: info for info in library.sessions()}
        assert found["sound"].turns == 2 and not found["sound"].problem and (len(found) == 2 or not alone)
        assert [info.id for info in library.sessions("what is") if info.id == "sound"]
        library.pin("sound", True)
        assert library.sessions()[0].id == "sound"
    finally:
        library.close()
