"""The state comes from what was seen."""

from __future__ import annotations

import pytest

from app.chat.state import Evidence, status_of


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        ({}, "Idle", "speak"),
        ({"loading": "wren"}, "Loading", "wren"),
        ({"recorded_seconds": 0.0}, "Listening", "first sample"),
        ({"recorded_seconds": 1.25, "loading": "wren"}, "Listening", "1.2 s"),
        ({"replying": True}, "Thinking", "question"),
        ({"replying": True, "tokens": 7}, "Thinking", "7 tokens"),
        ({"replying": True, "tokens": 7, "sounding": True, "heard_seconds": 2.0}, "Speaking", "2.0 s"),
        ({"waiting_for_sound": True}, "Thinking", "on its way"),
        ({"sounding": True}, "Speaking", "Esc"),
        ({"error": "It broke.", "replying": True}, "Error", "It broke."),
        ({"microphone": "No microphone was found."}, "Idle", "type"),
        ({"speaker": "No speaker was found."}, "Idle", "read"),
    ],
)
def test_status(seen, state, words):
    status = status_of(Evidence(**seen))
    assert status.state == state and words in status.sentence
