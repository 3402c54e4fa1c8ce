"""Random weights by name and shape, and the files they are released in."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.speech.hift import HiFT, HiFTConfig

Shapes = Mapping[str, Sequence[int]]

_GAIN = 0.5  # of a language model's matrices: its blocks change the state, but do not drown what came in
_HUM = 150.0  # Hz, about which the vocoder's voice wavers
_QUIET, _EVEN = -1.0, 0.2  # of the logarithm of magnitudes: about where, and how far it goes up and down
_NOT_NORMED = ("m_source.", "source_downs.", "f0_predictor.classifier.")


def shapes_of(network: nn.Module) -> dict[str, Sequence[int]]:
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def draw(shapes: Shapes, generator: torch.Generator, gain: float = 1.0) -> dict[str, Tensor]:
    """Matrices and convolutions that keep the size of what goes through, norms that do nothing, small biases."""
    drawn = {}
    for name, shape in shapes.items():
        if len(shape) > 1:
            drawn[name] = gain * torch.randn(*shape, generator=generator) / math.sqrt(math.prod(shape[1:]))
        elif name.endswith(("weight", "alpha")):
            drawn[name] = torch.ones(*shape)
        else:
            drawn[name] = 0.02 * torch.randn(*shape, generator=generator)
    return drawn


def draw_language_model(
    shapes: Shapes, embedding: str, head: str, preferred: Mapping[int, float], generator: torch.Generator
) -> dict[str, Tensor]:
    """A language model that chooses at random; the logits of `preferred` tokens are higher by so much.

    All embeddings have a direction in common that states keep on their way up, and rows of the head can point along it.
    """
    drawn = draw(shapes, generator, _GAIN)
    vocabulary, dim = shapes[embedding]
    common = torch.full((dim,), dim**-0.5)
    drawn[embedding] = torch.randn(vocabulary, dim, generator=generator) + dim**0.5 * common
    along = (dim / 2) ** 0.5  # of a normed state, whose other half is the token's own
    drawn[head] = torch.randn(vocabulary, dim, generator=generator) / along
    drawn[head] -= (drawn[head] @ common)[:, None] * common
    for token, logit in preferred.items():
        drawn[head][token] += logit / along * common
    return {name: tensor.bfloat16() for name, tensor in drawn.items()}


def draw_hift(config: HiFTConfig, generator: torch.Generator, magnitude: str, direction: str) -> dict[str, Tensor]:
    """A vocoder's weights as they are released: by weight norm, whose two tensors are named `magnitude` and `direction`."""
    with torch.device("meta"):
        network = HiFT(config)
    drawn = draw(shapes_of(network), generator)
    drawn["f0_predictor.classifier.bias"] += _HUM
    drawn["conv_post.weight"] *= _EVEN
    drawn["conv_post.bias"][: config.fft_size // 2 + 1] += _QUIET
    released = {}
    for name, tensor in drawn.items():
        if tensor.dim() < 3 or name.startswith(_NOT_NORMED):
            released[name] = tensor
        else:
            place = name.removesuffix("weight")
            released[place + magnitude] = tensor.flatten(1).norm(dim=1)[:, None, None]
            released[place + direction] = tensor
    return released


def save_sharded(tensors: Mapping[str, Tensor], folder: Path, shards: int = 2) -> None:
    """Safetensors files of about the same size, and the index that says which holds what."""
    total, before = sum(tensor.nbytes for tensor in tensors.values()), 0
    files: dict[str, dict[str, Tensor]] = {}
    for name in sorted(tensors):
        number = min(shards, 1 + before * shards // total)
        files.setdefault(f"model-{number:05}-of-{shards:05}.safetensors", {})[name] = tensors[name].contiguous()
        before += tensors[name].nbytes
    for file, part in files.items():
        save_file(part, folder / file, {"format": "pt"})
    places = {name: file for file, part in files.items() for name in part}
    save_json({"metadata": {"total_size": total}, "weight_map": places}, folder / "model.safetensors.index.json")


def save_json(values: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
