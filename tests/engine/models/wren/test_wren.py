"""The shipped model: its files, its tokens, its pattern, its voice."""

import shutil
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from engine import models
from engine.decoding.pattern import Pattern
from engine.models.wren.limits import check_lm
from engine.resources import resources_folder
from engine.speech.release import UnknownConfiguration


@pytest.fixture(scope="module")
def wren():
    return models.load("wren")


def walk(pattern: Pattern, ids: list[int]) -> Pattern:
    for token in ids:
        assert token in pattern.allowed()
        pattern = pattern.after(token)
    return pattern


def test_all_files_together_stay_small():
    assert sum(f.stat().st_size for f in (resources_folder() / "wren").iterdir()) < 32e6


def test_text_comes_back_as_it_went_in(wren):
    ids = wren.vocabulary.encode("Paris is the capital of France.")
    assert wren.decode_text(ids).decode().strip() == "Paris is the capital of France."
    assert wren.decode_text([wren.vocabulary.end, wren.vocabulary.unit_ids[3]]) == b""


def test_a_spoken_reply_is_transcript_chunks_and_a_tail(wren):
    v, text = wren.vocabulary, wren.vocabulary.encode("paris is big")[:1]
    units = [v.unit_ids[5]] * wren.chunk_length
    place = walk(wren.pattern(spoken=True), text)
    assert (place.kind, place.speech_step) == ("heard", False)
    place = walk(place, [v.answer, *text * 4])
    assert (place.kind, place.speech_step, place.chunk_index, place.chunk_length) == ("speech", True, 0, wren.chunk_length)
    assert v.end not in place.allowed()
    place = walk(place, [*units, text[0], v.end_text])
    assert (place.kind, place.speech_step, place.chunk_index, place.chunk_length) == ("speech", True, 0, None)
    assert walk(place, [units[0], v.end]).done


def test_a_typed_reply_begins_with_its_text(wren):
    assert wren.pattern(spoken=False).kind == "text"


def test_streamed_speech_is_the_whole_in_pieces(wren):
    units = [wren.vocabulary.unit_ids[int(u)] for u in np.random.default_rng(0).integers(0, 1000, 60)]

    @cache
    def speak(step):
        speaker = wren.speaker()
        return np.concatenate([*(speaker.feed(units[i : i + step]) for i in range(0, 60, step)), speaker.finish()])

    assert len(speak(60)) == pytest.approx(60 / wren.speech_rate * wren.output_rate, abs=400)
    np.testing.assert_allclose(speak(1), speak(60), atol=2e-3)
    np.testing.assert_allclose(speak(7), speak(60), atol=2e-3)


def test_speaking_leaves_the_global_generator_alone(wren):
    torch.manual_seed(0)
    before = torch.get_rng_state()
    speaker = wren.speaker()
    speaker.feed([wren.vocabulary.unit_ids[0]] * 30)
    speaker.finish()
    assert torch.equal(before, torch.get_rng_state())


FILES = ("config.json", "tokenizer.json", *(f"{name}.safetensors" for name in ("lm", "heads", "listener", "speaker")))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "truncated", "other"])
def test_a_damaged_folder_is_a_sentence(tmp_path, name, damage):
    folder = tmp_path / "wren"
    shutil.copytree(resources_folder() / "wren", folder)
    path = folder / name
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.write_text("not what it was")
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        models.load(folder)
    assert str(error.value).count(" ") > 4


@pytest.mark.parametrize("layers", [{"conv_layers": (0,), "conv_taps": 3}, {"qk_norm": True}])
def test_layers_that_no_wren_has_are_refused(wren, layers):
    with pytest.raises(UnknownConfiguration, match="layers that no Wren has"):
        check_lm(replace(wren.config.lm, **layers))
