"""Tiny models: whole, in the released layout, the same for a seed, and able to answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from engine import models, schedules
from engine.dialogue import Dialogue
from engine.events import Audio, Text, TurnFinished
from engine.models import inspection
from engine.models.tiny import FAMILIES, make
from tests.golden import SHIPPED

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

LARGEST = 8_000_000  # bytes
NOT_NEEDED = {  # fields and files of the golden sets that nothing reads
    "glm4voice": re.compile("unused|_name_or_path|auto_map|transformers_version|dropout|layerdrop|mask_|.*token.*|max_length"),
    "stepaudio2": re.compile("auto_map"),
    "lfm2audio": re.compile("num_batches_tracked|codebook_offsets|audio_loss_weights"),
}
NOT_SHIPPED = {"chat_template.jinja", "special_tokens_map.json", "tokenizer_config.json"}
OF_ITS_LANGUAGE_MODEL = ("lfm.", "audio_embedding.", "depth")
"""Of the golden set of LFM2.5-Audio the repository has what its ear and its voice need."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Makes one of each family, once."""
    there = {}

    def made(family: str) -> Path:
        if family not in there:
            there[family] = tmp_path_factory.mktemp(family) / "new"
            make(family, there[family])
        return there[family]

    return made


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


def golden(family: str) -> Path:
    return SHIPPED / family / {"stepaudio2": "Step-Audio-2-mini", "lfm2audio": "LFM2.5-Audio-1.5B"}.get(family, "")


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def tensors(path: Path) -> set[str]:
    """The kinds of tensors in a file: names without numbers."""
    if path.suffix == ".pt":
        names = list(torch.load(path, weights_only=True))
    else:
        with safe_open(path, "pt") as file:
            names = list(file.keys())
    return {re.sub(r"\d+", "#", name) for name in names}


def test_it_has_the_files_of_the_release(made, family):
    kinds = ("glm-4-voice-*/*",) if family == "glm4voice" else ("*", "token2wav/*", "audio_detokenizer/*")
    released = {path for path in files(golden(family)) if any(Path(path).match(kind) for kind in kinds)}
    released = {path for path in released if family != "glm4voice" or path.startswith("glm-4-voice-")}
    more = {"stepaudio2": {"voices/noise.safetensors"}, "lfm2audio": NOT_SHIPPED}.get(family, set())
    assert files(made(family)) - released == more
    assert released <= files(made(family))
    assert sum(path.stat().st_size for path in made(family).rglob("*") if path.is_file()) < LARGEST


def test_its_tensors_have_the_released_names(made, family):
    for folder in {path.parent for path in made(family).rglob("*.*") if path.suffix in (".safetensors", ".pt")}:
        if folder.name == "voices":
            continue
        there = golden(family) / folder.relative_to(made(family))
        for pattern in ("model*.safetensors", "flow.pt", "hift.pt"):
            ours = set().union(*map(tensors, folder.glob(pattern)))
            released = set().union(*map(tensors, there.glob(pattern)))
            left_out = OF_ITS_LANGUAGE_MODEL if family == "lfm2audio" else "nothing"
            assert {name for name in ours - released if not name.startswith(left_out)} == set(), folder
            assert {name for name in released - ours if not NOT_NEEDED[family].search(name)} == set(), folder


def test_its_configs_have_the_released_fields(made, family):
    config = "glm-4-voice-9b/config.json" if family == "glm4voice" else "config.json"
    ours, released = (json.loads((folder / config).read_text()) for folder in (made(family), golden(family)))
    missing = {name for name in set(released) - set(ours) if not NOT_NEEDED[family].search(name)}
    assert not missing and {type(ours[name]) for name in ours} <= {bool, int, float, str, list, dict}
    if family == "stepaudio2":
        for part in ("text_config", "audio_encoder_config"):
            assert set(ours[part]) == set(released[part])


def test_a_seed_gives_the_same_files(made, family, tmp_path):
    make(family, tmp_path / "again")
    make(family, tmp_path / "other", seed=1)
    for path in files(made(family)) - {"voices/noise.safetensors"}:  # whose header is written in any order
        same = (made(family) / path).read_bytes() == (tmp_path / "again" / path).read_bytes()
        other = (made(family) / path).read_bytes() == (tmp_path / "other" / path).read_bytes()
        assert same
        assert not other or Path(path).suffix not in (".safetensors", ".pt")


def test_nothing_touches_the_global_generator(family, tmp_path):
    before = torch.get_rng_state()
    make(family, tmp_path / "new")
    assert torch.equal(before, torch.get_rng_state())


def test_it_is_whole(made, family):
    found = inspection.inspect(made(family))
    assert not found.problems and found.facts.family == family
    assert [need.precision for need in found.needs] == ["fp32", "bf16", "int8", "int4"]
    weights = [need.weights for need in found.needs]
    assert weights == sorted(weights, reverse=True) and len(set(weights)) == len(weights)


@pytest.mark.parametrize("schedule", ["full", "spark:even@4"])
@pytest.mark.parametrize("spoken", [False, True])
def test_it_answers_with_words_and_sound(made, family, spoken, schedule):
    model = models.load(made(family))
    dialogue = Dialogue(model, schedules.parse(schedule), max_tokens=120)
    if spoken:
        turn = dialogue.open_turn()
        turn.feed(0.3 * np.sin(np.arange(24000) * 0.1).astype(np.float32), 16000)
        events = list(turn.reply())
    else:
        events = list(dialogue.ask("hi"))
    assert isinstance(events[-1], TurnFinished)
    text = "".join(event.text for event in events if isinstance(event, Text))
    sound = np.concatenate([event.samples for event in events if isinstance(event, Audio)])
    assert re.search("[a-z]{2,}", text) and len(sound) > 1000
    assert np.isfinite(sound).all() and 0.001 < np.abs(sound).max() < 0.9


def test_what_cannot_be_made_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="glm4voice, lfm2audio, stepaudio2"):
        make("wren", tmp_path / "x")
    (tmp_path / "mine.txt").write_text("mine")
    for taken in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(ValueError, match="not an empty folder"):
            make("glm4voice", taken)
