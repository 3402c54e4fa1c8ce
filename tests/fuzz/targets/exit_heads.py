"""Files of exit heads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st
from safetensors.torch import save

from engine.lm.allowed_ids import AllowedIds
from engine.lm.decoder import Decoder
from engine.models.checkpoints.exit_heads import FILE, exit_heads
from tests.engine.random_lm import END, SHAPE, SPEECH, random_tensors
from tests.fuzz.inputs import spoilt
from tests.fuzz.target import Target

DECODER = Decoder(SHAPE, random_tensors(SHAPE))
IDS = [*SPEECH, END]
ALLOWED = AllowedIds(SHAPE.vocabulary, IDS)
TYPES = {"f": torch.float32, "h": torch.float16, "i": torch.int32, "b": torch.int8, "?": torch.bool, "d": torch.float64}
VALID = [("ids", "i", (len(IDS),)), ("layer.2.norm", "f", (SHAPE.dim,)), ("layer.2.weight", "h", (len(IDS), SHAPE.dim))]

sizes = st.sampled_from([0, 1, 2, len(IDS), SHAPE.dim, SHAPE.vocabulary, 100])
tensors = st.tuples(
    st.sampled_from(["ids", "layer.2.norm", "layer.2.weight", "layer.2.weight.int8", "layer.2.weight.scale", "layer.9.norm",
                     "layer.x.norm", "layer.", "layer", "layer.-1.norm", "layer." + "9" * 5000 + ".norm", "other"]),
    st.sampled_from(list(TYPES)), st.lists(sizes, max_size=3).map(tuple),
)  # fmt: skip


def stored(content: list[tuple[str, str, tuple]]) -> bytes:
    made = {}
    for name, kind, shape in content:
        count = torch.Size(shape).numel()
        values = torch.tensor(IDS).repeat(count // len(IDS) + 1)[:count] if name == "ids" else torch.ones(count)
        made[name] = values.reshape(shape).to(TYPES[kind])
    return save(made)


def read(content: bytes | list[Any], place: Path) -> None:
    (place / FILE).write_bytes(content if isinstance(content, bytes) else stored(content))
    for head in exit_heads(place, DECODER, IDS).values():
        assert head.logits(torch.randn(2, SHAPE.dim)).shape == (2, SHAPE.vocabulary)
        head.knows(ALLOWED)


TARGET = Target(
    st.lists(tensors, max_size=4).map(lambda more: [*VALID, *more]) | st.lists(tensors, max_size=4) | spoilt(stored(VALID)),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[VALID, [*VALID, ("layer.2.norm", "f", (SHAPE.dim, 2))], [*VALID, ("ids", "i", (0,))], stored(VALID)[:-10]],
)
