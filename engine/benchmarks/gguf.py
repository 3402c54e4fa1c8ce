"""A Llama decoder as a GGUF file, which llama.cpp opens: in float32, or its matrices in blocks of 8 bits (q8_0).

By hand, because the package `gguf` brings two more along, and nothing of it but this is wanted. Source: docs/gguf.md of
github.com/ggml-org/ggml (version 3 of the format); the names of keys and tensors in src/llama-arch.cpp of llama.cpp; `block_q8_0`
in its ggml-common.h. There is no tokenizer inside: tokens are given as their ids.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch

from engine import whole_file
from engine.lm.config import LMConfig
from engine.lm.weights import WeightReader

FORMS = "f32", "q8_0"
_VERSION, _ALIGNMENT = 3, 32
_UINT32, _FLOAT32, _STRING = 4, 6, 8
"""Kinds of metadata values (gguf_type)."""
_FILE_TYPES = {"f32": 0, "q8_0": 7}
"""llama_ftype: all in float32, mostly q8_0."""
_F32, _Q8_0 = 0, 8
"""Kinds of tensors (ggml_type)."""
_BLOCK = 32


def write(path: Path, name: str, config: LMConfig, tensors: Mapping[str, torch.Tensor], form: str) -> None:
    """Writes the model `name` in one of `FORMS`. What a matrix of q8_0 cannot have in whole blocks stays in float32.

    `tensors` are under Hugging Face Llama's names. Raises `ValueError` for what llama.cpp's Llama lacks (partial rotary
    positions) or is not written (biases), as `WeightReader` for tensors that are missing or do not fit, and `OSError`.
    """
    if config.rotary_dim != config.head_dim or config.qkv_bias:
        raise ValueError("Written as GGUF are decoders like Llama's: without partial rotary positions or a bias of q, k and v.")
    infos, contents, offset = [], [], 0
    for label, tensor in _named(config, tensors):
        kind, content = _packed(tensor, form)
        infos.append(_text(label) + _shape(tensor) + struct.pack("<IQ", kind, offset))
        contents.append(_padded(content))
        offset += len(contents[-1])
    metadata = _metadata(name, config, form)
    head = b"GGUF" + struct.pack("<IQQ", _VERSION, len(infos), len(metadata))
    with whole_file.replacing(path) as file:
        file.write(_padded(b"".join([head, *metadata, *infos])))
        file.writelines(contents)


def _metadata(name: str, config: LMConfig, form: str) -> list[bytes]:
    sizes = {
        "vocab_size": config.vocabulary,
        "context_length": config.context,
        "embedding_length": config.dim,
        "block_count": config.layers,
        "feed_forward_length": config.ffn,
        "attention.head_count": config.heads,
        "attention.head_count_kv": config.kv_heads,
        "attention.key_length": config.head_dim,
        "attention.value_length": config.head_dim,
        "attention.layer_norm_rms_epsilon": config.norm_eps,
        "rope.dimension_count": config.rotary_dim,
        "rope.freq_base": config.rope_theta,
    }
    return [
        _value("general.architecture", "llama"),
        _value("general.name", name),
        _value("general.file_type", _FILE_TYPES[form]),
        _value("tokenizer.ggml.model", "no_vocab"),
        *(_value(f"llama.{key}", value) for key, value in sizes.items()),
    ]


def _named(config: LMConfig, tensors: Mapping[str, torch.Tensor]) -> Iterator[tuple[str, torch.Tensor]]:
    """llama.cpp, too, wants rotary pairs to be neighbours; without a head it takes the embedding."""
    weights = WeightReader(config, tensors, torch.float32, torch.device("cpu"), torch.float32)
    yield "token_embd.weight", weights.embedding()
    yield "output_norm.weight", weights.norm()
    if not weights.is_tied:
        yield "output.weight", weights.head()
    for number in range(config.layers):
        layer = weights.layer(number)
        q, k, v = layer.qkv.split([heads * config.head_dim for heads in (config.heads, config.kv_heads, config.kv_heads)])
        gate, up = layer.gate_up.chunk(2)
        parts = {"attn_norm": layer.attention_norm, "attn_q": q, "attn_k": k, "attn_v": v, "attn_output": layer.out}
        parts |= {"ffn_norm": layer.ffn_norm, "ffn_gate": gate, "ffn_up": up, "ffn_down": layer.down}
        for part, tensor in parts.items():
            yield f"blk.{number}.{part}.weight", tensor


def _packed(tensor: torch.Tensor, form: str) -> tuple[int, bytes]:
    """The tensor's kind and its bytes; a block of q8_0 is its scale in float16 and 32 values of 8 bits."""
    values = tensor.numpy().astype("<f4", copy=False)
    if form == "f32" or values.ndim < 2 or values.shape[-1] % _BLOCK:
        return _F32, values.tobytes()
    blocks = values.reshape(-1, _BLOCK)
    scales = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    steps = blocks * np.divide(1, scales, out=np.zeros_like(scales), where=scales > 0)
    packed = np.empty(len(blocks), [("scale", "<f2"), ("values", "i1", _BLOCK)])
    packed["scale"] = scales[:, 0]
    packed["values"] = np.trunc(steps + np.copysign(np.float32(0.5), steps))  # halves go away from zero, as llama.cpp rounds
    return _Q8_0, packed.tobytes()


def _shape(tensor: torch.Tensor) -> bytes:
    """The last dimension, whose values are neighbours, comes first."""
    return struct.pack(f"<I{tensor.dim()}Q", tensor.dim(), *reversed(tensor.shape))


def _value(key: str, value: str | int | float) -> bytes:
    if isinstance(value, str):
        return _text(key) + struct.pack("<I", _STRING) + _text(value)
    return _text(key) + (struct.pack("<If", _FLOAT32, value) if isinstance(value, float) else struct.pack("<II", _UINT32, value))


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _ALIGNMENT)
