"""The way back: a training folder from the weights that ship, for a machine that has none.

What ships is rounded and comes without the optimisers' memory, so a run that goes on from it first loses a little ground.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from engine.lm import checkpoint
from engine.models.wren.training import parallel
from engine.models.wren.training.network import TrainedLM
from engine.models.wren.wren import WrenConfig


def restore(source: Path, folder: Path) -> None:
    """Fills in what `folder` lacks of tokenizer, listener, speaker and language model; what is there stays."""
    config = WrenConfig.load(source / "config.json")
    steps = json.loads((source / "training.json").read_text(encoding="utf-8"))
    if not (folder / "tokenizer.json").exists():
        shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    for name, more in (("listener", {"phones": list(config.listener.phones)}), ("speaker", {})):
        if not (folder / f"{name}.pt").exists():
            weights = {n: t.float() for n, t in checkpoint.read(source / f"{name}.safetensors").items()}
            parallel.save(folder / f"{name}.pt", network=weights, step=steps[name], **more)
    if not (folder / "lm.pt").exists():
        model = TrainedLM(config.lm, 2 * config.listener.classes)
        model.load_exported({n: t.float() for n, t in checkpoint.read(source / "lm.safetensors").items()})
        parallel.save(
            folder / "lm.pt", network=model.state_dict(), step=steps["lm"], features=2 * config.listener.classes,
            length=config.lm.context,
        )  # fmt: skip
