"""The log: what it leaves out, and that nothing of it stays where everything is to go."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import log
from tests.rig.processes import ROOT


@pytest.fixture
def logger(tmp_path, monkeypatch):
    """One that writes to a file of its own, as `start` would."""
    monkeypatch.setattr(log, "log_file", lambda: tmp_path / "refrain.log")
    rooms = [logging.getLogger(room) for room in log._ROOMS]
    before = [room.handlers for room in rooms]
    for room in rooms:
        room.handlers = []
    log.start()
    yield rooms[0]
    for handler in rooms[0].handlers:
        if isinstance(handler, logging.FileHandler):
            handler.close()
    for room, handlers in zip(rooms, before, strict=True):
        room.handlers = handlers
    log.keep_words_out(False)


WORDS = "I cannot read “my secret”."


def fail(logger):
    try:
        raise ValueError(WORDS)
    except ValueError as error:
        log.explain(error)
        logger.error("A turn failed: %s", error, exc_info=error)


def test_errors_of_a_private_talk_are_logged_without_their_words(logger, tmp_path):
    log.keep_words_out(True)
    fail(logger)
    written = (tmp_path / "refrain.log").read_text()
    assert "secret" not in written and "ValueError" in written and "in fail" in written
    assert not any("secret" in entry.text for entry in log.recent())
    log.keep_words_out(False)
    fail(logger)
    assert "secret" in (tmp_path / "refrain.log").read_text()


def test_an_erased_log_is_gone_and_goes_on(logger, tmp_path):
    fail(logger)
    (tmp_path / "refrain.log.1").write_text("older")
    assert log.kept_bytes() > 100
    log.erase()
    assert not list(tmp_path.glob("refrain.log*")) and not log.recent()
    logger.warning("On we go.")
    assert "On we go." in (tmp_path / "refrain.log").read_text()


@pytest.mark.whole
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device here")
def test_a_full_disk_costs_lines_and_says_nothing_on_the_terminal(tmp_path):
    code = """
import logging
from engine import log
log._File._open = lambda self: open("/dev/full", "a")
log.start()
try:
    raise OSError("the first")
except OSError:
    logging.getLogger("engine.x").exception("cannot be written")
logging.getLogger("engine.x").warning("nor this")
print([entry.text.splitlines()[0].rpartition(": ")[2] for entry in log.recent()])
"""
    command = [sys.executable, "-c", code]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path), "REFRAIN_DATA": str(tmp_path)}
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert run.stdout == "['cannot be written', 'nor this']\n"
    assert "Logging error" not in run.stderr
