"""A turn as files."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from app.core.turn import ChatTurn
from app.storage.export_turn import ExportError, export
from engine.events import Audio, Text, Token


def turn():
    made = ChatTurn(1, "full", True, question_samples=[np.zeros(480, np.float32)], question_rate=48000)
    made.record.apply(Text("text", "Hello."))
    made.record.apply(Token(0, 9, "speech", 12, False, 0, 2.0, 0.1))
    made.record.apply(Audio(np.full(160, 0.5, np.float32), 16000, 1, 0.2))
    return made


@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_sounds_and_figures(tmp_path, ending):
    files = export(turn(), tmp_path / f"turn.{ending}")
    assert [path.name for path in files] == [f"turn.{ending}", f"turn question.{ending}", "turn.json"]
    samples, rate = soundfile.read(files[0])
    assert rate == 16000 and len(samples) == 160 and abs(samples[0] - 0.5) < 1e-4
    assert soundfile.info(files[1]).samplerate == 48000
    facts = json.loads(files[2].read_text())
    assert facts["text"] == "Hello." and facts["tokens"][0]["depth"] == 12


@pytest.mark.parametrize("name", ["turn", "turn.xyz"])
def test_a_name_without_a_known_ending(tmp_path, name):
    with pytest.raises(ExportError, match="a name that ends in .wav"):
        export(turn(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(ExportError, match="cannot be written"):
        export(turn(), tmp_path / "nowhere" / "turn.wav")
