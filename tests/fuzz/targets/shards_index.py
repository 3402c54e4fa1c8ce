"""The index that says which file holds which tensor."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import ones

from engine.models.checkpoints.shards import INDEX
from engine.models.checkpoints.weights import Weights
from tests.fuzz.inputs import ODD_TEXTS, changed, json_bytes, odd_values, spoilt
from tests.fuzz.target import Target

ONE, TWO = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
VALID = {"metadata": {"total_size": 24}, "weight_map": {"a": ONE, "b": TWO}}
names = st.sampled_from([ONE, TWO, "/etc/passwd", "../x", f"./{ONE}", "a" * 300, INDEX, *ODD_TEXTS])


def read(content: bytes, place: Path) -> None:
    save_file({"a": ones(2)}, place / ONE)
    save_file({"b": ones(4)}, place / TWO)
    (place / INDEX).write_bytes(content)
    weights = Weights.of_folder(place)
    for name in weights:
        assert weights.file_of(name).parent == place
        weights[name]


TARGET = Target(
    changed(VALID, odd_values | names).map(json_bytes) | spoilt(json_bytes(VALID)) | st.binary(),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[
        b'{"weight_map": {' + b'"a": "model-00001-of-00002.safetensors",' * 200_000 + b'"b": 1}}',
        b"[" * 1_000_000,
        b" " * 20_000_000,
        b'{"weight_map": {"a": "\\u0000"}}',
        b'{"weight_map": {"a": 1' + b"0" * 5000 + b"}}",
        b'{"weight_map": {"' + b"a" * 5000 + b'": "' + ONE.encode() + b'"}}',
    ],
)
