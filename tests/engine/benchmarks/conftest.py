"""A small random model and three questions."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from engine.audio_files import write
from engine.evaluation import sets
from engine.lm import checkpoint
from tests.engine.random_lm import SHAPE, random_tensors
from tests.engine.random_spoken_lm import RandomSpokenLM


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """A function that bundles these sounds of a rate as the spoken questions, as files of a format."""

    def write_questions(sounds, rate, suffix):
        folder = tmp_path / "evaluation" / "wren"
        folder.mkdir(parents=True)
        lines = []
        for index, sound in enumerate(sounds):
            write(folder / f"{index}.{suffix}", sound.astype(np.float32), rate)
            item = {"id": f"spoken-{index}", "text": f"question {index}", "area": "", "intent": "", "answer": "x", "key": []}
            lines.append(json.dumps({**item, "audio": f"{index}.{suffix}"}))
        (folder / "spoken.jsonl").write_text("\n".join(lines) + "\n")
        monkeypatch.setattr(sets, "resources_folder", lambda: tmp_path)

    return write_questions


@pytest.fixture
def model(tmp_path, bundle):
    """A random model with its weights in a folder, and three bundled questions."""
    bundle((0.3 * np.sin(np.arange(8000) * 0.1 * (index + 1)) for index in range(3)), 16000, "ogg")
    model = RandomSpokenLM(limit=40)
    model.folder = tmp_path
    checkpoint.write(tmp_path / "lm.safetensors", {**random_tensors(SHAPE), "adaptor.weight": torch.zeros(2, 2)})
    return model
