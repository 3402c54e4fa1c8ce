"""A library holds what no Refrain wrote: it opens all the same, shows what can be read, and says the rest."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from dataclasses import fields

import numpy as np
import pytest
import soundfile

from app.storage import archive
from app.storage.journal import Journal
from app.storage.library import Library, LibraryError
from app.storage.past import load, load_some
from app.storage.records import StoredTurn
from tests.app.storage.test_library import record

DEEP = "[" * 100_000 + "]" * 100_000
TURN_FIELDS = {
    "number": "-1", "state": '"broken"', "schedule": "7", "spoken": '"yes"', "seed": "1e400", "heard": "5", "text": "[]",
    "note": "{}", "began": '"yesterday"', "question_seconds": "NaN", "first_audio": "[1]", "model": "3", "versions": '{"a": 1}',
    "stats": '{"depth": {"full": NaN}}', "rejected": '"word"', "pooling": "null", "replaces": "1.5",
    "heard_tokens": "-3", "heard_text": "[0]", "source": "false",
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A session of two turns."""
    library = Library(tmp_path_factory.mktemp("template"))
    library.open()
    journal = Journal(library)
    record(journal, 1)
    record(journal, 2)
    journal.close()
    return library.sessions_folder / library.sessions()[0].id


@pytest.fixture
def library(tmp_path, template):
    library = Library(tmp_path / "library")
    library.open()
    shutil.copytree(template, library.sessions_folder / "sound")
    yield library
    library.close()


@pytest.fixture
def session(library, template):
    """The folder of another session, which is about to be damaged."""
    return shutil.copytree(template, library.sessions_folder / "odd")


def again(library) -> dict:
    """The library as the next start finds it, without what the index knew."""
    library.close()
    (library.folder / "index.sqlite").unlink(missing_ok=True)
    library.open()
    return {info.id: info for info in library.sessions()}


def put(path, **odd):
    """Sets fields to JSON texts that `json` itself would not write."""
    fields = {name: json.dumps(value) for name, value in json.loads(path.read_text()).items()}
    path.write_text("{" + ", ".join(f'"{name}": {text}' for name, text in {**fields, **odd}.items()) + "}")


SESSIONS = [
    "", "{", DEEP, "[]", "null", '{"created": "yesterday"}', '{"created": NaN}', '{"created": -1e300}', '{"created": 1e11}',
    '{"title": 5, "pinned": "no"}', '{"title": "\\ud800", "created": true}', '{"format": 99}', "\x00" * 5_000_000,
]  # fmt: skip


def test_damaged_sessions_are_shown_as_such_and_the_others_are_not_hurt(library, template):
    for number, text in enumerate(SESSIONS):
        folder = shutil.copytree(template, library.sessions_folder / f"odd-{number}")
        (folder / "session.json").write_text(text)
    found = again(library)
    assert found.pop("sound").problem == "" and len(found) == len(SESSIONS)
    for info in found.values():
        assert info.turns == 2 and info.problem.endswith(".")
        assert "Paris." in archive.markdown(library, info.id) and archive.jsonl(library, info.id)
    for number, text in enumerate(SESSIONS):
        folder = library.sessions_folder / f"odd-{number}"
        if "format" in text:
            with pytest.raises(LibraryError, match="another version"):
                library.rename(folder.name, "A name")
            assert (folder / "session.json").read_text() == text
        else:
            library.rename(folder.name, "A name")  # mends it; what could not be read at all is kept beside it
            assert text.startswith('{"') or text in [path.read_text() for path in folder.glob("session.json.damaged*")]
    assert [info.title for info in library.sessions()].count("A name") == len(SESSIONS) - 1


def test_a_field_that_cannot_be_read_is_left_out_and_said(library, session):
    file = session / "turns" / "0001" / "turn.json"
    sound = file.read_text()
    assert {one.name for one in fields(StoredTurn)} == TURN_FIELDS.keys() | {"folder", "problem"}
    for field, text in TURN_FIELDS.items():
        file.write_text(sound)
        put(file, **{field: text})
        odd, other = library.turns(session.name)
        past = load(odd)
        assert "cannot be read" in past.note and (past.text == "Paris." or field == "text"), field
        assert len(past.record.tokens) == 8, field
        assert not other.problem
        archive.markdown(library, session.name)
        json.loads(archive.jsonl(library, session.name).splitlines()[0])
    info = again(library)["odd"]
    assert info.turns == 2 and info.problem == "One turn of it can only be read in part."


