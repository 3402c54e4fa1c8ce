"""Faults of the library of sessions: what is written into it, taken out of it, and held up beside it."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.storage import archive
from app.storage.importing import import_from
from app.storage.journal import Journal
from app.storage.library import Library
from tests.app.storage import test_damaged, test_library
from tests.app.storage.test_library import record
from tests.faults.fault import Outcome, fault, fill, killed_at, lost, small_disk, started, tidy, writable

KILLS = 10
OPENED = """
import sys
from pathlib import Path
from app.storage import archive, importing
from app.storage.library import Library
library = Library(Path(sys.argv[1])); library.open(); ids = [info.id for info in library.sessions()]
print("go", flush=True)
"""
EXPORT = f"{OPENED}archive.export_zip(library, ids, Path(sys.argv[2]), 'wav')"
IMPORT = f"{OPENED}importing.import_from(library, Path(sys.argv[2]))"


@contextmanager
def opened(folder: Path, sessions: int = 1, turns: int = 2) -> Iterator[tuple[Library, Journal]]:
    """A library with sessions of some turns, and a journal that goes on with the last of them."""
    library = Library(folder)
    library.open()
    journal = Journal(library)
    for session in range(sessions):
        if session:
            journal.new_session()
        for turn in range(turns):
            record(journal, session * turns + turn + 1)
    try:
        yield library, journal
    finally:
        journal.close()
        library.close()


def content(library: Library) -> set[tuple]:
    """Every turn that can be read, with its words, tokens and sounds."""
    return {
        (info.id, turn.number, turn.text, len(turn.tokens), len((turn.reply_audio() or [()])[0]))
        for info in library.sessions()
        for turn in library.turns(info.id)
    }


def reopened(folder: Path) -> set[tuple]:
    library = Library(folder)
    library.open()
    try:
        return content(library)
    finally:
        library.close()


@fault("reply-killed", "kill -9 while a reply is being recorded")
def reply_killed(place: Path) -> Outcome:
    folder = place / "library"
    with started([sys.executable, "-c", test_library.CRASH, str(folder), "."], "in the middle") as child:
        child.send_signal(signal.SIGKILL)
        child.wait()
    library = Library(folder)
    library.open()
    whole, cut = library.turns(library.sessions()[0].id)
    kept = f"the turn before, and of the cut one {len(cut.tokens)} of 8 tokens, {len(cut.reply_audio()[0])} of 8000 samples"
    is_all = whole.state == "finished" and len(cut.tokens) == 8 and len(cut.reply_audio()[0]) == 8000
    return Outcome(kept, "nothing" if is_all else "a part of the reply", cut.note)


@fault("export-killed", f"kill -9 at {KILLS} moments of an export of 30 sessions")
def export_killed(place: Path) -> Outcome:
    target = place / "sessions.zip"
    with opened(place / "library", 30) as (library, _):
        before = content(library)
        began = time.monotonic()
        archive.export_zip(library, [info.id for info in library.sessions()], target, "wav")
        seconds = time.monotonic() - began
    old, broken, killed = target.read_bytes(), 0, 0
    for number in range(KILLS):
        killed += killed_at(EXPORT, seconds * number / KILLS, place / "library", target)
        broken += target.read_bytes() != old and zipfile.ZipFile(target).testzip() is not None
    after = reopened(place / "library")
    kept = f"{len(after)} of {len(before)} turns; killed {killed} times, the file of an earlier export is whole each time"
    return Outcome(kept, "nothing" if not broken and after >= before else f"{broken} exports", "")


@fault("import-killed", f"kill -9 at {KILLS} moments of an import of 30 sessions, then the import again")
def import_killed(place: Path) -> Outcome:
    packed = place / "sessions.zip"
    with opened(place / "library", 30) as (library, _):
        wanted = {turn[2:] for turn in content(library)}
        archive.export_zip(library, [info.id for info in library.sessions()], packed)
    with opened(place / "other") as (other, _):
        mine = content(other)
        began = time.monotonic()
    trial = Library(place / "trial")
    trial.open()
    import_from(trial, packed)
    seconds, killed = time.monotonic() - began, 0
    for number in range(KILLS):
        killed += killed_at(IMPORT, seconds * number / KILLS, place / "other", packed)
    other = Library(place / "other")
    other.open()
    said = import_from(other, packed).sentence
    after = content(other)
    left = [path.name for path in other.folder.glob("import-*")]
    complete = {turn[2:] for turn in after} >= wanted and len(other.sessions()) == 31
    kept = f"killed {killed} times; {len(other.sessions())} of 31 sessions, {len(left)} unfinished folders left"
    return Outcome(kept, lost(mine, after, "turns") if complete else "sessions of the import", said)


@fault("odd-session", f"{len(test_damaged.SESSIONS)} sessions whose session.json is odd, in the library at the start")
def odd_session(place: Path) -> Outcome:
    with opened(place / "library") as (library, _):
        good = content(library)
        template = library.sessions_folder / library.sessions()[0].id
        for number, text in enumerate(test_damaged.SESSIONS):
            (shutil.copytree(template, library.sessions_folder / f"odd-{number}") / "session.json").write_text(text)
    (place / "library" / "index.sqlite").unlink()
    library = Library(place / "library")
    library.open()
    found = library.sessions()
    said = next(info.problem for info in found if info.problem)
    after = content(library)
    kept = f"the program starts; {len(found)} of {len(test_damaged.SESSIONS) + 1} sessions are listed with their turns"
    return Outcome(kept, lost(good, after, "turns") if len(after) == 2 * len(found) else "turns of the odd sessions", said)


@fault("index-locked", "another program holds the index while two turns end")
def index_locked(place: Path) -> Outcome:
    with opened(place / "library") as (library, journal):
        other = sqlite3.connect(library.folder / "index.sqlite", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        record(journal, 3)
        record(journal, 4)
        seconds = time.monotonic() - began
        said = journal.problem
        other.close()
    after = reopened(place / "library")
    kept = f"{len(after)} of 4 turns; a turn's end took {seconds / 2:.1f} s"
    return Outcome(kept, "nothing" if len(after) == 4 and seconds < 4 else f"{4 - len(after)} of 4 turns", said)


@fault("data-deleted", "the library's folder is deleted while the program runs")
def data_deleted(place: Path) -> Outcome:
    with opened(place / "library") as (library, journal):
        shutil.rmtree(library.folder)
        record(journal, 3)
        said = journal.problem
        record(journal, 4)
    after = reopened(place / "library")
    return Outcome(f"{len(after)} of the 2 turns after it", "nothing" if len(after) == 2 else f"{2 - len(after)} turns", said)


@fault("library-full-disk", "the library's disk is full for two turns, then it has room again")
def library_full(place: Path) -> Outcome:
    with small_disk(place / "disk", 4) as disk, opened(disk / "library") as (library, journal):
        before = content(library)
        filler = fill(disk)
        record(journal, 3)
        record(journal, 4)
        said = journal.problem
        filler.unlink()
        made = content(library) - before
        record(journal, 5)
        after = content(library)
    kept = f"{len(before & after)} of {len(before)} turns from before, {len(made)} of 2 made meanwhile, "
    kept += f"{len(after - before - made)} of 1 made after it"
    return Outcome(kept, meanwhile(lost(before, after, "turns"), 2 - len(made), said), tidy(said, disk))


@fault("library-read-only", "the library's disk becomes read-only for a turn")
def library_read_only(place: Path) -> Outcome:
    with small_disk(place / "disk", 4) as disk, opened(disk / "library") as (library, journal):
        before = content(library)
        journal.new_session()
        library.close()
        writable(disk, False)
        record(journal, 3)
        said = journal.problem
        seen = content(library)
        writable(disk, True)
        record(journal, 4)
        after = content(library)
    kept = f"{len(seen & before)} of {len(before)} turns can be read meanwhile; {len(after - seen)} of 1 made after it"
    return Outcome(kept, meanwhile(lost(before, after, "turns"), 1 - len(seen - before), said), tidy(said, disk))


def meanwhile(before: str, turns: int, said: str) -> str:
    """What was lost of before, and how many turns could not be kept, which must have been said."""
    if before != "nothing" or not turns:
        return before
    return f"nothing of before; {turns} made meanwhile, which is said at once" if said else f"{turns} turns, without a word"


@fault("clock-set-back", "the clock is set back by a day between two turns, and by ten years between two sessions")
def clock_set_back(place: Path) -> Outcome:
    now = time.time
    try:
        with opened(place / "library") as (library, journal):
            before = content(library)
            time.time = lambda: now() - 86_400
            record(journal, 3)
            journal.new_session()
            time.time = lambda: now() - 3650 * 86_400
            record(journal, 4)
            said = journal.problem
    finally:
        time.time = now
    after = reopened(place / "library")
    return Outcome(f"{len(after)} of 4 turns", lost(before, after, "turns") if len(after) == 4 else "later turns", said)
