"""Talking with a virtual sound card whose devices hang, vanish and return."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from tests.rig.processes import ROOT, python
from tests.rig.sound_card import SoundCard, virtual_sound_card

pytestmark = [pytest.mark.desktop, pytest.mark.slow]
QUESTION = Path(__file__).parents[1] / "two_plus_two.flac"
SPOKEN = soundfile.info(str(QUESTION)).duration


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    with virtual_sound_card() as card:
        yield card


@pytest.fixture
def fresh_card() -> Iterator[SoundCard]:
    """A card of its own, for what unplugs devices."""
    with virtual_sound_card() as card:
        yield card


def play(scenario: str, env: dict[str, str]) -> dict:
    """Runs a scenario of `tests.app.audio.scenarios` and returns what it saw."""
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.app.audio.scenarios", scenario, str(QUESTION)]
    child = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=280)
    assert child.returncode == 0, child.stderr[-4000:]
    assert "Traceback" not in child.stderr and "QThread" not in child.stderr, child.stderr[-4000:]
    seen = json.loads(child.stdout.splitlines()[-1])
    assert "error" not in seen, seen
    return seen


def test_hands_free_finds_a_question_answers_it_once_and_is_deaf_while_it_speaks(card):
    seen = play("hands_free", card.env)
    assert SPOKEN < seen["answered"]["question_seconds"] < SPOKEN + 3
    assert seen["still_speaking"] and seen["after"]["turns"] == 1 and seen["after"]["state"] == "Idle"
    assert seen["answered"]["played_seconds"] == pytest.approx(seen["answered"]["made_seconds"], abs=0.05)


def test_with_headphones_a_voice_interrupts_the_reply_and_is_the_next_question(card):
    seen = play("barge_in", card.env)
    assert 0.3 < seen["first"]["played"] < 4 < seen["first"]["made"]
    assert seen["first"]["told"] == pytest.approx([seen["first"]["played"]], abs=0.3)  # what was not heard is not remembered
    assert SPOKEN < seen["second"]["question_seconds"] < SPOKEN + 3
    assert seen["states"].index("Speaking") < seen["states"].index("Listening")


def test_a_voice_interrupts_a_reply_that_the_microphone_hears_and_the_reply_does_not(fresh_card):
    seen = play("over_the_speaker", fresh_card.env)
    assert seen["alone"]["turns"] == 2 and seen["alone"]["played"] == pytest.approx(seen["made"], abs=0.1)
    verdict, delay, echo_in, echo_left = seen["meter"]
    assert verdict == "gone" and delay is not None and echo_left < echo_in - 20
    assert 1.0 < seen["interrupted"]["played"] < seen["interrupted"]["made"] - 0.3
    assert SPOKEN < seen["asked"]["question_seconds"] < SPOKEN + 3 and seen["heard"]


def test_a_reply_goes_on_whatever_device_is_chosen_in_the_middle_of_it(fresh_card):
    seen = play("other_devices", fresh_card.env)
    assert [turns for turns, *_ in seen["changes"]] == [1] * 5, "a reply interrupted itself"
    for _, made, played, _ in seen["changes"]:
        assert made > 4 and played == pytest.approx(made, abs=0.1)
    assert seen["devices"] == ["test_ear", "test_talker"]
    assert [verdict for *_, verdict in seen["changes"]][::4] == ["gone", "none"]  # the last microphone does not hear that speaker


def test_tap_hold_and_the_same_question_again(card):
    seen = play("tap", card.env)
    assert seen["tapped"]["state"] == "Listening" and "Press again" in seen["tapped"]["sentence"]
    assert SPOKEN <= seen["tap"]["kept_seconds"] < SPOKEN + 3
    assert SPOKEN <= seen["hold"]["kept_seconds"] < SPOKEN + 3
    assert seen["again"]["schedule"] == "spark:even@4" and seen["schedule"] == "full"
    assert (seen["tap"]["seed"], seen["again"]["seed"]) == (0, 3)
    assert seen["again"]["question_seconds"] == pytest.approx(seen["tap"]["kept_seconds"], abs=0.1)
    assert seen["tap"]["kept_reply_seconds"] == pytest.approx(seen["tap"]["made_seconds"])
    before, after = seen["figures"]
    assert before == after  # a replay is nothing that the turn did
    waited = [seconds for _, seconds in before[0]]
    assert max(waited) > 1 and waited[-1] == 0
    counters = seen["counters"]
    assert {"ring_underruns", "device_underflows", "input_late", "output_late"} <= set(counters)
    assert sum(counters["input_gaps"].values()) > 100 < sum(counters["output_gaps"].values())


def test_mute_only_mutes(card):
    seen = play("mute", card.env)
    assert "dropped" in seen["dropped"]["sentence"] and seen["dropped"]["turns"] == 0
    assert seen["peak"] == 0
    assert seen["refused"]["state"] == "Idle" and "muted" in seen["refused"]["sentence"]
    assert seen["reply"]["note"] == ""
    assert seen["reply"]["played_seconds"] == pytest.approx(seen["reply"]["made_seconds"], abs=0.05)
    assert seen["muted"]["intent"] == "unmute" and seen["unmuted"]["intent"] == "talk"


def test_a_microphone_that_hangs_is_noticed_and_used_again(fresh_card):
    seen = play("stalled", fresh_card.env)
    assert seen["lost"]["intent"] == "choose_device" and "stopped delivering" in seen["lost"]["sentence"]
    assert seen["typed"]["made_seconds"] > 1
    assert SPOKEN < seen["again"]["question_seconds"] < SPOKEN + 3


def test_an_unplugged_microphone_is_not_replaced_by_what_the_speaker_plays(fresh_card):
    seen = play("unplugged", fresh_card.env)
    assert seen["lost"]["state"] == "Device lost" and "gone" in seen["lost"]["sentence"]
    assert SPOKEN < seen["again"]["question_seconds"] < SPOKEN + 3
    assert seen["end"]["state"] == "Idle"


def test_the_name_shown_is_the_microphone_really_used_and_the_chosen_one_is_taken_back(fresh_card):
    seen = play("moved", fresh_card.env)
    assert seen["instead"] == "Other" != seen["chosen"]
    assert "gone" in seen["moved"]["sentence"] and "Other" in seen["moved"]["sentence"]
    assert SPOKEN < seen["again"]["question_seconds"] < SPOKEN + 3


def test_a_speaker_that_hangs_ends_the_sound_but_not_the_reply(fresh_card):
    seen = play("lost_speaker", fresh_card.env)
    assert "speaker" in seen["lost"]["sentence"] and seen["lost"]["intent"] == "choose_device"
    assert seen["first"]["note"] == "" and seen["first"]["kept_reply_seconds"] == pytest.approx(seen["first"]["made_seconds"])
    assert seen["first"]["played_seconds"] < seen["first"]["made_seconds"]
    assert seen["second"]["played_seconds"] == pytest.approx(seen["second"]["made_seconds"], abs=0.05)


def test_a_child_lists_what_is_connected(card):
    code = "from app.audio.list_devices import ask_child; print(ask_child())"
    listed = python(code, env=card.env)
    assert "app_mic" in listed and "app_speaker" in listed and "error=''" in listed


def test_without_any_device_typed_questions_are_answered(tmp_path):
    nowhere = {"PULSE_SERVER": "unix:/nonexistent", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    seen = play("nothing", nowhere)
    assert seen["start"]["state"] == "Idle" and "microphone" in seen["start"]["sentence"]
    assert seen["start"]["intent"] == seen["pressed"]["intent"] == "choose_device"
    assert seen["typed"]["made_seconds"] > 1