def test_a_turn_that_is_none_is_left_out_and_said(library, session):
    shutil.copytree(session / "turns" / "0001", session / "turns" / "0003")
    shutil.copytree(session / "turns" / "0001", session / "turns" / "0004")
    shutil.copytree(session / "turns" / "0001", session / "turns" / "0005")
    files = [session / "turns" / f"000{number}" / "turn.json" for number in range(1, 6)]
    files[1].write_text("{}")
    for file in files[2:]:
        file.unlink()
    os.mkfifo(files[2])
    files[3].mkdir()
    files[4].symlink_to(files[4])
    info = again(library)["odd"]
    assert info.turns == 1 and info.problem == "4 turns of it cannot be read."


def test_bytes_that_are_no_text_are_a_sentence(library, session):
    trace = session / "turns" / "0001" / "tokens.jsonl"
    lines = trace.read_bytes().splitlines(keepends=True)
    trace.write_bytes(b"".join(lines[:3]) + b"\xff\xfe\x00\n" + b"".join(lines[3:]))
    past = load(library.turns(session.name)[0])
    assert len(past.record.tokens) == 3 and past.note == "Its trace cannot be read from token 4 on."
    trace.write_bytes(b"".join(lines)[:-20])  # a program that was killed: nothing to say
    past = load(library.turns(session.name)[0])
    assert len(past.record.tokens) == 7 and not past.note


def test_a_small_file_that_holds_hours_is_a_sentence(library, session):
    folder = session / "turns" / "0001"
    with soundfile.SoundFile(folder / "reply.flac", "w", 655_350, 8, "PCM_16", format="FLAC") as sound:
        for _ in range(8):
            sound.write(np.zeros((1_000_000, 8), np.int16))
    assert (folder / "reply.flac").stat().st_size < 100_000
    past = load(library.turns(session.name)[0])
    assert not past.reply_samples and "reply.flac is longer than any" in past.note and past.question_samples


def test_as_many_turns_are_read_together_as_the_memory_may_hold(library, session, monkeypatch):
    monkeypatch.setattr("app.storage.past.MOST_SAMPLES", 5000)
    turns = library.turns(session.name)
    loaded, waiting = load_some(turns)
    assert [past.number for past in loaded] == [1] and waiting == turns[1:]
    loaded, waiting = load_some(waiting)
    assert [past.number for past in loaded] == [2] and not waiting


def test_a_killed_session_with_odd_fields_does_not_stop_the_start(library, session):
    turn = session / "turns" / "0002"
    rates = '{"question_rate": "ten", "reply_rate": "99999999999"}'
    put(turn / "turn.json", state='"running"', versions=rates, deep="[" * 200 + "]" * 200)
    (turn / "reply.pcm").write_bytes(b"\x00\x01" * 100)
    os.mkfifo(turn / "words.txt")
    (session / "open").write_text("")
    assert again(library)[session.name].turns == 2
    assert StoredTurn.read(turn).state == "unfinished" and (turn / "reply.pcm").exists()  # its rate is unknown: it stays


def test_a_foreign_index_is_made_again(library):
    path = library.folder / "index.sqlite"
    before = library.sessions()
    for script in (
        "CREATE TABLE sessions (id, title, pinned, created); PRAGMA user_version = 2;",
        "PRAGMA user_version = 2;",
        "CREATE VIEW sessions AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS id FROM c;",
        "CREATE TABLE other (a); PRAGMA user_version = 99;",
    ):
        library.close()
        path.unlink()
        database = sqlite3.connect(path)
        database.executescript(script)
        database.close()
        library.open()
        assert library.sessions() == before
        library.rename("sound", "Still here")
        library.rename("sound", "")
        assert library.sessions() == before
    library.close()
    path.unlink()
    path.mkdir()
    library.open()
    assert library.sessions() == before  # in memory
