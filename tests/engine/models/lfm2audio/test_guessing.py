"""A question is heard at its pauses, as if it ended there: nothing is left to do then, and its prompt is one, however it came."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.audio_files import read
from engine.dialogue import Dialogue
from engine.earlier import EarlierTurn
from engine.events import TurnFinished
from engine.lm.sampling import Sampling
from engine.models.lfm2audio.encoder import Ear
from engine.models.lfm2audio.lfm2audio import LFM2Audio
from engine.models.tiny import make
from engine.turn_record import TurnRecord

RATE = 16_000
SPOKEN = read(Path(__file__).parents[3] / "app" / "two_plus_two.flac")[0]
QUIET = np.zeros(RATE, np.float32)
ASKED = np.concatenate([SPOKEN, QUIET])
TWICE = np.concatenate([ASKED, ASKED])


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lfm") / "tiny"
    make("lfm2audio", folder)
    return LFM2Audio(folder, "cpu", "fp32")


@pytest.fixture
def heard(monkeypatch):
    """How many samples the ear was given, each time it was."""
    lengths: list[int] = []
    rows = Ear.rows

    def noting(self, sound, rate):
        if len(sound):
            lengths.append(len(sound))
        return rows(self, sound, rate)

    monkeypatch.setattr(Ear, "rows", noting)
    return lengths


def opened(model, sound, size=320, live=True, **options):
    dialogue = Dialogue(model, max_tokens=30, sampling=Sampling(), **options)
    turn = dialogue.open_turn()
    for start in range(0, len(sound), size):
        turn.feed(sound[start : start + size], RATE, live)
    return dialogue, turn


def replied(turn) -> TurnRecord:
    record = TurnRecord()
    last = list(turn.reply(record=record))[-1]
    assert isinstance(last, TurnFinished), last
    return record


def question_of(dialogue) -> torch.Tensor:
    (piece,) = [piece for piece in dialogue._history.exchanges[-1].question if piece.speech]
    return piece.states


def test_at_a_pause_all_of_it_is_heard_and_prefilled(model, heard):
    dialogue, turn = opened(model, ASKED)
    history = dialogue._history
    assert len(heard) == 1 and len(SPOKEN) * 0.8 < heard[0] < len(ASKED)
    assert history.cached == len(history) > heard[0] // 1280, "what was heard waits in the cache"
    replied(turn)
    assert len(heard) == 1, "the end has nothing left to hear"


def test_whoever_speaks_on_is_heard_from_the_beginning(model, heard):
    dialogue, turn = opened(model, TWICE)
    assert len(heard) >= 2 and heard[-1] > len(ASKED)
    wanted = model.ear.rows(TWICE[: heard[-1]], RATE)
    torch.testing.assert_close(question_of(dialogue), wanted)
    assert replied(turn).ids == replied(opened(model, TWICE[: heard[-1]])[1]).ids


@pytest.mark.parametrize("pooling", ["none", "input:0.3", "deep:4@0.3", "dual:0.3,4@0.3"])
def test_one_prompt_in_any_pieces(model, heard, pooling):
    first = replied(opened(model, TWICE, 777, pooling=pooling)[1])
    at_pauses = heard.copy()
    second = replied(opened(model, TWICE, 5000, live=False, pooling=pooling)[1])
    assert first.ids == second.ids and first.prefill_cost == second.prefill_cost
    assert heard == [*at_pauses, at_pauses[-1]], "of a recording only the end is heard"


def test_a_question_without_a_pause_is_heard_to_its_end(model, heard):
    sound = SPOKEN[: np.flatnonzero(np.abs(SPOKEN) > 0.02)[-1]]
    replied(opened(model, sound)[1])
    assert heard == [len(sound)]


def test_what_is_no_voice_is_heard_whole(model, heard):
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * RATE).astype(np.float32)
    replied(opened(model, noise, needs_voice=False)[1])
    assert heard == [len(noise)]


def test_the_reference_hears_every_sample(model, heard):
    exact = LFM2Audio(model.folder, "cpu", "fp32", parity=True)
    dialogue, turn = opened(exact, ASKED)
    assert not heard
    replied(turn)
    assert heard == [len(ASKED)]


def test_a_conversation_that_is_gone_back_to_has_the_same_prompt(model, heard):
    dialogue, turn = opened(model, ASKED)
    record = replied(turn)
    again = Dialogue(model)
    past = EarlierTurn("", record.text, record.ids, tuple(t.kind for t in record.tokens), ASKED, RATE)
    assert again.remember([past]).turns == 1
    assert heard[0] == heard[-1]
    torch.testing.assert_close(question_of(again), question_of(dialogue))


def test_a_cancelled_question_hears_no_more(model, heard):
    dialogue, turn = opened(model, SPOKEN)
    dialogue.cancel()
    turn.feed(QUIET, RATE)
    assert not heard
