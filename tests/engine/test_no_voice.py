"""Where nobody spoke, nothing is answered, for any model; whoever insists gets an answer."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

import engine.models
from engine.audio_files import recording
from engine.cli import main
from engine.dialogue import Dialogue
from engine.evaluation import sets
from engine.evaluation.noises import RATE, at_peak, noise
from engine.events import Listened, TurnFailed, TurnFinished
from tests.engine.random_spoken_lm import RandomSpokenLM

ITEM = sets.open_set("spoken").items[1]


@pytest.fixture(scope="module")
def wren():
    return engine.models.load("wren")


def asked(dialogue: Dialogue, samples: np.ndarray, needs_voice: bool = True) -> list:
    turn = dialogue.open_turn()
    turn.needs_voice = needs_voice
    for piece in np.split(samples, range(8000, len(samples), 8000)):
        turn.feed(piece, RATE)
    return list(turn.reply())


@pytest.mark.parametrize("kind", ("random", "wren"))
def test_noise_gets_no_reply_and_is_not_remembered(kind, request):
    dialogue = Dialogue(RandomSpokenLM() if kind == "random" else request.getfixturevalue("wren"), max_tokens=30)
    list(dialogue.ask("Hello"))
    before = dialogue.positions
    [end] = asked(dialogue, noise("white", -20))
    assert isinstance(end, TurnFailed) and end.no_voice and "no voice" in end.message
    assert dialogue.positions == before
    first, *_, last = asked(dialogue, noise("white", -20), needs_voice=False)
    assert isinstance(first, Listened) and isinstance(last, TurnFinished)
    assert [note.code for note in last.stats.notes] == [note.code for note in first.notes] == ["no-voice"]
    assert dialogue.positions > before


def test_a_voice_is_answered_with_what_is_to_say_of_its_sound(wren):
    quiet = at_peak(recording(ITEM.audio).samples, -40)
    last = asked(Dialogue(wren, max_tokens=30), quiet)[-1]
    loud = asked(Dialogue(wren, max_tokens=30), at_peak(quiet, -10))[-1]
    assert [note.code for note in last.stats.notes] == ["quiet"] and loud.stats.notes == ()
    assert last.stats.text == loud.stats.text and last.stats.heard == loud.stats.heard


@pytest.fixture
def run(capsys, monkeypatch):
    model = RandomSpokenLM()
    monkeypatch.setattr(engine.models, "load", lambda name: model)

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return run


def test_the_command_line_answers_noise_only_if_one_insists(run, tmp_path):
    soundfile.write(tmp_path / "fan.wav", noise("fan", -20), RATE)
    (tmp_path / "batch.jsonl").write_text('{"audio": "fan.wav"}')
    code, out, err = run("ask", "--audio", tmp_path / "fan.wav", "--json")
    assert code == 1 and not out and "no voice" in err and "--send-anyway" in err
    code, [answer], _ = run("ask", "--audio", tmp_path / "fan.wav", "--json", "--send-anyway")
    assert code == 0 and [note["code"] for note in answer["notes"]] == ["no-voice"]
    code, [line], _ = run("ask", "--batch", tmp_path / "batch.jsonl")
    assert code == 1 and "no voice" in line["error"] and "--send-anyway" in line["error"]
    code, [line], _ = run("ask", "--batch", tmp_path / "batch.jsonl", "--send-anyway")
    assert code == 0 and line["text"] == answer["text"]


def test_an_evaluation_counts_what_was_not_heard_as_not_right(run, tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    soundfile.write(folder / "fan.wav", noise("fan", -20), RATE)
    (folder / "set.jsonl").write_text('{"audio": "fan.wav", "text": "hello", "key": "hello"}')
    main(["eval", "--data", str(folder), "--judge", "none", "--out", str(tmp_path / "out")])
    assert "no voice" in (tmp_path / "out" / "summary.md").read_text()
