"""What a later version has written is said and left as it is: sessions, turns, their locks, the index, settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.settings.settings import Settings
from app.storage.index import Index
from app.storage.journal import Journal
from app.storage.library import LOCK, Library, LibraryError
from tests.app.storage.test_library import record

OTHER = "was written by another version of Refrain"


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path)
    library.open()
    yield library
    library.close()


def later(path: Path, **values) -> bytes:
    """As a version wrote it that this one knows nothing of; returns what the file holds now."""
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "format": 2, "mood": "good", **values}))
    return path.read_bytes()


def kept(library: Library) -> Path:
    """A session with a turn; its folder."""
    journal = Journal(library)
    record(journal, 1)
    name = journal.session
    journal.close()
    return library.sessions_folder / name


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_session_of_a_later_version_is_listed_with_a_sentence_and_not_changed(library):
    folder = kept(library)
    later(folder / "session.json", title="mine")
    before = contents(folder)
    (info,) = library.sessions()
    assert OTHER in info.problem and info.turns == 1
    for change in (lambda: library.rename(info.id, "yours"), lambda: library.pin(info.id, True)):
        with pytest.raises(LibraryError, match=OTHER):
            change()
    journal = Journal(library)
    journal.resume(info.id)
    assert "cannot be added to (another version of Refrain has written it)" in journal.problem
    record(journal, 2)
    journal.close()
    assert contents(folder) == before and len(library.sessions()) == 2


def test_a_turn_of_a_later_version_is_said_and_nothing_is_put_behind_it(library):
    folder = kept(library)
    later(folder / "turns" / "0001" / "turn.json")
    before = contents(folder)
    assert "One turn of it cannot be read" in library.sessions()[0].problem and library.turns(folder.name) == []
    journal = Journal(library)
    journal.resume(folder.name)
    assert "another version" in journal.problem
    assert contents(folder) == before


def test_a_session_that_a_later_version_left_open_is_for_that_version_to_end(library, tmp_path):
    folder = kept(library)
    turn = folder / "turns" / "0001"
    later(turn / "turn.json", state="running")
    (turn / "reply.pcm").write_bytes(b"\0\1" * 800)
    (turn / ".x.partial").write_bytes(b"half")
    (folder / LOCK).write_text("")
    before = contents(folder)
    again = Library(tmp_path)
    again.open()
    again.close()
    assert contents(folder) == before


def test_an_index_of_a_later_version_is_made_again_from_the_folders(library, tmp_path):
    folder = kept(library)
    library.sessions()
    library.close()
    with Index(tmp_path / "index.sqlite")._used() as database:
        database.execute("PRAGMA user_version = 99")
    again = Library(tmp_path)
    again.open()
    assert [info.id for info in again.sessions()] == [folder.name]
    again.close()


def test_settings_of_a_later_version_are_named_and_kept(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('mood = "good"\n[look]\nappearance = "sepia"\nspin = 3\n[sky]\nblue = true\n')
    settings = Settings(file)
    assert "mood, look.spin" in settings.unknown.replace("look.spin, mood", "mood, look.spin") and "is kept" in settings.unknown
    assert settings.get("look.appearance") == "system" and settings.problem
    settings.set("generation.seed", 5)
    settings.close()
    text = file.read_text(encoding="utf-8")
    for line in ('mood = "good"', 'appearance = "sepia"', "spin = 3", "blue = true", "seed = 5"):
        assert line in text
    settings = Settings(tmp_path / "none.toml")
    assert settings.unknown == ""
