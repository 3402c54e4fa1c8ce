"""The list that a download keeps beside its files (download.json)."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.models.store import listing, unfinished
from engine.models.store.unfinished import inside
from tests.fuzz.inputs import changed, json_bytes, json_values, spoilt
from tests.fuzz.target import Target

FILE = {"path": "flow.pt", "size": 1000, "sha256": None, "git_sha1": "0" * 40}
VALID = {"sources": [{"folder": "tiny", "commit": "c0ffee", "files": [FILE, {**FILE, "path": "deep/er/model.safetensors"}]}]}
PATHS = ("../x", "/etc/passwd", "C:x", "a\\b", "nul", "a/../../b", "x.py", "a//b", "x\n", "", ".", "~", "\u202ex", "a" * 3000)


def read(content: bytes, place: Path) -> None:
    (place / listing.LISTING).write_bytes(content)
    unfinished.unfinished_bytes(place)
    try:
        lists = listing.kept(place)
    finally:
        (place / "mine.txt").write_text("mine")
        unfinished.discard(place)
        assert (place / "mine.txt").read_text() == "mine"
    for one in lists:
        for file in one.files:
            assert inside(place, f"{one.folder}/{file.path}").is_relative_to(place)


odd_paths = st.sampled_from(PATHS).map(
    lambda path: json_bytes({"sources": [{**VALID["sources"][0], "files": [{**FILE, "path": path}]}]})
)

TARGET = Target(
    spoilt(json_bytes(VALID)) | changed(VALID).map(json_bytes) | json_values.map(json_bytes) | odd_paths | st.binary(),
    read,
    examples=[b"", b"[" * 100_000, b"9" * 5000, b"\xff", b"{}", b'{"sources": 5}', b'{"sources": [[]]}'],
)
