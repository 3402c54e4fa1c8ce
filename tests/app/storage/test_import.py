"""What comes from elsewhere is checked and compared before it gets its place in the library."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import tracemalloc
import wave
import zipfile
from pathlib import Path

import pytest

from app.storage import archive, importing
from app.storage.importing import import_from
from app.storage.journal import Journal
from app.storage.library import LOCK, Library, LibraryError
from tests.app.storage.test_library import record
from tests.rig.processes import ROOT


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A library with a session of three turns, which the tests copy and never change."""
    library = Library(tmp_path_factory.mktemp("origin") / "library")
    library.open()
    journal = Journal(library)
    for turn in (1, 2, 3):
        record(journal, turn)
    journal.close()
    yield library
    library.close()


@pytest.fixture(scope="module")
def packed(origin, tmp_path_factory):
    """That session as a zip."""
    target = tmp_path_factory.mktemp("packed") / "session.zip"
    archive.export_zip(origin, [the_id(origin)], target)
    return target


@pytest.fixture
def library(tmp_path):
    library = Library(tmp_path / "library")
    library.open()
    yield library
    assert not list(library.folder.glob("import-*"))
    library.close()


def the_id(library):
    [info] = library.sessions()
    return info.id


def zipped(path: Path, files: dict[str, bytes | str], way=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", way) as target:
        for name, data in files.items():
            entry = zipfile.ZipInfo("placeholder")
            entry.compress_type = way
            entry.filename = name  # as it is, backslashes too
            target.writestr(entry, data)
    return path


def files_of(packed: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(packed) as source:
        return {name: source.read(name) for name in source.namelist()}


def test_the_same_session_is_known_by_its_turns_whatever_its_name(library, origin, tmp_path):
    assert import_from(library, origin.sessions_folder).new == [the_id(origin)]
    renamed = tmp_path / "elsewhere"
    shutil.copytree(origin.sessions_folder / the_id(origin), renamed / "Copy of my session (2)")
    done = import_from(library, renamed)
    assert done.known == [the_id(origin)] and done.sentence == "All of it was here already."
    assert len(library.sessions()) == 1


def test_a_newer_copy_brings_what_is_missing_and_an_older_one_takes_nothing_away(library, origin, tmp_path):
    session = the_id(origin)
    older = tmp_path / "older"
    shutil.copytree(origin.sessions_folder, older)
    shutil.rmtree(older / session / "turns" / "0003")
    (older / session / "turns" / "0001" / "reply.flac").unlink()
    assert import_from(library, older).new == [session]
    library.rename(session, "Mine")
    done = import_from(library, origin.sessions_folder)
    assert done.grown == [session] and done.sentence == "1 session brought up to date."
    turns = library.turns(session)
    assert [turn.number for turn in turns] == [1, 2, 3] and all(turn.reply_audio() for turn in turns)
    assert [(info.title, info.turns) for info in library.sessions()] == [("Mine", 3)]
    assert import_from(library, older).known == [session] and len(library.turns(session)) == 3


def test_another_session_of_the_same_name_gets_a_name_of_its_own(library, origin, tmp_path):
    session = the_id(origin)
    import_from(library, origin.sessions_folder)
    other = tmp_path / "other"
    shutil.copytree(origin.sessions_folder, other)
    for file in other.glob("*/turns/*/turn.json"):
        file.write_text(json.dumps({**json.loads(file.read_text()), "began": 1e9, "heard": "something else"}))
    [new] = import_from(library, other).new
    assert new != session and len(library.sessions()) == 2 and library.turns(new)[0].heard == "something else"
    assert library.turns(session)[0].heard == "what is it"
    went_on = tmp_path / "went on"  # the same beginning, then another turn on each machine
    shutil.copytree(origin.sessions_folder, went_on)
    file = went_on / session / "turns" / "0003" / "turn.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "began": 2e9}))
    assert len(import_from(library, went_on).new) == 1 and len(library.sessions()) == 3


def test_a_session_that_is_open_is_not_grown_under_the_hand(library, origin, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(origin.sessions_folder, older)
    shutil.rmtree(older / the_id(origin) / "turns" / "0003")
    import_from(library, older)
    journal = Journal(library)
    record(journal)
    open_one = library.sessions_folder / the_id(origin)
    (library.sessions_folder / journal.session / LOCK).rename(open_one / LOCK)
    with pytest.raises(LibraryError, match="begin a new one, then import again"):
        import_from(library, origin.sessions_folder)
    (open_one / LOCK).rename(library.sessions_folder / journal.session / LOCK)
    journal.close()


def test_a_turn_that_was_cut_off_where_it_comes_from_is_ended_here(library, origin, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(origin.sessions_folder, source)
    turn = source / the_id(origin) / "turns" / "0003"
    found = json.loads((turn / "turn.json").read_text())
    (turn / "turn.json").write_text(json.dumps({**found, "state": "running", "text": ""}))
    (turn / "reply.flac").unlink()
    (turn / "reply.pcm").write_bytes(b"\x01\x02" * 16000)
    (turn / "words.txt").write_text("Par")
    import_from(library, source)
    last = library.turns(the_id(origin))[-1]
    assert (last.state, last.text, len(last.reply_audio()[0])) == ("unfinished", "Par", 16000)


def test_names_as_other_programs_pack_them(library, packed, tmp_path):
    files = files_of(packed)
    one = {name.replace("/", "\\"): data for name, data in files.items()}
    assert len(import_from(library, zipped(tmp_path / "a.zip", one)).new) == 1
    deeper = {f"My things/backup/{name}": data for name, data in files.items()}
    assert import_from(library, zipped(tmp_path / "b.zip", deeper)).known
    loose = {name.partition("/")[2]: data for name, data in files.items()}
    mac = {f"__MACOSX/._{name}": b"\x00" for name in files}
    assert import_from(library, zipped(tmp_path / "c.zip", {**loose, **mac})).known


def test_of_two_files_of_one_name_the_first_is_taken_and_it_is_said(library, packed, tmp_path):
    files = files_of(packed)
    session = next(iter(files)).partition("/")[0]
    twice = {f"{session}\\session.json": '{"title": "Second"}', f"{session}/turns/1/turn.json": '{"heard": "second"}'}
    done = import_from(library, zipped(tmp_path / "a.zip", {**files, **twice}))
    assert f"{session}/session.json is there twice: the first was taken." in done.left_out and len(done.left_out) == 2
    [info] = library.sessions()
    assert (info.title, info.turns, library.turns(info.id)[0].heard) == ("", 3, "what is it")


def test_only_what_refrain_writes_is_taken(library, packed, tmp_path):
    files = files_of(packed)
    session = next(iter(files)).partition("/")[0]
    evil = {f"{session}/run.sh": "rm -rf", f"{session}/turns/0001/other.so": "x", f"{session}/open": "", "readme.txt": "hello"}
    [new] = import_from(library, zipped(tmp_path / "a.zip", {**files, **evil})).new
    there = {path.name for path in (library.sessions_folder / new).rglob("*") if path.is_file()}
    assert there == {"session.json", "turn.json", "question.flac", "reply.flac", "tokens.jsonl"}


def test_links_are_left_out_and_said(library, origin, packed, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("{}")
    source = tmp_path / "source"
    shutil.copytree(origin.sessions_folder, source)
    turn = source / the_id(origin) / "turns" / "0001"
    (turn / "tokens.jsonl").unlink()
    (turn / "tokens.jsonl").symlink_to(secret)
    (turn / "loop").symlink_to(source)
    done = import_from(library, source)
    assert "tokens.jsonl is a link or no file" in done.sentence and not library.turns(done.new[0])[0].tokens
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as target:
        for name, data in files_of(packed).items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o120777 if name.endswith("reply.flac") else 0o100600) << 16
            target.writestr(entry, data)
    assert "reply.flac is a link" in import_from(library, path).sentence


def test_what_cannot_be_read_is_left_out_and_the_rest_is_taken(library, packed, tmp_path):
    files = files_of(packed)
    session = next(iter(files)).partition("/")[0]
    turns = f"{session}/turns/"
    odd = {
        f"{session}/session.json": '{"created": "yesterday", "title": "Odd"}',
        turns + "0001/turn.json": files[turns + "0001/turn.json"].replace(b'"rejected": [', b'"rejected": ["word"], "other": ['),
        turns + "0002/turn.json": "[" * 100_000,
        turns + "0003/reply.flac": "no sound",
        turns + "0003/tokens.jsonl": b"\xff\xfe\n",
        turns + "0004/question.flac": files[turns + "0001/question.flac"],
    }
    done = import_from(library, zipped(tmp_path / "a.zip", {**files, **odd}))
    words = " ".join(done.left_out)
    for part in ("its date cannot be", "its rejected drafts cannot be", "Turn 2 of", "reply.flac was left out", "no turn.json"):
        assert part in words, words
    assert "in the log" in done.sentence and "codec" not in words
    [info] = library.sessions()
    assert (info.title, info.turns, info.problem) == ("Odd", 2, "")  # what is here is sound
    assert library.turns(info.id)[0].question_audio() and not library.turns(info.id)[1].tokens


def entry_at(data: bytes, name: bytes, offset: int, form: str, value: int) -> bytes:
    """Changes a number in both headers of an entry: `offset` is that of its local one."""
    out, at = bytearray(data), 0
    for mark, start, extra in ((b"PK\x03\x04", 30, 0), (b"PK\x01\x02", 46, 2)):
        at = 0
        while (at := out.find(mark, at)) >= 0:
            length = struct.unpack_from("<H", out, at + (26 if extra == 0 else 28))[0]
            if out[at + start : at + start + length] == name:
                struct.pack_into(form, out, at + offset + extra, value)
            at += 4
    return bytes(out)


def test_zips_that_cannot_be_taken_are_sentences(library, packed, tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    name = next(name for name in files_of(packed) if name.endswith("0001/turn.json")).encode()
    sound = packed.read_bytes()

    def refused(data: bytes, match: str) -> None:
        path.write_bytes(data)
        with pytest.raises(LibraryError, match=match) as caught:
            import_from(library, path)
        assert str(caught.value).endswith(".") and not library.sessions()

    refused(entry_at(sound, name, 6, "<H", 1), "locked with a password")
    refused(entry_at(sound, name, 8, "<H", 14), r"does not read \(lzma\): pack it again")
    refused(entry_at(sound, name, 8, "<H", 77), r"does not read \(method 77\)")
    refused(sound[:-40], "not a zip")
    refused(b"", "not a zip")
    end = bytearray(sound)
    struct.pack_into("<I", end, sound.rfind(b"PK\x05\x06") + 12, 1 << 30)
    refused(bytes(end), "not a zip")
    for evil in ("../outside/turns/0001/turn.json", "/etc/turns/0001/turn.json", "..\\x\\session.json", "C:\\x\\session.json"):
        refused(zipped(tmp_path / "b.zip", {evil: "{}"}).read_bytes(), "outside its folder")
    with pytest.raises(LibraryError, match="There is no file"):
        import_from(library, tmp_path / "nowhere.zip")
    monkeypatch.setattr(importing.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1 << 40, 1 << 40, importing.MARGIN))
    refused(sound, "There is no room for .*Nothing was taken")


def test_a_bomb_is_left_alone(library, packed, tmp_path):
    files = files_of(packed)
    session = next(iter(files)).partition("/")[0]
    big = bytes(40 << 20)
    bomb = {f"{session}/turns/{number:04d}/reply.pcm": big for number in range(1, 5)}
    path = zipped(tmp_path / "a.zip", {**files, **bomb})
    assert path.stat().st_size < 1_000_000
    with pytest.raises(LibraryError, match="would unpack to 0.2 GB"):
        import_from(library, path)
    assert not library.sessions()
    library.largest_import = 10_000
    with pytest.raises(LibraryError, match="would unpack to 0.0 GB, and the settings allow 1e-05 GB: raise “Largest import”"):
        import_from(library, packed)
    library.largest_import = 4_000_000_000
    wav = io.BytesIO()
    with wave.open(wav, "wb") as sound:  # it fits into the zip's allowance, and holds more than any reply
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(90 << 20))
    del files[f"{session}/turns/0001/reply.flac"]
    files[f"{session}/turns/0001/reply.wav"] = wav.getvalue()
    path = zipped(tmp_path / "b.zip", files)
    tracemalloc.start()
    done = import_from(library, path)
    assert tracemalloc.get_traced_memory()[1] < 50e6  # the sound alone has 94 MB
    tracemalloc.stop()
    assert "reply.wav is longer than any question or reply" in done.sentence and done.new


def test_a_full_disk_leaves_whole_sessions_or_none(library, packed, tmp_path, monkeypatch):
    second = {}
    for name, data in files_of(packed).items():
        second[name.replace(name[:15], "20300101-000000")] = data.replace(b'"began": 1', b'"began": 2')
    path = zipped(tmp_path / "two.zip", {**files_of(packed), **second})
    calls = []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) > 12:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(*arguments)

    write = importing._write
    monkeypatch.setattr(importing, "_write", full)
    with pytest.raises(LibraryError, match="there is no room left. Until then: 1 session imported"):
        import_from(library, path)
    assert [info.turns for info in library.sessions()] == [3] and not library.sessions()[0].problem


def test_dates_that_no_zip_knows(library, origin, tmp_path):
    session = the_id(origin)
    shutil.copytree(origin.sessions_folder / session, library.sessions_folder / session)
    for number, at in enumerate((0, -(10**9), 10**10), 1):
        os.utime(library.sessions_folder / session / "turns" / f"000{number}" / "turn.json", (at, at))
    archive.export_zip(library, [session], tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as made:
        assert {1980, 2107} <= {entry.date_time[0] for entry in made.infolist()}
    assert import_from(library, tmp_path / "a.zip").known == [session]


def test_an_export_writes_through_no_prepared_link(origin, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    target = tmp_path / "a.zip"
    target.with_name("a.zip.partial").symlink_to(victim)
    archive.export_zip(origin, [the_id(origin)], target)
    archive.write_text(tmp_path / "a.md", "words")
    assert victim.read_text() == "mine" and zipfile.is_zipfile(target)
    (tmp_path / "link.md").symlink_to(tmp_path / "a.md")  # one that the user chose is followed
    archive.write_text(tmp_path / "link.md", "other words")
    assert (tmp_path / "a.md").read_text() == "other words"


IMPORT = """
import sys, time
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from app.storage import importing
from app.storage.library import Library
library = Library(Path(sys.argv[1])); library.open()
importing._marks = lambda folder: print("in the middle", flush=True) or time.sleep(600)
importing.import_from(library, Path(sys.argv[2]))
"""


@pytest.mark.whole
def test_a_killed_import_is_tidied_up_and_a_running_one_is_left_alone(tmp_path, packed):
    folder = tmp_path / "library"
    command = [sys.executable, "-c", IMPORT, str(folder), str(packed), str(ROOT)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout.readline() == "in the middle\n"
    library = Library(folder)
    library.open()
    [staging] = folder.glob("import-*")
    assert any(staging.rglob("turn.json")) and not library.sessions()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    young = folder / "import-without-lock"
    young.mkdir()
    library.open()
    assert list(folder.glob("import-*")) == [young]  # it may be about to be locked
    os.utime(young, (time.time() - 3600,) * 2)
    library.open()
    assert not list(folder.glob("import-*"))
    assert import_from(library, packed).new
    library.close()
