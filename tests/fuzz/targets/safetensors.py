"""safetensors files: their headers, and what is read by them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from safetensors.torch import save
from torch import arange, float16, tensor

from engine.models.checkpoints.weights import Weights
from tests.fuzz.inputs import changed, json_bytes, spoilt
from tests.fuzz.target import Target

VALID = save({"a.weight": arange(6.0).view(2, 3), "b.weight_g": arange(1.0, 3).view(2, 1), "b.weight_v": arange(6.0).view(2, 3)})
VALID_HALF = save({"a": tensor([1.0, 2.0]).to(float16), "n": arange(3)})
HEADER = {
    "__metadata__": {"format": "pt"},
    "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "b.weight_g": {"dtype": "F16", "shape": [2, 1], "data_offsets": [24, 28]},
    "b.weight_v": {"dtype": "F32", "shape": [2, 2], "data_offsets": [28, 44]},
}


def whole(header: bytes, data: int = 44) -> bytes:
    return len(header).to_bytes(8, "little") + header + bytes(range(1, data + 1))


def read(content: bytes, place: Path) -> None:
    path = place / "model.safetensors"
    path.write_bytes(content)
    weights = Weights.of_folder(place)
    for name in weights:
        assert tuple(weights[name].shape) == weights.shape(name)


TARGET = Target(
    changed(HEADER).map(json_bytes).map(whole) | spoilt([VALID, VALID_HALF, whole(json_bytes(HEADER))]) | st.binary(),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[
        whole(b'{"a":{"dtype":"F32","shape":[' + b"0," * 4_900_000 + b'0],"data_offsets":[0,0]}}'),
        whole(b'{"a":{"dtype":"F32","shape":[' + b"1," * 4_900_000 + b'11],"data_offsets":[0,44]}}'),
        whole(b'{"a":' * 1_000_000),
        whole(b" " * 99_000_000),
        whole(b'{"a":{"dtype":"F32","shape":[1' + b"0" * 200 + b'],"data_offsets":[0,44]}}'),
        whole(b'{"a":{"dtype":"F32","shape":[11],"data_offsets":[0,1' + b"0" * 5000 + b"]}}"),
        whole(b'{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,44]}}'),
        whole(b'{"a":{"dtype":"F32","shape":[-1,-11],"data_offsets":[0,44]}}'),
        b"\xff" * 8 + b"{}",
    ],
)
