"""Copies of the golden checkpoints to spoil, and what is then said of them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from engine.cli import main
from tests.golden import variants
from tests.golden.conversations import released
from tests.golden.variants import INDEX


class Release:
    """A copy of a checkpoint that can be spoilt; `marker` is a file that a payload would make."""

    def __init__(self, name: str, place: Path) -> None:
        self.name, self.folder, self.marker = name, released(name, place), place / "executed"
        if not (self.folder / INDEX).is_file():
            variants.shards(self.folder, 2, lambda tensor: tensor)
        self.shards = sorted(self.folder.glob("model-*.safetensors"))
        self.vocoder = self.folder / "token2wav" if name == "stepaudio2" else place / "glm-4-voice-decoder"
        self.yaml = self.vocoder / ("flow.yaml" if name == "stepaudio2" else "config.yaml")
        self.ear = next(place.glob("glm-4-voice-tokenizer/model*.safetensors"), self.shards[-1])
        self.norm = "model.norm.weight" if name == "stepaudio2" else "transformer.encoder.final_layernorm.weight"
        self.listening = "encoder.conv1.weight" if name == "stepaudio2" else "conv1.weight"  # maybe after a prefix

    @property
    def payload(self) -> Payload:
        return Payload(f"touch {self.marker}")


class Payload:
    """A program in a pickle."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return (os.system, (self.command,))


def change_safetensors(path: Path, name: str, change: Callable[[torch.Tensor], torch.Tensor]) -> None:
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key).clone() for key in file.keys()}
    name = stored_name(name, tensors)
    tensors[name] = change(tensors[name]).contiguous()
    save_file(tensors, path, {"format": "pt"})


def with_tensor(folder: Path, place: Path, name: str, tensor: torch.Tensor | None) -> Path:
    """A folder at `place` like one with a config and a file of weights, where a tensor is another, or (None) missing."""
    tensors = load_file(folder / "model.safetensors")
    tensors.pop(name) if tensor is None else tensors.update({name: tensor})
    save_file(tensors, place / "model.safetensors")
    shutil.copyfile(folder / "config.json", place / "config.json")
    return place


def change_pt(path: Path, name: str, change: Callable[[torch.Tensor], torch.Tensor]) -> tuple[int, int]:
    """-> the tensor's rows before and after."""
    tensors = torch.load(path, weights_only=True)
    name = stored_name(name, tensors)
    before, tensors[name] = len(tensors[name]), change(tensors[name])
    torch.save(tensors, path)
    return before, len(tensors[name])


def stored_name(name: str, tensors: dict[str, torch.Tensor]) -> str:
    """As it stands in a file, maybe after a prefix."""
    return next(stored for stored in tensors if stored == name or stored.endswith(f".{name}"))


def change_json(path: Path, change: Callable[[dict], dict]) -> None:
    path.write_text(json.dumps(change(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")


def shard_of(release: Release, tensor: str) -> Path:
    places = json.loads((release.folder / INDEX).read_text(encoding="utf-8"))["weight_map"]
    return release.folder / places[tensor]


def nan(tensor: torch.Tensor) -> torch.Tensor:
    tensor.view(-1)[3] = float("nan")
    return tensor


def narrower(tensor: torch.Tensor) -> torch.Tensor:
    return tensor[:-1].clone()


def cut(path: Path, count: int = 1000) -> list[str]:
    path.write_bytes(path.read_bytes()[:-count])
    return [path.name, "cut short"]


def said(capsys, *arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and the sentence on stderr of a command line."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def assert_one_sentence(text: str, words: list[str]) -> None:
    assert text.startswith("refrain: ") and text.endswith(".\n") and text.count("\n") == 1 and len(text) < 600, text
    assert "unexpected" not in text and "Traceback" not in text, text
    for word in words:
        assert word in text, text
