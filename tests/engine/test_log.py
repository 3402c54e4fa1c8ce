"""The log: what it leaves out, and that nothing of it stays where everything is to go."""

from __future__ import annotations

import logging

import pytest

from engine import log


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
