"""What stands in the GGUF files of a decoder, read back by the format's own rules."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest

import engine.models
from engine.benchmarks import gguf
from engine.cli import main
from tests.engine.random_lm import SHAPE, random_tensors


class Reader:
    """Metadata, and tensors as float32 with the kind they are stored in."""

    def __init__(self, path):
        self.data, self.at = path.read_bytes(), 0
        assert self.data[:4] == b"GGUF"
        self.at = 4
        version, tensors, values = self.take("<IQQ")
        assert version == 3
        self.metadata = {self.text(): self.value() for _ in range(values)}
        infos = [(self.text(), self.take(f"<{self.take('<I')[0]}Q")[::-1], *self.take("<IQ")) for _ in range(tensors)]
        start = -(-self.at // 32) * 32
        self.kinds = {name: kind for name, _, kind, _ in infos}
        self.tensors = {name: self.tensor(shape, kind, start + offset) for name, shape, kind, offset in infos}

    def take(self, layout):
        self.at += struct.calcsize(layout)
        return struct.unpack_from(layout, self.data, self.at - struct.calcsize(layout))

    def text(self):
        return self.take(f"{self.take('<Q')[0]}s")[0].decode()

    def value(self):
        kind = self.take("<I")[0]
        return self.text() if kind == 8 else self.take({4: "<I", 6: "<f"}[kind])[0]

    def tensor(self, shape, kind, start):
        assert start % 32 == 0
        count = int(np.prod(shape))
        if kind == 0:
            return np.frombuffer(self.data, "<f4", count, start).reshape(shape)
        assert kind == 8
        blocks = np.frombuffer(self.data, [("scale", "<f2"), ("values", "i1", 32)], count // 32, start)
        return (blocks["scale"].astype(np.float32)[:, None] * blocks["values"]).reshape(shape)


def written(tmp_path, form, config=SHAPE, tensors=None):
    gguf.write(tmp_path / "a.gguf", "random", config, tensors or random_tensors(config), form)
    return Reader(tmp_path / "a.gguf")


def test_the_file_says_the_shape_of_the_decoder(tmp_path):
    metadata = written(tmp_path, "f32", replace(SHAPE, rope_theta=5000.0)).metadata
    assert metadata["general.architecture"] == "llama" and metadata["general.name"] == "random"
    assert metadata["tokenizer.ggml.model"] == "no_vocab" and metadata["general.file_type"] == 0
    sizes = ("vocab_size", "embedding_length", "block_count", "feed_forward_length", "context_length")
    assert [metadata[f"llama.{name}"] for name in sizes] == [22, 32, 4, 48, 160]
    heads = ("head_count", "head_count_kv", "key_length", "value_length")
    assert [metadata[f"llama.attention.{name}"] for name in heads] == [4, 2, 8, 8]
    assert metadata["llama.rope.dimension_count"] == 8 and metadata["llama.rope.freq_base"] == 5000
    assert metadata["llama.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)


def test_float32_is_the_same_to_the_bit_with_rotary_pairs_as_neighbours(tmp_path):
    found, ours = written(tmp_path, "f32").tensors, random_tensors(SHAPE)
    assert len(found) == 3 + 9 * SHAPE.layers
    names = {"ffn_down": "mlp.down_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj"}
    names |= {"ffn_up": "mlp.up_proj", "ffn_gate": "mlp.gate_proj"}
    names |= {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
    for theirs, name in names.items():
        assert np.array_equal(found[f"blk.3.{theirs}.weight"], ours[f"model.layers.3.{name}.weight"])
    for theirs, name in {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}.items():
        assert np.array_equal(found[f"{theirs}.weight"], ours[f"{name}.weight"])
    for letter, heads in (("q", SHAPE.heads), ("k", SHAPE.kv_heads)):
        theirs = found[f"blk.1.attn_{letter}.weight"].reshape(heads, 4, 2, SHAPE.dim)
        halves = ours[f"model.layers.1.self_attn.{letter}_proj.weight"].numpy().reshape(heads, 2, 4, SHAPE.dim)
        assert np.array_equal(theirs[:, :, 0], halves[:, 0]) and np.array_equal(theirs[:, :, 1], halves[:, 1])


def test_pairs_that_are_neighbours_already_stay_where_they_are(tmp_path):
    config = replace(SHAPE, rope_interleaved=True)
    found = written(tmp_path, "f32", config).tensors["blk.0.attn_q.weight"]
    assert np.array_equal(found, random_tensors(config)["model.layers.0.self_attn.q_proj.weight"])


def test_a_head_that_is_the_embedding_is_not_written_twice(tmp_path):
    tensors = random_tensors(SHAPE)
    del tensors["lm_head.weight"]
    assert "output.weight" not in written(tmp_path, "f32", tensors=tensors).tensors


def test_q8_0_rounds_blocks_of_32_and_leaves_what_has_none(tmp_path):
    tensors = random_tensors(SHAPE)
    tensors["lm_head.weight"][3] = 0  # a block without a scale
    found = written(tmp_path, "q8_0", tensors=tensors)
    assert found.metadata["general.file_type"] == 7
    assert found.kinds["output.weight"] == found.kinds["blk.2.attn_k.weight"] == 8
    assert found.kinds["output_norm.weight"] == found.kinds["blk.2.ffn_down.weight"] == 0  # its rows have 48 values
    for theirs, name in {"output": "lm_head", "blk.2.ffn_up": "model.layers.2.mlp.up_proj"}.items():
        exact = tensors[f"{name}.weight"].numpy()
        step = np.abs(exact).max(axis=1, keepdims=True) / 127  # a row is one block here
        assert np.all(np.abs(found.tensors[f"{theirs}.weight"] - exact) <= 0.6 * step)
    assert not found.tensors["output.weight"][3].any()


@pytest.mark.parametrize("config", [replace(SHAPE, rotary_dim=4), replace(SHAPE, qkv_bias=True)])
def test_what_is_not_llamas_is_refused_in_a_sentence(tmp_path, config):
    with pytest.raises(ValueError, match="decoders like Llama's"):
        written(tmp_path, "f32", config)
    assert not list(tmp_path.iterdir())


def test_the_command_writes_both_files_and_says_where(model, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    assert main(["bench", "--gguf", str(tmp_path / "new" / "folder")]) == 0
    paths = [tmp_path / "new" / "folder" / f"{model.name}-{form}.gguf" for form in ("f32", "q8_0")]
    assert capsys.readouterr().out.splitlines() == [str(path) for path in paths]
    assert [Reader(path).metadata["general.file_type"] for path in paths] == [0, 7]
    assert main(["bench", "--gguf", str(paths[0])]) == 1
    assert "File exists" in capsys.readouterr().err
    assert main(["bench", "--gguf", str(tmp_path), "--llama-cpp", str(paths[0])]) == 2
