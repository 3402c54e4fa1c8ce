"""Writes a graph as an ONNX model: the few messages of its format that onnxruntime has to be given.

By hand, because the package `onnx` brings two more along, takes 14 MB of an installer and a third of a second of every start, and
nothing of it but this is wanted. Source: onnx.proto of ONNX 1.23 (field numbers in the comments are its own) and the encoding of
protocol buffers: a field is its number and kind, then a number, or bytes after their length.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

FLOAT, INT32, INT64 = 1, 6, 7
"""Kinds of elements (TensorProto.DataType)."""
_KINDS = {"float32": FLOAT, "uint8": 2, "int8": 3, "int32": INT32, "int64": INT64}
_VARINT, _BYTES, _FLOAT32 = 0, 2, 5
_IR_VERSION = 9


def node(
    kind: str, inputs: Sequence[str], outputs: Sequence[str], domain: str, attributes: dict[str, int | float]
) -> bytes:
    """NodeProto."""
    return b"".join([
        *(_text(1, name) for name in inputs),
        *(_text(2, name) for name in outputs),
        _text(4, kind),  # op_type
        *(_message(5, _attribute(name, value)) for name, value in attributes.items()),
        _text(7, domain),
    ])  # fmt: skip


def tensor(name: str, value: NDArray[np.generic]) -> list[bytes]:
    """TensorProto with its values, in pieces that need not be copied to be written."""
    dims = b"".join(_number(1, size) for size in value.shape)
    head = dims + _number(2, _KINDS[value.dtype.name]) + _text(8, name)  # data_type, name
    values = np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False)
    return [head, _key(9, _BYTES) + _varint(values.nbytes), values.tobytes()]  # raw_data


def value_info(name: str, kind: int, shape: Iterable[int | str]) -> bytes:
    """ValueInfoProto of a tensor; a size that is not known beforehand has a name."""
    sizes = b"".join(_message(1, _number(1, size) if isinstance(size, int) else _text(2, size)) for size in shape)
    tensor_type = _number(1, kind) + _message(2, sizes)  # elem_type, shape
    return _text(1, name) + _message(2, _message(1, tensor_type))


def model(
    nodes: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes], constants: Iterable[list[bytes]],
    opsets: dict[str, int],
) -> bytes:  # fmt: skip
    """ModelProto; `opsets` are the versions of the sets of operators, by domain."""
    graph = [*(_message(1, each) for each in nodes), _text(2, "graph")]
    for pieces in constants:
        graph += [_key(5, _BYTES), _varint(sum(map(len, pieces))), *pieces]  # initializer
    graph += [*(_message(11, each) for each in inputs), *(_message(12, each) for each in outputs)]
    sets = b"".join(_message(8, _text(1, domain) + _number(2, version)) for domain, version in opsets.items())
    head = _number(1, _IR_VERSION) + sets + _key(7, _BYTES) + _varint(sum(map(len, graph)))
    return b"".join([head, *graph])


def _attribute(name: str, value: int | float) -> bytes:
    """AttributeProto: a whole number, or a fraction."""
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)  # i, type INT
    return _text(1, name) + _key(2, _FLOAT32) + struct.pack("<f", value) + _number(20, 1)  # f, type FLOAT


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _number(field: int, value: int) -> bytes:
    return _key(field, _VARINT) + _varint(value & (1 << 64) - 1)  # what is below zero has ten bytes


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _message(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last have their highest bit set."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
