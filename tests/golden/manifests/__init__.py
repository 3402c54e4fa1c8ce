"""Names and shapes of the tensors in the released vocoder files."""

from __future__ import annotations

import ast
import gzip
from pathlib import Path

MAGNITUDES = (".weight_g", ".parametrizations.weight.original0")
DIRECTIONS = (".weight_v", ".parametrizations.weight.original1")


def manifest(name: str) -> dict[str, tuple[int, ...]]:
    """Of one file, such as `glm4voice_hift`; a weight under weight norm counts as the weight alone."""
    shapes = {}
    packed = (Path(__file__).parent / f"{name}.txt.gz").read_bytes()
    for line in gzip.decompress(packed).decode().splitlines():
        tensor, shape, _ = line.split("\t")
        if tensor.endswith(MAGNITUDES):
            continue
        for ending in DIRECTIONS:
            tensor = tensor.removesuffix(ending) + ".weight" if tensor.endswith(ending) else tensor
        shapes[tensor] = ast.literal_eval(shape)
    return shapes
