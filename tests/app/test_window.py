"""The real window on a virtual display and a virtual sound card, driven as a user would."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.storage.library import Library
from engine.evaluation import judges
from engine.models.tiny import make
from tests.rig.processes import ROOT
from tests.rig.sound_card import RATE

pytestmark = [pytest.mark.desktop, pytest.mark.slow]
QUESTION = Path(__file__).with_name("two_plus_two.flac")


def drive(scenario: str, model: str, env: dict[str, str], folder: Path, wav: Path = QUESTION) -> dict:
    """Runs a scenario of `tests.app.drive` and returns what it saw."""
    return act("tests.app.drive", [scenario, str(folder), model, str(wav)], env)


def act(module: str, arguments: list[str], env: dict[str, str]) -> dict:
    command = [sys.executable, "-X", "faulthandler", "-m", module, *arguments]
    child = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280)
    assert child.returncode == 0, child.stderr[-4000:]
    assert "Traceback" not in child.stderr, child.stderr[-4000:]
    seen = json.loads(child.stdout.splitlines()[-1])
    assert "error" not in seen, seen
    assert not [line for line in seen["warnings"] if "app.qt" in line], seen["warnings"]
    return seen


def audible_seconds(samples: np.ndarray) -> float:
    """How much of a recording, in blocks of 10 ms, is not silence."""
    block = RATE // 100
    blocks = samples[: len(samples) // block * block, 0].reshape(-1, block)
    return float((np.abs(blocks).max(axis=1) > 0.005).sum()) / 100


@pytest.mark.parametrize(
    "model",
    ["random", "wren"],
)
def test_a_conversation_by_voice(model, sound_card, desktop_env, tmp_path):
    recording = sound_card.start_recording()
    seen = drive("talk", model, desktop_env, tmp_path)
    played = recording.stop()
    mouse, space = seen["mouse"], seen["space"]

    spoken = soundfile.info(str(QUESTION)).duration
    assert mouse["heard"].strip("…") and mouse["text"].strip("…")
    assert spoken < mouse["question_seconds"] < spoken + 4  # all of it, with the half second before
    assert mouse["schedule"] == "full" and mouse["refreshes"] == 0
    assert mouse["bars"] == min(mouse["tokens"], 300) > 20

    states = seen["states"]
    assert [states.index(state) for state in ("Listening", "Thinking", "Speaking")] == sorted(
        states.index(state) for state in ("Listening", "Thinking", "Speaking")
    )
    assert "Error" not in states and states[-1] == "Idle"

    assert spoken < space["question_seconds"] < spoken + 4, "the repeats of a held space bar are not releases"
    assert space["schedule"].startswith("spark:triple@") and space["refreshes"] > 0
    assert seen["buffered_after_stop"] == 0
    assert seen["heard_seconds"] == pytest.approx(mouse["made_seconds"], abs=0.05)

    # What the speaker played: the whole first reply, and of the second one what was heard before Esc.
    sounded = audible_seconds(played)
    assert sounded > 0.3
    assert sounded < mouse["made_seconds"] + seen["before_stop"] + 0.5
    if model == "random":  # its voice has no pauses
        assert sounded > mouse["made_seconds"] + seen["before_stop"] - 0.3
        assert space["made_seconds"] > seen["before_stop"] + 0.5
    else:
        words = mouse["text"].casefold().strip(".").split()
        assert words[:4] == ["two", "plus", "two", "is"]  # how well Wren adds is the evaluation's business
        assert space["heard"].casefold().strip("?. ") == "what is two plus two"
        said = judges.shipped(ROOT / "resources" / "evaluation" / "wren").transcribe(played[:, 0], RATE)
        # How clear one word is, is the evaluation's business, too, and the second reply comes right behind this one.
        assert sum(map(str.__eq__, said.split(), words[:3])) >= 2, said


def test_a_model_that_speaks_in_frames(sound_card, desktop_env, tmp_path):
    make("lfm2audio", tmp_path / "tiny")
    seen = drive("scheduled", str(tmp_path / "tiny"), desktop_env, tmp_path)
    assert seen["full"]["question_seconds"] > 1 and seen["full"]["text"].strip("…") and seen["full"]["tokens"] > 6
    for schedule in ("spark:k=4,last@4", "spark:k=4,last@4+review", "full+codes=3"):
        turn = seen[schedule]
        assert turn["schedule"] == schedule and turn["text"].strip("…") and turn["bars"] == min(turn["tokens"], 300)
        assert turn["made_seconds"] > 0 and turn["codes"] == [0, 3 if "codes" in schedule else 8]
        assert bool(turn["refreshes"]) == schedule.startswith("spark")

    library = Library(Path(desktop_env["XDG_DATA_HOME"]) / "refrain" / "library")
    library.open()
    turns = library.turns(library.sessions()[0].id)
    assert [turn.state for turn in turns] == ["finished"] * 4
    assert {len(token.codes) for token in turns[-1].tokens} == {0, 3} and max(token.id for token in turns[0].tokens) > 2**40
    library.close()


def test_a_program_that_is_killed_in_the_middle_of_a_reply_loses_nothing(desktop_env, tmp_path):
    command = [sys.executable, "-m", "tests.app.drive", "killed", str(tmp_path), "wren", str(QUESTION)]
    slow = {**desktop_env, "REFRAIN_BACKEND": "torch"}  # else the reply is over before anything can happen in its middle
    killed = subprocess.run(command, cwd=ROOT, env=slow, capture_output=True, text=True, timeout=200)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-4000:]

    seen = drive("afterwards", "wren", desktop_env, tmp_path)
    assert seen["listed"] == 1
    (question, reply, note), (asked, beginning, remark) = seen["cards"]
    assert question == "What is the capital of Italy?" and "Rome" in reply and not note
    assert asked == "Please count from one to ten." and beginning and remark

    library = Library(Path(desktop_env["XDG_DATA_HOME"]) / "refrain" / "library")
    library.open()
    finished, unfinished = library.turns(library.sessions()[0].id)
    assert (finished.state, unfinished.state) == ("finished", "unfinished")
    assert len(finished.reply_audio()[0]) and len(unfinished.tokens) > 10
    library.close()


def test_to_whom_a_key_belongs(desktop_env, tmp_path):
    seen = act("tests.app.press_keys", [str(tmp_path)], desktop_env)
    for place in ("after a suggestion", "after a switch", "in the empty field", "in the field after a reply"):
        assert seen[place] == {"talks": True, "typed": "", "hands_free": False}, place
    assert seen["typing"] == {"typed": "so m", "talks": False, "muted": False}
    assert seen["after Tab"] == {"talks": False, "hands_free": True}
    assert seen["chord"] == {"down": True, "questions": 1, "up": True}
    assert seen["once"] == [1, 1], "a key that repeats does it once"
    assert seen["tap"] == {"goes_on": True, "ends": True} and seen["lost"] == {"up": True}
    assert len(seen["panels"]) == 5
    for panel, (before, after, again) in seen["panels"].items():
        assert after != before == again, panel
    done = ("focus", "pinned", "deleted", "restored", "talks")
    assert seen["sessions"] == {"title": "Minutes of March", "muted": False, **dict.fromkeys(done, True)}
    assert seen["sheet"] == [True, False]
    second = seen["second"]
    assert second["was_minimised"] and second["in_front"] and second["code"] == 0
    assert "is open already" in second["said"] and second["appearance"] == "dark"


def test_the_key_and_the_small_window_work_beside_another_program(sound_card, desktop_env, tmp_path):
    seen = act("tests.app.talk_from_elsewhere", [str(tmp_path), str(QUESTION)], desktop_env)
    assert "error" not in seen and not seen["problem"] and seen["listening"] == "Listening"
    words = [said.casefold().strip("?. ") for said in (seen["held"]["heard"], seen["tapped"], seen["small"])]
    assert words == ["what is two plus two"] * 3, "held, tapped, and in the small window"
    assert not seen["had the focus"] and seen["still open"] and seen["came back"]
    assert seen["typed"] == ["abcd"], "the other program gets all other keys, and never this one"
    assert "belongs to another program" in seen["taken"] and "belongs to another program" in seen["refused"]


def test_without_sound_typed_questions_are_answered(display, desktop_env, tmp_path):
    nowhere = {"PULSE_SERVER": "unix:/nonexistent", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    seen = drive("type_only", "random", {**desktop_env, **nowhere}, tmp_path)
    assert seen["typed"]["heard"] == "What is two plus two?"
    assert seen["typed"]["text"].strip("…")
    assert seen["typed"]["schedule"] == "full"
    assert "no exit head" in seen["refusal"] or "layers" in seen["refusal"]
    assert "microphone" in seen["status"].lower()
