"""A thread that cannot be had is an error with a sentence, and never a wait without an end."""

from __future__ import annotations

import threading

import pytest

from engine import worker_thread
from engine.speech.vocoder_thread import VocoderThread
from engine.worker_thread import NoThread, Thread

STARTER = "_start_joinable_thread" if hasattr(threading, "_start_joinable_thread") else "_start_new_thread"


def refuse(*arguments, **named):
    raise RuntimeError("can't start new thread")


def test_a_thread_runs():
    done = threading.Event()
    thread = Thread(done.set, "one")
    thread.start()
    thread.join(10)
    assert done.is_set() and thread.daemon and thread.name == "one" and not thread.is_alive()


def test_a_system_without_room_for_one_more(monkeypatch):
    monkeypatch.setattr(threading, STARTER, refuse)
    with pytest.raises(NoThread, match="memory ran out"):
        VocoderThread(lambda: None, 16_000)


def test_a_thread_that_dies_before_its_first_step(monkeypatch):
    monkeypatch.setattr(threading, STARTER, lambda *arguments, **named: None)
    monkeypatch.setattr(worker_thread, "_PATIENCE", 0.05)
    with pytest.raises(NoThread, match="memory ran out"):
        Thread(lambda: None, "dead").start()


def test_a_vocoder_that_ends_without_a_word(monkeypatch):
    """Even to say that there is no memory takes some."""
    monkeypatch.setattr(VocoderThread, "_run", lambda self: None)
    thread = VocoderThread(lambda: None, 16_000)
    thread._thread.join(10)
    with pytest.raises(MemoryError, match="memory ran out"):
        list(thread.finish())
    thread.close()
