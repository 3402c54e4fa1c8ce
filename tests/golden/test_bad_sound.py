"""Recordings that are no question, put to both models: one sentence, or an answer, and the next question is answered."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
import torch

from engine.audio_files import read
from engine.cli import main
from engine.dialogue import Dialogue
from engine.events import Listened, TurnFailed, TurnFinished
from tests.golden.conversations import FAMILIES, ask, heard, sounds

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

RATE = 16_000
SPEECH = np.sin(np.arange(RATE) * 0.05).astype(np.float32) * 0.3


def spoilt(value: float) -> np.ndarray:
    samples = SPEECH.copy()
    samples[700] = value
    return samples


@pytest.fixture
def dialogue(model):
    return Dialogue(model, max_tokens=8, capacity=1200)


def assert_usable(dialogue: Dialogue) -> None:
    exchanges, positions = len(dialogue._history.exchanges), dialogue.positions
    events = ask(dialogue, SPEECH, RATE)
    assert isinstance(events[-1], TurnFinished), events[-1]
    assert len(dialogue._history.exchanges) == exchanges + 1 and dialogue.positions > positions
    assert np.isfinite(heard(events)).all()


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.zeros(0, np.float32), "no sound arrived"),
        (np.ones(1, np.float32), "shorter than 0.1 s"),
        (SPEECH[:1500], "shorter than 0.1 s"),
        (np.zeros(RATE, np.float32), "silent"),
        (np.zeros((0, 2), np.float32), "no sound arrived"),
        (spoilt(np.nan), "not numbers"),
        (spoilt(np.inf), "not numbers"),
        (spoilt(-np.inf), "not numbers"),
        (spoilt(1e30), "damaged"),
    ],
    ids=["nothing", "a sample", "a moment", "silence", "empty stereo", "nan", "inf", "-inf", "1e30"],
)
def test_what_is_no_question(dialogue, samples, words):
    for _ in range(2):
        last = ask(dialogue, samples, RATE, parts=3)[-1]
        assert isinstance(last, TurnFailed) and words in last.message, last
        assert last.message.endswith(".") and "Error" not in last.message
        assert dialogue.positions == 0
    assert_usable(dialogue)
    last = ask(dialogue, samples, RATE, parts=3)[-1]
    assert isinstance(last, TurnFailed) and len(dialogue._history.exchanges) == 1
    assert_usable(dialogue)


@pytest.mark.parametrize("samples", [np.sign(SPEECH), np.stack([SPEECH, SPEECH], 1), 4 * SPEECH, SPEECH[:1700]])
def test_what_can_be_heard(dialogue, samples):
    """Clipped everywhere, stereo, beyond full scale, and just long enough."""
    last = ask(dialogue, samples, RATE)[-1]
    assert isinstance(last, TurnFinished), last
    assert_usable(dialogue)


@pytest.mark.parametrize("samples", [SPEECH.astype(np.int16), np.zeros((5, 5, 5), np.float32), np.zeros((5, 0), np.float32)])
def test_what_is_no_sound(dialogue, samples):
    turn = dialogue.open_turn()
    with pytest.raises(ValueError, match="Sound"):
        turn.feed(samples, RATE)
    turn.abandon()
    assert_usable(dialogue)


def test_more_than_there_is_room_for(dialogue):
    """As much is given to the model as there is room for, and the rest is told."""
    events = ask(dialogue, np.tile(SPEECH, 200), RATE, parts=20)  # half of it fits
    assert isinstance(events[-1], TurnFinished), events[-1]
    listened = next(event for event in events if isinstance(event, Listened))
    assert listened.audio_seconds == pytest.approx(200) and 0 < listened.positions < dialogue.capacity
    assert any("too long" in limit for limit in events[-1].stats.limits)
    assert_usable_after_a_long_one(dialogue)


def assert_usable_after_a_long_one(dialogue: Dialogue) -> None:
    assert isinstance(ask(dialogue, SPEECH, RATE)[-1], TurnFinished)


@pytest.mark.parametrize("token", [10**7, -1])
def test_a_token_that_the_model_does_not_have(dialogue, token):
    """A history can come from elsewhere; the turn that cannot be is forgotten, and the next question is answered."""
    list(dialogue.ask("Hello?"))
    list(dialogue.ask("And now?"))
    history = dialogue._history
    history.exchanges[0].reply[2] = token
    history.cache.roll_back(0)
    last = list(dialogue.ask("Still there?"))[-1]
    assert isinstance(last, TurnFailed) and str(token) in last.message and "Error" not in last.message, last
    assert [token in exchange.reply for exchange in history.exchanges] == [False]
    assert_usable(dialogue)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (SPEECH[:0], "no sound in it"),
        (np.ones(1, np.float32), "only 0.000 seconds"),
        (spoilt(np.nan), "not numbers"),
        (spoilt(np.inf), "not numbers"),
        (np.sign(SPEECH), "clipped nearly everywhere"),
        (np.tile(SPEECH, 600), "10 minutes long"),
    ],
    ids=["nothing", "a sample", "nan", "inf", "clipped", "ten minutes"],
)
def test_the_command_line(name, samples, words, folders, tmp_path, capsys):
    path = tmp_path / "question.wav"
    soundfile.write(path, samples, RATE, "FLOAT")
    assert main(["ask", "--model", str(folders[name]), "--audio", str(path), "--max-tokens", "5"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("refrain: ") and err.count("\n") == 1 and words in err, err


def test_recorded_questions_are_not_refused(dialogue):
    for path in sounds(dialogue.model.name):
        samples, rate = read(path)
        assert torch.isfinite(torch.from_numpy(samples)).all()
        assert isinstance(ask(dialogue, samples, rate)[-1], TurnFinished)
