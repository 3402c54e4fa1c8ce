"""Writes the weights that ship: matrices as int8 rows, but for the voice's, and the rest as 16-bit floats."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch

from engine.lm import checkpoint
from engine.models.checkpoints.exit_heads import FILE
from engine.models.wren.parts import ADAPTER, CONFIG
from engine.models.wren.vocabulary import Vocabulary
from engine.models.wren.wren import FAMILY, WrenConfig
from engine.training import parallel, tokens, train_paradigm
from engine.training.network import TrainedLM
from engine.training.train_lm import SPEECH_CHUNK, TEXT_CHUNK, lm_config

EXITS = range(3, 12)
"""Layers with an exit head."""


def export(folder: Path, target: Path) -> None:
    """From the training folder to a folder that `engine.models.load` takes. The model card is not touched.

    The exit heads are the model's own head, until `export_heads` brings those that were trained for what it says.
    """
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "tokenizer.json", target / "tokenizer.json")
    vocabulary = Vocabulary.load(target / "tokenizer.json")
    listener, speech = tokens.load_networks(folder)
    kept = parallel.load(folder / "lm.pt")
    if kept is None:
        raise FileNotFoundError("Train the language model first.")
    model = TrainedLM(lm_config(vocabulary.size, kept["length"]), kept["features"])
    model.load_state_dict(kept["network"])
    checkpoint.write(target / "lm.safetensors", _half(model.exported()), int8=True)
    checkpoint.write(target / FILE, _half(_own_heads(model, vocabulary)), int8=True)
    checkpoint.write(target / "listener.safetensors", _half(listener.state_dict()), int8=True)
    checkpoint.write(target / "speaker.safetensors", _half(speech.state_dict()))
    parts = model.config, listener.config, speech.config
    config = WrenConfig(*parts, TEXT_CHUNK, SPEECH_CHUNK, all_numbers=kept.get("all_numbers", False))
    (target / "config.json").write_text(config.to_json() + "\n", encoding="utf-8")
    trained = {name: parallel.load(folder / f"{name}.pt") for name in ("listener", "speaker", "lm")}
    steps = {name: state["step"] for name, state in trained.items() if state is not None}
    (target / "training.json").write_text(json.dumps(steps) + "\n", encoding="utf-8")
    _tell(target)


def export_heads(made: Path, target: Path) -> None:
    """The file that `refrain heads train` wrote for the model in `target`, into that folder. Raises as `checkpoint.read`."""
    checkpoint.write(target / FILE, checkpoint.read(made), int8=True)


def export_adapter(folder: Path, target: Path, paradigm: str) -> None:
    """From the training folder to the folder of an adapter, beside that of Wren's. Raises `FileNotFoundError`."""
    vocabulary = Vocabulary.load(folder / "tokenizer.json")
    base, kept = parallel.load(folder / "lm.pt"), parallel.load(folder / f"paradigm-{paradigm}.pt")
    if base is None or kept is None:
        raise FileNotFoundError(f"Train the language model, and then the paradigm {paradigm}, first.")
    model = train_paradigm.adapted(base, vocabulary, paradigm)
    model.load_state_dict(kept["adapter"], strict=False)
    target.mkdir(parents=True, exist_ok=True)
    checkpoint.write(target / ADAPTER, _half(model.exported()), int8=True)
    config = {"family": FAMILY, "base": "../wren", "paradigm": paradigm}
    (target / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (target / "training.json").write_text(json.dumps({"lm": base["step"], paradigm: kept["step"]}) + "\n", encoding="utf-8")
    _tell(target)


def _own_heads(model: TrainedLM, vocabulary: Vocabulary) -> dict[str, torch.Tensor]:
    ids = torch.tensor([vocabulary.end, *vocabulary.unit_ids])
    tensors = {"ids": ids}
    for layer in EXITS:
        tensors |= {f"layer.{layer}.norm": model.norm.detach(), f"layer.{layer}.weight": model.head.weight.detach()[ids]}
    return tensors


def _tell(target: Path) -> None:
    for path in sorted(target.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.2f} MB  {path.name}")


def _half(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """float16: these weights are small, and it keeps three more bits of them than bfloat16."""
    return {n: t.half() if t.is_floating_point() else t for n, t in tensors.items()}
