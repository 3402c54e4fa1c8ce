"""What is said here is for the user alone: folders 0700, files 0600, whatever the umask is."""

from __future__ import annotations

import logging
import os
import stat
import threading
from pathlib import Path

import pytest

from app.listening import results
from app.settings.settings import Settings
from app.storage import archive
from app.storage.importing import import_from
from app.storage.journal import Journal
from app.storage.library import LOCK, Library
from engine import log, private, whole_file
from tests.app.storage.test_library import TONE, WREN, record

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


@pytest.fixture(params=[0o000, 0o022, 0o777])
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> set[str]:
    """Every mode in `folder`, with the names that have another one than they should."""
    found = set()
    for path in (folder, *folder.rglob("*")):
        mode, wanted = stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600
        found.add("private" if mode == wanted else f"{path.name}: {mode:o}")
    return found


def test_sessions_from_their_first_byte_to_the_trash(tmp_path, umask):
    library = Library(tmp_path / "a" / "b" / "library")
    library.open()
    journal = Journal(library)
    record(journal)
    journal.begin(2, schedule="full", pooling="none", spoken=True, text="", seed=0, model=WREN)
    journal.question(2, TONE, 16000)
    journal.wait()
    assert library.sessions() and {path.name for path in library.folder.rglob("*")} >= {"question.pcm", LOCK, "index.sqlite-wal"}
    assert modes(tmp_path / "a") == {"private"}
    journal.close()
    session = library.sessions()[0].id
    archive.export_zip(library, [session], tmp_path / "a" / "out.zip")
    (tmp_path / "a" / "out.zip").rename(tmp_path / "out.zip")
    library.delete(session)
    import_from(library, tmp_path / "out.zip")
    with library.staging():
        assert modes(tmp_path / "a") == {"private"}
    library.close()


def test_an_older_library_is_made_private_at_the_start(tmp_path):
    library = Library(tmp_path / "chosen" / "library")
    library.open()
    journal = Journal(library)
    record(journal)
    journal.close()
    library.sessions()
    library.close()
    for path in (library.folder.parent, *library.folder.parent.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    library.open()
    library.sessions()
    assert modes(library.sessions_folder) == {"private"}
    assert stat.S_IMODE((library.folder / "index.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE(library.folder.parent.stat().st_mode) == 0o755  # others may have things beside it
    library.close()


def test_the_log_the_settings_and_blind_tests(tmp_path, umask, monkeypatch):
    folder = tmp_path / "state" / "log"
    monkeypatch.setattr(log, "log_file", lambda: folder / "refrain.log")
    monkeypatch.setattr(log, "_ROOMS", ("a_room_of_its_own",))
    monkeypatch.setattr(log.faulthandler, "is_enabled", lambda: True)
    folder.mkdir(0o755, parents=True)
    folder.chmod(0o755)
    (folder / "refrain.log").write_text("older")
    (folder / "refrain.log").chmod(0o644)
    (folder / "refrain.log.1").touch()
    (folder / "refrain.log.1").chmod(0o644)
    log.start()
    logger = logging.getLogger("a_room_of_its_own")
    logger.warning("something was said")
    logger.handlers[0].doRollover()
    logger.warning("something more")
    assert modes(folder) == {"private"} and len(list(folder.iterdir())) == 3
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close() if handler is not log._memory else None
    settings = Settings(tmp_path / "config" / "settings.toml")
    settings.set("generation.seed", 7)
    settings.close()
    assert modes(tmp_path / "config") == {"private"}
    private.make_folder(tmp_path / "tests")
    results.append(tmp_path / "tests" / "answers.jsonl", {"kind": "test"})
    assert modes(tmp_path / "tests") == {"private"}


def test_a_file_that_is_private_while_it_is_made_is_then_as_readable_as_any_other(tmp_path):
    before = os.umask(0o022)
    seen = []
    try:
        with whole_file.replacing(tmp_path / "out") as stream:
            stream.write(b"x")
            seen += [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()]
        assert seen == [0o600] and stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o644
        with pytest.raises(ZeroDivisionError), whole_file.replacing(tmp_path / "out") as stream:
            stream.write(b"y")
            raise ZeroDivisionError
        assert (tmp_path / "out").read_bytes() == b"x" and len(list(tmp_path.iterdir())) == 1
    finally:
        os.umask(before)


def test_a_private_file_replaces_a_prepared_link(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "session.json").symlink_to(victim)
    whole_file.write(tmp_path / "session.json", b"{}", private=True)
    assert victim.read_text() == "mine" and (tmp_path / "session.json").read_text() == "{}"


def test_two_threads_make_the_same_folders(tmp_path):
    made = [threading.Thread(target=private.make_folder, args=(tmp_path / "a" / "b" / "c",)) for _ in range(8)]
    for thread in made:
        thread.start()
    for thread in made:
        thread.join()
    assert modes(tmp_path / "a") == {"private"}
