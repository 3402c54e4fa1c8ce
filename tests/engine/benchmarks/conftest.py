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
def model(tmp_path, monkeypatch):
    """A random model with its weights in a folder, and three bundled questions."""
    folder = tmp_path / "evaluation" / "wren"
    folder.mkdir(parents=True)
    lines = []
    for index in range(3):
        wave = 0.3 * np.sin(np.arange(8000) * 0.1 * (index + 1)).astype(np.float32)
        write(folder / f"{index}.ogg", wave, 16000)
        item = {"id": f"spoken-{index}", "text": f"question {index}", "area": "", "intent": "", "answer": "", "key": []}
        lines.append(json.dumps({**item, "audio": f"{index}.ogg"}))
    (folder / "spoken.jsonl").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(sets, "resources_folder", lambda: tmp_path)
    model = RandomSpokenLM(limit=40)
    model.folder = tmp_path
    checkpoint.write(tmp_path / "lm.safetensors", {**random_tensors(SHAPE), "adaptor.weight": torch.zeros(2, 2)})
    return model
