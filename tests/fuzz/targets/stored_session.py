"""The files of a session in the library: the start, the list, and whatever is written of it."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from app.storage import archive
from app.storage.library import LibraryError
from tests.fuzz.inputs import changed, json_bytes, json_values, spoilt
from tests.fuzz.stored import ID, check_library, document, files, library_with
from tests.fuzz.target import Target

SESSION, TURN = "session.json", "turns/0001/turn.json"


def read(odd: dict[str, bytes], place: Path) -> None:
    library = library_with(place, odd)
    check_library(library)
    library.open()
    try:
        archive.export_zip(library, [ID], place / "a.zip")
        archive.write_text(place / "a.md", archive.markdown(library, ID))
        lines = archive.jsonl(library, ID)
        archive.write_text(place / "a.jsonl", lines)
        for line in lines.splitlines():
            json.loads(line, parse_constant=_no_number)
        library.rename(ID, "another name")
        assert next(info.title for info in library.sessions() if info.id == ID) == "another name"
    except LibraryError as error:
        assert "another version" in str(error)
    finally:
        library.close()


def _no_number(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def _odd(name: str) -> st.SearchStrategy[dict[str, bytes]]:
    valid = document(name)
    one = changed(valid).map(json_bytes) | spoilt(files()[name]) | json_values.map(json_bytes) | st.binary()
    return st.fixed_dictionaries({name: one}, optional={"open": st.just(b"")})


TARGET = Target(
    _odd(SESSION) | _odd(TURN),
    read,
    refuses=(),
    examples=[
        {SESSION: b'{"created": "yesterday"}'},
        {SESSION: b'{"created": NaN, "title": "\\ud800"}'},
        {SESSION: b"[" * 100_000},
        {SESSION: b'{"created": 1' + b"0" * 400 + b"}"},
        {SESSION: b'{"a": ' * 900 + b"1" + b"}" * 900, "open": b""},
        {TURN: json_bytes({**document(TURN), "state": "running", "x": [[[[[[[[[[1]]]]]]]]]]}), "open": b""},
        {TURN: json_bytes({**document(TURN), "began": float("nan"), "heard": 5, "rejected": "word"})},
        {TURN: json_bytes({**document(TURN), "state": "running", "versions": {"reply_rate": "\u0663"}}), "open": b""},
    ],
)  # fmt: skip
