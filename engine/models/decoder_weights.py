"""A model's language model alone: what a decoder of any back end and precision is made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from engine.lm.config import LMConfig
from engine.models import find, folders
from engine.models.checkpoints.packed import read_packed
from engine.models.checkpoints.weights import Weights
from engine.models.glm4voice import lm as glm
from engine.models.lfm2audio import lm as lfm
from engine.models.stepaudio2 import lm as step
from engine.models.wren.parts import part_of
from engine.models.wren.wren import WrenConfig


def decoder_weights(name_or_folder: str | Path) -> tuple[LMConfig, Mapping[str, torch.Tensor]]:
    """Its shape, and its tensors under the names that `engine.lm.decoder.Decoder` takes, without what an adapter changes.

    Raises `ValueError` or `FileNotFoundError` with a sentence for a folder that cannot be used.
    """
    facts = folders.check(find(name_or_folder))
    if facts.problem:
        raise ValueError(facts.problem)
    folder = facts.folder
    if facts.family == "glm4voice":
        config, weights = glm.read_config(folder), Weights.of_folder(folder)
        weights.check(glm.tensor_shapes(config), glm.MODEL)
        return config, glm.DecoderTensors(config, weights)
    if facts.family == "stepaudio2":
        config, weights = step.read_config(folder), Weights.of_folder(folder)
        weights.check(step.tensor_shapes(config), step.MODEL)
        return config, step.decoder_tensors(config, weights)
    if facts.family == "lfm2audio":
        config, weights = lfm.read_config(folder), Weights.of_folder(folder)
        weights.check(lfm.tensor_shapes(config), lfm.MODEL)
        return config, lfm.RenamedTensors(config, weights)
    return WrenConfig.load(folder / "config.json").lm, read_packed(part_of(folder, "lm.safetensors"))
