"""What every test of a conversation begins with, and how it has to end."""

from __future__ import annotations

import threading

import pytest

from tests.engine.random_spoken_lm import RandomSpokenLM


@pytest.fixture(autouse=True)
def no_thread_stays():
    """None that the test began."""
    before = set(threading.enumerate())
    yield
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "vocoder"]


@pytest.fixture
def model():
    return RandomSpokenLM()
