"""Sessions on disk: what was said is kept, whatever happens to the program."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from app.engine_client.commands import ModelFacts
from app.storage import journal as journal_module
from app.storage.journal import Journal
from app.storage.library import Library, LibraryError
from app.storage.past import as_earlier, load, to_remember
from app.storage.records import StoredTurn, stats_of
from engine.events import Audio, Drafts, Listened, Text, Token, TurnCancelled, TurnFailed, TurnFinished, TurnStats
from engine.turn_record import TurnRecord
from tests.rig.processes import ROOT

WREN = ModelFacts("wren", "resources/wren", 12, (4, 8), 16, 25.0, 480)
TONE = (0.3 * np.sin(np.arange(4000) * 0.05)).astype(np.float32)


def stats(text="Paris.", **more) -> TurnStats:
    return TurnStats(
        "spark:k=4,last@8", 7, "what is it", text, {"text": 2, "speech": 6}, {"full": 12.0, "mean_speech": 9.0}, 2, 0, 0,
        {"first_audio": 0.1}, 120.0, 0.2, 0.25, 16000, **more,
    )  # fmt: skip


def events(end=None):
    yield Listened(0.25, 4, 0.01)
    yield Text("heard", "what is it")
    for index in range(8):
        yield Token(index, 100 + index, "speech", 8, index % 4 == 3, 3 if index % 4 == 3 else 0, 2.5, 0.01 * index)
    yield Drafts(2, (5, 6))
    yield Text("text", "Par")
    yield Text("text", "is.")
    yield Audio(TONE, 16000, 4, 0.1)
    yield Audio(-TONE, 16000, 8, 0.2)
    yield end or TurnFinished(stats())


def record(journal, turn=1, end=None, text="", spoken=True):
    journal.begin(turn, schedule="spark:k=4,last@8", pooling="none", spoken=spoken, text=text, seed=7, model=WREN)
    if spoken:
        journal.question(turn, TONE, 48000)
        journal.question(turn, TONE, 48000)
    reply(journal, turn, events(end))
    finish(journal, turn)


def finish(journal, turn):
    journal.end(turn)
    journal.wait()


def reply(journal, turn, said):
    """The reply grows by these events."""
    made = TurnRecord()
    made.begin("spark:k=4,last@8", 7, 12, 16000, "none", {})
    journal.reply(turn, made)
    for event in said:
        made.apply(event)


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path / "library")
    library.open()
    yield library
    library.close()


def test_a_turn_is_on_disk_when_its_last_event_was_taken(library):
    journal = Journal(library)
    record(journal)
    [turn] = library.turns(journal.session)
    assert (turn.state, turn.heard, turn.text, turn.schedule) == ("finished", "what is it", "Paris.", "spark:k=4,last@8")
    samples, rate = turn.question_audio()
    assert rate == 48000 and np.abs(samples - np.tile(TONE, 2)).max() < 1e-4
    samples, rate = turn.reply_audio()
    assert rate == 16000 and np.abs(samples - np.concatenate([TONE, -TONE])).max() < 1e-4
    assert [token.id for token in turn.tokens] == list(range(100, 108)) and turn.tokens[3].caught_up == 3
    assert stats_of(turn.stats) == stats() and turn.model["name"] == "wren" and turn.versions["python"]
    assert turn.first_audio == 0.1 and turn.rejected == [(10, 2)] and not journal.problem
    assert {path.name for path in turn.folder.iterdir()} == {"turn.json", "question.flac", "reply.flac", "tokens.jsonl"}
    [info] = library.sessions()
    assert (info.id, info.turns, info.words) == (journal.session, 1, "what is it")


def test_whoever_decodes_touches_no_disk(library, monkeypatch):
    """The thread that calls neither opens, writes nor syncs a file, nor encodes a sound: it waits, at the turn's end alone."""
    here, seen = threading.get_ident(), set()

    def watch(event, arguments):
        if threading.get_ident() == here and event in ("open", "os.mkdir", "os.rename", "os.remove", "os.utime"):
            seen.add((event, arguments[0]))

    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: watch("open", ("fsync",)) or fsync(file))
    monkeypatch.setattr(journal_module, "SYNC_SECONDS", 0.0)
    journal = Journal(library)
    record(journal)  # the thread is there, and all modules are
    with only(watch):
        record(journal, 2)
        journal.begin(3, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
        journal.question(3, TONE, 48000)
        journal.drop(3)
    assert not seen and [turn.state for turn in library.turns(journal.session)] == ["finished"] * 2
    journal.close()


@contextmanager
def only(watch):
    """An audit hook, which Python cannot take away again, does nothing afterwards."""
    watching = True
    sys.addaudithook(lambda event, arguments: watch(event, arguments) if watching else None)
    yield
    watching = False


def test_a_reply_is_written_while_it_grows(library):
    journal = Journal(library)
    journal.begin(1, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    reply(journal, 1, list(events())[:-1])
    end = time.monotonic() + 30

    def is_written() -> bool:
        running = library.turns(journal.session)
        sound = running[0].folder / "reply.pcm" if running else None
        return sound is not None and len(running[0].tokens) == 8 and sound.is_file() and sound.stat().st_size == 2 * 8000

    while not is_written():
        assert time.monotonic() < end, "nothing is written before the turn's end"
        time.sleep(0.01)
    running = library.turns(journal.session)
    assert running[0].state == "running" and (running[0].folder / "words.txt").read_text() == "Paris."
    journal.drop(1)
    journal.close()


def test_an_error_that_nobody_thought_of_is_a_sentence_and_later_turns_are_kept(library, monkeypatch):
    journal = Journal(library)
    with monkeypatch.context() as patch:
        patch.setattr(journal_module, "seal", lambda *_: 1 / 0)
        record(journal, 1)
    assert "This turn is not kept: division by zero" in journal.problem
    record(journal, 2)
    assert not journal.problem and library.turns(journal.session)[1].state == "finished"
    journal.close()


def test_the_index_reads_only_the_turn_that_is_new(library, monkeypatch):
    journal, read = Journal(library), []
    for turn in range(1, 6):
        record(journal, turn, TurnFinished(stats(f"Answer {turn}.")))
    library.rename(journal.session, "Numbers")
    assert [info.turns for info in library.sessions()] == [5]
    one = StoredTurn.read
    monkeypatch.setattr(StoredTurn, "read", lambda folder: read.append(folder.name) or one(folder))
    record(journal, 6)
    assert [info.turns for info in library.sessions("paris numbers")] == [6] and read == ["0006"]
    journal.begin(7, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    journal.drop(7)
    record(journal, 8, text="hello", spoken=False)
    assert [info.turns for info in library.sessions("hello")] == [7] and read == ["0006", "0007"]
    grown = library.sessions()
    journal.close()
    library.close()
    (library.folder / "index.sqlite").unlink()
    library.open()
    assert library.sessions() == grown and len(read) == 2 + 7  # made anew, it says the same


def test_a_turn_that_the_index_saw_before_its_end_counts_once(library):
    journal = Journal(library)
    record(journal, 1)
    journal.begin(2, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    journal.wait()
    library.rename(journal.session, "Renamed")  # all of it is read
    assert [info.turns for info in library.sessions()] == [2]
    reply(journal, 2, events())
    finish(journal, 2)
    assert [(info.turns, info.title) for info in library.sessions("paris")] == [(2, "Renamed")]
    journal.close()


def test_how_a_turn_ended_is_kept(library):
    journal = Journal(library)
    record(journal, 1, TurnCancelled(stats("Par")))
    record(journal, 2, TurnFailed("The model stopped."), text="hello", spoken=False)
    cancelled, failed = library.turns(journal.session)
    assert (cancelled.state, failed.state, failed.note) == ("cancelled", "failed", "The model stopped.")
    assert not failed.spoken and failed.question_audio() is None


def test_a_question_thought_better_of_leaves_nothing(library):
    journal = Journal(library)
    record(journal, 1)
    journal.begin(2, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    journal.question(2, TONE, 16000)
    journal.drop(2)
    record(journal, 3)
    assert [turn.number for turn in library.turns(journal.session)] == [1, 2]
    journal.new_session()
    record(journal, 4)
    assert len(library.sessions()) == 2


def test_what_was_not_heard_is_not_remembered_when_the_session_goes_on(library):
    journal = Journal(library)
    record(journal, 1, TurnCancelled(stats("Paris.")))
    journal.heard(1, 5, "Par")
    record(journal, 2)
    journal.take_back(2)
    record(journal, 3)
    record(journal, 4, TurnFailed("The model stopped."))
    session = journal.session
    journal.new_session()
    turns = [load(turn) for turn in library.turns(session)]
    kept = to_remember(turns)
    assert [turn.place for turn in kept] == [1, 3]  # one took the second's place, and one has failed
    first, third = (as_earlier(turn, WREN) for turn in kept)
    assert first.ids == tuple(range(100, 105)) and first.reply == "Par" and third.ids == tuple(range(100, 108))
    assert len(first.samples) == 8000 and first.rate == 48000 and first.question == "what is it"
    foreign = as_earlier(kept[0], replace(WREN, name="other"))
    assert foreign.ids == () and foreign.reply == "Par"

    journal.resume(session)
    record(journal, 5)
    assert [turn.number for turn in library.turns(session)] == [1, 2, 3, 4, 5] and len(library.sessions()) == 1
    journal.resume("of another world")
    assert "cannot be added to" in journal.problem
    record(journal, 6)
    assert len(library.sessions()) == 2 and not journal.problem


CRASH = """
import sys, time
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from app.storage.library import Library
from app.storage.journal import Journal
from tests.app.storage.test_library import TONE, WREN, events, record, reply
library = Library(Path(sys.argv[1])); library.open()
journal = Journal(library)
record(journal, 1)
journal.begin(2, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
journal.question(2, TONE, 48000)
reply(journal, 2, list(events())[:-1])
time.sleep(1)
print("in the middle", flush=True)
time.sleep(600)
"""


@pytest.mark.whole
def test_killed_in_the_middle_of_a_reply(tmp_path):
    folder = tmp_path / "library"
    child = subprocess.Popen([sys.executable, "-c", CRASH, str(folder), str(ROOT)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout.readline() == "in the middle\n"
    other = Library(folder)
    other.open()  # a second program starts while the first one talks: it leaves the running turn alone
    assert [turn.state for turn in other.turns(other.sessions()[0].id)] == ["finished", "running"]
    other.close()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    library = Library(folder)
    library.open()
    [info] = library.sessions()
    finished, unfinished = library.turns(info.id)
    assert (finished.state, finished.text) == ("finished", "Paris.")
    assert unfinished.state == "unfinished" and unfinished.text == "Paris." and "middle" in unfinished.note
    assert len(unfinished.tokens) == 8
    assert len(unfinished.question_audio()[0]) == 4000 and len(unfinished.reply_audio()[0]) == 8000
    library.close()
    database = sqlite3.connect(folder / "index.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("SELECT turns FROM sessions").fetchall() == [(2,)]
    database.close()


def test_a_full_disk_is_a_sentence_and_the_talk_goes_on(library, monkeypatch):
    journal = Journal(library)
    record(journal, 1)

    def full(path, value):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(journal_module, "write_json", full)
        record(journal, 2)
    assert "no space left" in journal.problem
    assert [turn.text for turn in library.turns(journal.session)] == ["Paris."]
    record(journal, 3)
    assert not journal.problem and len([t for t in library.turns(journal.session) if t.state == "finished"]) == 2


def test_what_is_said_of_a_turn_that_was_not_kept_is_not_written_to_another(library, monkeypatch):
    def full(path, value):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    journal = Journal(library)
    record(journal, 1)
    journal.begin(2, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    journal.drop(2)
    with monkeypatch.context() as patch:
        patch.setattr(journal_module, "write_json", full)
        record(journal, 3)
    journal.heard(3, 5, "Par")
    journal.take_back(3)
    record(journal, 4)
    journal.take_back(2)
    record(journal, 5)
    journal.heard(5, 4, "Pa")
    journal.take_back(4)
    record(journal, 6)
    turns = [(turn.number, turn.heard_tokens, turn.replaces) for turn in library.turns(journal.session)]
    assert turns == [(1, None, 0), (2, None, 0), (3, 4, 0), (4, None, 2)]


def test_a_turn_takes_the_place_of_one_from_the_session_that_goes_on(library):
    journal = Journal(library)
    record(journal, 1)
    record(journal, 2)
    session = journal.session
    journal.new_session()
    journal.resume(session)
    journal.take_back(-2)
    record(journal, 9)
    assert [turn.replaces for turn in library.turns(session)] == [0, 0, 2]


def test_what_a_full_disk_left_of_a_turn_is_recovered_at_the_next_start(library, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    journal = Journal(library)
    with monkeypatch.context() as patch:
        patch.setattr(journal_module, "seal", full)
        record(journal)
    journal.close()
    library.close()
    with monkeypatch.context() as patch:  # there is still no room: the library can be read all the same
        patch.setattr("app.storage.library.seal", full)
        library.open()
        [info] = library.sessions()
        library.close()
    library.open()
    [turn] = library.turns(info.id)
    assert (turn.state, turn.text) == ("unfinished", "Paris.") and len(turn.reply_audio()[0]) == 8000
    library.delete(info.id)


@pytest.mark.parametrize("ends", [Journal.close, Journal.new_session, lambda journal: record(journal, 2)])
def test_a_reply_without_an_end_is_kept(library, ends):
    journal = Journal(library)
    journal.begin(1, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    journal.question(1, TONE, 48000)
    reply(journal, 1, list(events())[:-1])
    ends(journal)
    turn = library.turns(library.sessions()[0].id)[0]
    assert turn.state == "unfinished" and turn.text == "Paris." and len(turn.reply_audio()[0]) == 8000
    journal.close()


def test_an_index_in_use_is_left_alone(library):
    journal = Journal(library)
    record(journal)
    assert [info.turns for info in library.sessions()] == [1]
    path = library.folder / "index.sqlite"
    library.close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    library.open()
    record(journal, 2)
    assert [info.turns for info in library.sessions()] == [2]  # read from the folders
    assert other.execute("SELECT turns FROM sessions").fetchall() == [(1,)]
    other.close()
    library.close()
    library.open()
    library.sessions()
    assert sqlite3.connect(path).execute("SELECT turns FROM sessions").fetchall() == [(2,)]  # it has caught up


def test_a_locked_index_holds_up_no_turn(library, monkeypatch):
    journal = Journal(library)
    record(journal)
    assert [info.turns for info in library.sessions()] == [1]
    other = sqlite3.connect(library.folder / "index.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with monkeypatch.context() as patch:
        patch.setattr("app.storage.index.Index._used", None)  # whoever asks the index may have to wait: a turn does not
        record(journal, 2)
    assert not journal.problem
    assert [info.turns for info in library.sessions()] == [2]
    other.close()


def test_a_library_that_was_taken_away_is_there_again_with_the_next_turn(library):
    journal = Journal(library)
    record(journal, 1)
    first = journal.session
    journal.begin(2, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    journal.question(2, TONE, 48000)
    journal.wait()
    shutil.rmtree(library.folder)
    reply(journal, 2, events())
    finish(journal, 2)
    assert "This turn is not kept: no such file" in journal.problem
    record(journal, 3)
    assert not journal.problem and journal.session != first
    assert [info.id for info in library.sessions()] == [journal.session] and library.turns(journal.session)[0].reply_audio()
    shutil.rmtree(library.folder)  # between two turns
    record(journal, 4)
    assert not journal.problem and [info.turns for info in library.sessions()] == [1]
    library.folder.rename(library.folder.with_name("unmounted"))
    library.folder.write_text("a disk that cannot be written")
    record(journal, 5)
    record(journal, 6)
    assert "This turn is not kept: file exists" in journal.problem and not library.sessions()
    library.folder.unlink()
    library.folder.with_name("unmounted").rename(library.folder)
    record(journal, 7)
    assert not journal.problem and sorted(info.turns for info in library.sessions()) == [1, 1]
    journal.close()
    library.open()  # the next start
    assert not list(library.folder.rglob("open"))


def test_the_beginning_of_a_turn_that_has_no_room_is_no_damaged_turn(library, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    journal = Journal(library)
    record(journal, 1)
    with monkeypatch.context() as patch:
        patch.setattr(journal_module, "write_json", full)
        record(journal, 2)
    record(journal, 3)
    [info] = library.sessions()
    assert (info.turns, info.problem) == (2, "") and [turn.number for turn in library.turns(info.id)] == [1, 2]


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    library = Library(tmp_path / "file" / "library")
    with pytest.raises(LibraryError, match="cannot be opened"):
        library.open()
    journal = Journal(library)
    record(journal)
    assert not journal.session and "This turn is not kept" in journal.problem and not library.sessions()
    (tmp_path / "file").unlink()
    record(journal, 2)
    assert not journal.problem and not library.problem and [info.turns for info in library.sessions()] == [1]
    journal.close()
    library.close()
    journal = Journal(None)
    record(journal)
    assert not journal.session


def test_the_index_can_be_made_again(library):
    journal = Journal(library)
    record(journal)
    library.rename(journal.session, "About France")
    library.pin(journal.session, True)
    journal.close()
    before = library.sessions()
    library.close()
    (library.folder / "index.sqlite").write_bytes(b"not a database at all" * 100)
    library.open()
    assert library.sessions() == before and before[0].title == "About France" and before[0].pinned


def test_search_finds_words_in_questions_replies_and_titles(library):
    journal = Journal(library)
    record(journal)
    first = journal.session
    journal.new_session()
    record(journal, 2, text="100% sure_thing", spoken=False, end=TurnFailed("no"))
    library.rename(first, "Geography")
    assert [info.id for info in library.sessions("geo WHAT")] == [first]
    assert len(library.sessions("paris")) == 2 and not library.sessions("london")
    assert len(library.sessions("%")) == len(library.sessions("0%")) == len(library.sessions("e_t")) == 1  # literal characters


def test_delete_and_undo(library):
    journal = Journal(library)
    record(journal)
    session = journal.session
    with pytest.raises(LibraryError, match="still open"):
        library.delete(session)
    journal.close()
    library.delete(session)
    assert not library.sessions() and not library.turns(session)
    library.restore(session)
    assert [info.id for info in library.sessions()] == [session] and library.turns(session)
    library.delete(session)
    library.empty_trash()
    library.restore(session)
    library.delete(session)
    long_ago = time.time() - 31 * 86400
    os.utime(library.folder / "trash" / session, (long_ago, long_ago))
    library.empty_trash()
    with pytest.raises(OSError):
        library.restore(session)


def test_two_thousand_sessions_are_listed_at_once(library):
    journal = Journal(library)
    record(journal)
    journal.close()
    [model] = library.sessions_folder.iterdir()
    turn = (model / "turns" / "0001" / "turn.json").read_text()
    for number in range(2000):
        folder = library.sessions_folder / f"20200101-{number:06d}-abcdef"
        (folder / "turns" / "0001").mkdir(parents=True)
        (folder / "turns" / "0001" / "turn.json").write_text(turn.replace("what is it", f"question number {number}"))
        session = {"format": 1, "title": "", "pinned": False, "created": 1e9 + number}
        (folder / "session.json").write_text(json.dumps(session))  # `write_json` waits for the disk each time
    library.close()
    library.open()  # finds and reads them
    library.close()
    began = time.perf_counter()
    library.open()
    found = library.sessions()
    seconds = time.perf_counter() - began
    print(f"2,001 sessions: opened and listed in {seconds * 1000:.0f} ms")
    assert len(found) == 2001 and seconds < 10
    assert len(library.sessions("number 1999")) == 1


def test_a_damaged_turn_does_not_hide_the_others(library):
    journal = Journal(library)
    record(journal, 1)
    record(journal, 2)
    journal.close()
    [info] = library.sessions()
    (library.sessions_folder / info.id / "turns" / "0001" / "turn.json").write_text("{")
    assert [turn.number for turn in library.turns(info.id)] == [2]
    shutil.rmtree(library.sessions_folder / info.id)
    library.close()
    library.open()
    assert library.sessions() == []


def test_a_full_disk_is_said_at_the_start_until_something_can_be_kept(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=4096))
    library = Library(tmp_path)
    library.open()
    assert "is full. Make room there" in library.problem
    record(Journal(library), 1)
    assert not library.problem
    monkeypatch.undo()
    library = Library(tmp_path)
    library.open()
    assert not library.problem
