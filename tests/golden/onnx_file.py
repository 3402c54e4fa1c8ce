"""Writes ONNX files of a few nodes, field by field of the format's protobuf schema (onnx.proto3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

FLOAT, INT32, INT64 = 1, 6, 7
END = 2**31 - 1  # of a slice: all there is


def write(path: Path, inputs: Mapping[str, int], output: str, output_type: int, *nodes: bytes) -> None:
    """A graph; inputs by name with their type of element, of any shape."""
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"graph")
    graph += b"".join(_field(11, _value(name, kind)) for name, kind in inputs.items())
    graph += _field(12, _value(output, output_type))
    path.write_bytes(_field(1, 8) + _field(7, graph) + _field(8, _field(2, 13)))


def node(operator: str, inputs: Sequence[str], output: str, **attributes: int | Sequence[int]) -> bytes:
    """One operation; attributes are whole numbers, or a constant's list of them in `values`."""
    made = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode()) + _field(4, operator.encode())
    for name, value in attributes.items():
        if isinstance(value, int):
            made += _field(5, _field(1, name.encode()) + _field(3, value) + _field(20, 2))
        else:
            tensor = _field(1, len(value)) + _field(2, INT64) + b"".join(_field(7, one) for one in value)
            made += _field(5, _field(1, b"value") + _field(5, tensor) + _field(20, 4))
    return made


def cut(source: str, result: str, starts: Sequence[int], ends: Sequence[int], axes: Sequence[int], steps: Sequence[int]):
    """The nodes of a slice with its four constants."""
    named = {f"{result}.{name}": values for name, values in zip("seat", (starts, ends, axes, steps), strict=True)}
    constants = [node("Constant", (), name, values=values) for name, values in named.items()]
    return *constants, node("Slice", (source, *named), result)


def _value(name: str, kind: int) -> bytes:
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, kind)))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])
