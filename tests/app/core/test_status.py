"""The state comes from what was seen."""

from __future__ import annotations

import pytest

from app.core.status import Snapshot, resumed_sentence, status_of
from app.engine_client.commands import Resumed


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        ({}, "Idle", "Speak"),
        ({"loading": "wren"}, "Loading", "wren"),
        ({"recorded_seconds": 0.0}, "Listening", "first sample"),
        ({"recorded_seconds": 1.25, "loading": "wren"}, "Listening", "1.2 s"),
        ({"replying": True}, "Thinking", "question"),
        ({"replying": True, "tokens": 7}, "Thinking", "7 tokens"),
        ({"replying": True, "tokens": 7, "sounding": True, "heard_seconds": 2.0}, "Speaking", "2.0 s"),
        ({"waiting_for_sound": True}, "Thinking", "on its way"),
        ({"sounding": True}, "Speaking", "0.0 s"),
        ({"error": "It broke.", "replying": True}, "Error", "It broke."),
        ({"recorded_seconds": 2.0, "ends_by": "tap"}, "Listening", "Press again"),
        ({"recorded_seconds": 2.0, "zeros_seconds": 1.5, "microphone_name": "USB"}, "Listening", "USB"),
        ({"lost": "It is gone."}, "Device lost", "gone"),
        ({"lost": "It is gone.", "hint": "Dropped."}, "Device lost", "Dropped"),
        ({"load_error": "No model.", "loading": "x"}, "Error", "No model"),
        ({"muted": True}, "Idle", "muted"),
        ({"hands_free": True}, "Idle", "whenever"),
        ({"hands_free": True, "zeros_seconds": 1.5}, "Idle", "silence"),
        ({"note": "“B” is used."}, "Idle", "“B”"),
        ({"microphone": "No microphone was found."}, "Idle", "type"),
        ({"speaker": "No speaker was found."}, "Idle", "read"),
    ],
)
def test_status(seen, state, words):
    status = status_of(Snapshot(**seen))
    assert status.state == state and words in status.sentence
    assert status.button and status.intent


@pytest.mark.parametrize(
    ("found", "count", "words"),
    [
        (Resumed(3, 0), 3, "and the model remembers it."),
        (Resumed(1, 0), 3, "its last turn of 3."),
        (Resumed(2, 1), 9, "its last 2 turns of 9. It knows only the words of 1 of them, for want"),
        (Resumed(2, 2), 2, "It knows only the words of them, for want"),
        (Resumed(1, 1), 3, "its last turn of 3. It knows only the words of it, for want"),
        (Resumed(), 3, "remembers nothing"),
        (Resumed(problem="No model."), 3, "No model. The session goes on"),
    ],
)
def test_what_is_remembered_of_a_session_that_goes_on(found, count, words):
    assert words in resumed_sentence(found, count)


@pytest.mark.parametrize(
    ("seen", "intent"),
    [
        ({"error": "It failed.", "can_try_again": True}, "try_again"),
        ({"error": "No microphone.", "microphone": "No microphone."}, "choose_device"),
        ({"error": "It failed."}, "dismiss"),
        ({"load_error": "It is not there."}, "choose_model"),
        ({"lost": "Gone."}, "choose_device"),
        ({"muted": True, "hint": "Muted."}, "unmute"),
        ({"hint": "I heard no voice.", "can_insist": True}, "send_anyway"),
        ({"written": "~/a.wav"}, "open_folder"),
        ({"sounding": True}, "stop"),
    ],
)
def test_each_state_offers_one_thing_to_do(seen, intent):
    assert status_of(Snapshot(**seen)).intent == intent
