"""The list of the folders that the user has added (models.json)."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.models.store.added import AddedFolders
from tests.fuzz.inputs import changed, json_bytes, json_values, spoilt
from tests.fuzz.target import Target

VALID = {"folders": ["/models/a", "C:\\models\\b"]}


def read(content: bytes, place: Path) -> None:
    path = place / "models.json"
    path.write_bytes(content)
    added = AddedFolders(path)
    found = added.folders
    added.add(Path("/another"))
    assert added.folders == (*found, Path("/another")) or Path("/another") in found
    if added.problem:  # the list was put aside, as it was
        assert [kept.read_bytes() for kept in place.glob("models damaged*")] == [content]


documents = changed(VALID) | json_values.map(lambda value: {"folders": value})

TARGET = Target(
    spoilt(json_bytes(VALID)) | documents.map(json_bytes) | st.binary(),
    read,
    refuses=(),
    examples=[b"", b"[" * 100_000, b"9" * 5000, b"\xff", b"{}", b'{"folders": ["\\ud800"]}', b'{"folders": ["a\\u0000b"]}'],
)
