"""Out of the library and in again."""

from __future__ import annotations

import json
import shutil
import zipfile

import numpy as np
import pytest

from app.storage import archive
from app.storage.importing import import_from
from app.storage.journal import Journal
from app.storage.library import LOCK, Library, LibraryError
from app.storage.past import load
from tests.app.storage.test_library import record


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path / "library")
    library.open()
    journal = Journal(library)
    record(journal, 1)
    record(journal, 2)
    journal.close()
    yield library
    library.close()


@pytest.mark.parametrize("form", ["flac", "wav"])
def test_a_session_survives_a_zip(library, tmp_path, form):
    [info] = library.sessions()
    target = tmp_path / "session.zip"
    archive.export_zip(library, [info.id], target, form)
    names = zipfile.ZipFile(target).namelist()
    assert f"{info.id}/transcript.md" in names and f"{info.id}/turns/0001/reply.{form}" in names
    before = library.turns(info.id)[0].reply_audio()
    library.delete(info.id)
    assert import_from(library, target).new == [info.id]
    again = import_from(library, target)
    assert (again.new, again.known, again.sentence) == ([], [info.id], "All of it was here already.")
    turns = library.turns(info.id)
    assert len(turns) == 2 and turns[0].text == "Paris." and len(turns[0].tokens) == 8
    assert np.array_equal(turns[0].reply_audio()[0], before[0])
    assert library.sessions()[0].turns == 2


def test_a_folder_is_taken_too(library, tmp_path):
    [info] = library.sessions()
    other = Library(tmp_path / "other")
    other.open()
    assert import_from(other, library.sessions_folder).new == [info.id]
    assert import_from(other, library.sessions_folder / info.id).known == [info.id]
    other.close()


def test_a_session_that_was_open_where_it_comes_from_is_closed_here(library, tmp_path):
    [info] = library.sessions()
    (library.sessions_folder / info.id / LOCK).write_text("")
    other = Library(tmp_path / "other")
    other.open()
    import_from(other, library.sessions_folder)
    other.delete(info.id)
    other.close()


def test_a_damaged_sound_is_a_sentence(library, tmp_path):
    [info] = library.sessions()
    sound = library.sessions_folder / info.id / "turns" / "0001" / "reply.flac"
    sound.write_bytes(b"no sound")
    with pytest.raises(LibraryError, match="a.zip cannot be written: .*reply.flac"):
        archive.export_zip(library, [info.id], tmp_path / "a.zip", "wav")
    assert not list(tmp_path.glob("a.zip*"))
    turn = load(library.turns(info.id)[0])  # all but that sound is there
    assert turn.text == "Paris." and turn.question_samples and not turn.reply_samples and "cannot be read" in turn.note
    other, source = Library(tmp_path / "other"), tmp_path / "source"
    other.open()
    shutil.copytree(library.sessions_folder, source)
    sound.with_suffix(".wav").write_bytes(b"no sound")
    sound.unlink()
    assert "reply.wav was left out: it is no sound" in import_from(other, library.sessions_folder).sentence
    assert other.turns(info.id)[0].text == "Paris." and other.turns(info.id)[0].reply_audio() is None
    other.close()


def test_what_is_no_session_is_refused(library, tmp_path):
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as zipped:
        zipped.writestr("../../outside.txt", "gotcha")
    with pytest.raises(LibraryError, match="outside"):
        import_from(library, evil)
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(LibraryError, match="not a zip"):
        import_from(library, tmp_path / "text.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LibraryError, match="no session"):
        import_from(library, tmp_path / "empty")
    assert not (tmp_path / "outside.txt").exists() and len(library.sessions()) == 1


def test_transcript_trace_and_sounds(library, tmp_path):
    [info] = library.sessions()
    text = archive.markdown(library, info.id)
    assert "what is it" in text and "Paris." in text and "mean speech depth 9.0" in text
    lines = [json.loads(line) for line in archive.jsonl(library, info.id).splitlines()]
    assert [line["number"] for line in lines] == [1, 2] and len(lines[0]["trace"]) == 8
    with pytest.raises(LibraryError, match="cannot be written"):
        archive.export_zip(library, [info.id], tmp_path / "nowhere" / "a.zip")
