"""A zip that is imported: its bytes, the names in it, and what the files hold."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from hypothesis import strategies as st

from app.storage.importing import import_from
from app.storage.library import LOCK, Library, LibraryError
from tests.fuzz.inputs import changed, json_bytes, odd_values, spoilt
from tests.fuzz.stored import ID, check_library, document, files, library_with
from tests.fuzz.target import Target

NAMES = {f"{ID}/{name}": data for name, data in files().items()}
Entry = tuple[str, bytes, int, int]


def packed(entries: list[Entry]) -> bytes:
    """(name, content, compression, flags)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data, way, flags in entries:
            entry = zipfile.ZipInfo("x")
            entry.filename, entry.compress_type, entry.external_attr = name.encode("utf-8", "replace").decode(), way, flags << 16
            made.writestr(entry, data)
    return stream.getvalue()


def read(content: bytes, place: Path) -> None:
    library = library_with(place, {})
    library.open()
    (place / "a.zip").write_bytes(content)
    before = {path.name for path in place.iterdir()}
    try:
        done = import_from(library, place / "a.zip")
        assert done.sentence.endswith(".")
        for session in (*done.new, *done.grown, *done.known):
            info = next(info for info in library.sessions() if info.id == session)
            assert not info.problem and info.turns  # what has its place is sound
            assert not (library.sessions_folder / session / LOCK).exists()
            for turn in library.turns(session):
                assert turn.state != "running" and not turn.read_tokens()[1]
    finally:
        assert before == {path.name for path in place.iterdir()} and not list(library.folder.glob("import-*"))
        everything = [path for path in library.sessions_folder.rglob("*") if path.is_file()]
        assert {path.name for path in everything} <= {Path(name).name for name in NAMES} | {"reply.pcm", "question.pcm"}
        library.close()


def _sound_library(content: bytes, place: Path) -> None:
    try:
        read(content, place)
    finally:
        check_library(Library(place / "library"), alone=False)


names = st.sampled_from(list(NAMES)) | st.sampled_from(
    ["session.json", f"{ID}\\session.json", f"a/b/{ID}/turns/1/turn.json", "../x/session.json", "/session.json",
     "turns/2/turn.json", f"{ID}/turns/0001/reply.wav", f"{ID}/turns/0001/reply.pcm", f"{ID}/turns/0001/words.txt",
     f"{ID}/turns/99999999/turn.json",
     f"{ID}/turns/0001/", "C:/session.json", "a/" * 50 + "session.json", "\ud800/session.json"]
) | st.text(max_size=20)  # fmt: skip
contents = (
    st.sampled_from(list(NAMES.values()))
    | changed(document("turns/0001/turn.json")).map(json_bytes)
    | changed(document("session.json")).map(json_bytes)
    | odd_values.map(json_bytes)
    | spoilt(list(files().values()))
)
ways = st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
entries = st.lists(st.tuples(names, contents, ways, st.sampled_from([0o100644, 0o100644, 0o120777, 0])), max_size=6)
WHOLE = packed([(name, data, zipfile.ZIP_DEFLATED, 0o100600) for name, data in NAMES.items()])
other = [(name, data, zipfile.ZIP_DEFLATED, 0o100600) for name, data in NAMES.items() if "turn.json" not in name]
changed_turns = changed(document("turns/0001/turn.json")).map(json_bytes)

TARGET = Target(
    entries.map(packed)
    | spoilt(WHOLE)
    | st.tuples(changed_turns, changed_turns).map(lambda turns: packed([
        *other, *((f"{ID}/turns/000{place}/turn.json", data, zipfile.ZIP_DEFLATED, 0) for place, data in enumerate(turns, 1))]))
    | st.binary(),
    _sound_library,
    refuses=(LibraryError,),
    examples=[
        WHOLE,
        WHOLE[:-30],
        packed([(name.replace("/", "\\"), data, zipfile.ZIP_DEFLATED, 0) for name, data in NAMES.items()]),
        packed([(name, data, zipfile.ZIP_LZMA, 0) for name, data in NAMES.items()]),
        packed([(f"{ID}/turns/0001/reply.pcm", bytes(110_000_000), zipfile.ZIP_DEFLATED, 0)]),
        packed([(f"{ID}/turns/0001/turn.json", b"[" * 1_000_000, zipfile.ZIP_DEFLATED, 0)] * 20),
    ],
)  # fmt: skip
