"""A reply whose speaker is closed while it sounds: it goes on on another one, or what was heard of it is kept."""

from types import SimpleNamespace

import pytest

from app.audio.devices import SoundDevice
from app.audio.player import Player
from app.core.speaking import MOVE_SECONDS, Speaking
from app.core.turn import ChatTurn


@pytest.fixture
def moving(monkeypatch):
    """A reply of which two seconds were heard when its speaker was closed, and the time, which a test moves on."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr("app.core.speaking.time", SimpleNamespace(monotonic=lambda: now.seconds))
    first = Player(SoundDevice(0, "first", 48_000, 1))
    sound = SimpleNamespace(player=first, output=SimpleNamespace(lost=""), went_on=[])
    sound.go_on = lambda turn, heard: sound.went_on.append((turn, heard))
    speaking = Speaking(sound)
    speaking.begin(ChatTurn(7, "full", False))
    first.close()
    first.heard_at_stop, sound.player = 2.0, None
    assert speaking.follow(False) is None and speaking.is_sounding
    return speaking, sound, now


def test_it_goes_on_where_another_speaker_is_opened(moving):
    speaking, sound, _ = moving
    sound.player = Player(SoundDevice(1, "second", 48_000, 1))
    assert speaking.follow(False) is None and sound.went_on == [(7, 2.0)]


def test_it_is_over_where_none_is(moving):
    speaking, sound, now = moving
    now.seconds += MOVE_SECONDS + 0.1
    assert speaking.follow(False) == 2.0 and not speaking.is_sounding and not sound.went_on


def test_a_speaker_that_died_and_is_opened_again_takes_it_along(moving):
    speaking, sound, _ = moving
    sound.player, sound.output.lost = Player(SoundDevice(0, "first", 48_000, 1)), "It is gone."
    assert speaking.follow(False) == 2.0 and not sound.went_on


def test_who_stops_it_meanwhile_has_heard_what_was_heard(moving):
    speaking, _, _ = moving
    assert speaking.stop() == 2.0 and not speaking.is_sounding
