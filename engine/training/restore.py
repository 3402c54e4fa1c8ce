"""The way back: a training folder from the weights that ship, for a machine that has none.

What ships is rounded and comes without the optimisers' memory, so a run that goes on from it first loses a little ground.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import torch

from engine.lm import checkpoint
from engine.models.wren.listener_config import ListenerConfig
from engine.models.wren.wren import WrenConfig
from engine.training import parallel, tokens
from engine.training.network import TrainedLM


def restore(source: Path, folder: Path) -> None:
    """Fills in what `folder` lacks of tokenizer, listener, speaker and language model; what is there stays."""
    config = WrenConfig.load(source / "config.json")
    steps = json.loads((source / "training.json").read_text(encoding="utf-8"))
    if not (folder / "tokenizer.json").exists():
        shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    _restore_listener(source, folder, config.listener, steps["listener"])
    if not (folder / "speaker.pt").exists():
        weights = _floats(checkpoint.read(source / "speaker.safetensors"))
        parallel.save(folder / "speaker.pt", network=weights, step=steps["speaker"], config=asdict(config.speech))
    if not (folder / "lm.pt").exists():
        model = TrainedLM(config.lm, 2 * config.listener.classes)
        model.load_exported(_floats(checkpoint.read(source / "lm.safetensors")))
        parallel.save(
            folder / "lm.pt", network=model.state_dict(), step=steps["lm"], features=2 * config.listener.classes,
            length=config.lm.context, all_numbers=config.all_numbers,
        )  # fmt: skip


def _restore_listener(source: Path, folder: Path, config: ListenerConfig, step: int) -> None:
    heard_by = _parts(checkpoint.read(source / "listener.safetensors"))
    if not (folder / tokens.ENCODER).exists():
        checkpoint.write(folder / tokens.ENCODER, heard_by["encoder"], int8=True)
    if not (folder / "listener.pt").exists():
        phones = list(config.phones)
        parallel.save(folder / "listener.pt", head=_floats(heard_by["head"]), step=step, phones=phones)


def _parts(weights: dict[str, torch.Tensor]) -> dict[str, dict[str, torch.Tensor]]:
    """Under "encoder" what is named "encoder.first.weight" is "first.weight"."""
    parts: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in weights.items():
        part, _, rest = name.partition(".")
        parts.setdefault(part, {})[rest] = tensor
    return parts


def _floats(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.float() for name, tensor in weights.items()}
