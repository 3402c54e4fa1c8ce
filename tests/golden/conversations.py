"""Both golden checkpoints as folders to load, with a voice for Step-Audio 2, and turns put to them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.audio_files import read
from engine.cli import main
from engine.dialogue import Dialogue
from engine.events import Audio, Event
from engine.models.spoken_lm import SpokenLM
from tests.golden import golden_folder, sound_file
from tests.golden.compare import index
from tests.golden.families import endless, folder_of
from tests.golden.step_vocoder import voice

FAMILIES = ("glm4voice", "stepaudio2")


def released(name: str, place: Path) -> Path:
    """A copy of a family's checkpoint below `place`, as a user would have it -> the language model's folder."""
    for part in index(name)["checkpoints"].values() if name == "glm4voice" else [folder_of(name).name]:
        shutil.copytree(golden_folder(name) / part, place / part)
    for path in place.rglob("*"):  # a set may be read-only
        path.chmod(0o755)
    folder = place / folder_of(name).name
    if name == "stepaudio2":
        (folder / "voices").mkdir()
        voice().save(folder / "voices/default_female.safetensors")
    return folder


def unending(model: SpokenLM) -> SpokenLM:
    """The model, whose replies now go on until they are cut and keep to their chunks."""
    endless(model._rules)
    return model


def sounds(name: str) -> list[Path]:
    """The two shortest recorded questions of a set."""
    if name == "glm4voice":
        files = [case["input"] for case in index(name)["cases"] if case["id"].startswith("vq.")]
    else:
        cases = [Path(file).stem for file in index(name)["files"] if file.startswith("cases/audio_")]
        files = [f"sounds/{case.removeprefix('audio_')}.wav" for case in cases]
    return sorted((sound_file(name, file) for file in files), key=lambda path: soundfile.info(path).duration)[:2]


def ask(
    dialogue: Dialogue, samples: np.ndarray | Path, rate: float = 0, parts: int = 7, watch: Callable[[Event], None] | None = None
) -> list[Event]:
    """A spoken question, from a file or as samples, fed in parts -> all events of its turn; `watch` sees each as it comes."""
    if isinstance(samples, Path):
        samples, rate = read(samples, 60)
    turn = dialogue.open_turn()
    for part in np.array_split(samples, parts):
        turn.feed(part, rate)
    events = []
    for event in turn.reply():
        events.append(event)
        if watch:
            watch(event)
    return events


def heard(events: list[Event]) -> np.ndarray:
    """All samples of a turn."""
    return np.concatenate([np.zeros(0, np.float32), *(event.samples for event in events if isinstance(event, Audio))])


def asked(capsys: pytest.CaptureFixture[str], folder: Path, *options: object, speech: int = 10) -> dict:
    """What `refrain ask --json` says, with the first seed whose reply has so much speech: random weights may end it at once."""
    for seed in range(8):
        assert main(["ask", "--model", str(folder), "--seed", str(seed), "--json", *map(str, options)]) == 0
        said = json.loads(capsys.readouterr().out)
        if said["tokens"].get("speech", 0) >= speech:
            return said
    raise AssertionError(f"No reply had {speech} speech tokens: {said}")
